/** A small data set of drawn pictures, to try a training on. */
package org.efficientzoo.training.sample;
