/** Recipes: every number of a training run as a record with a JSON form. */
package org.efficientzoo.training.recipe;
