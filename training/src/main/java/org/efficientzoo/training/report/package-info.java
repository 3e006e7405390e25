/** What a run leaves to look at: table, curves, confusion matrix, TensorBoard's events. */
package org.efficientzoo.training.report;
