/** Training steps and evaluation runs. */
package org.efficientzoo.training;
