/** Evaluation runs; training will follow. */
package org.efficientzoo.training;
