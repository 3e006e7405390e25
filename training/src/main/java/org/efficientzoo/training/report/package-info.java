/** What a run leaves to look at: tables, curves, TensorBoard's events. */
package org.efficientzoo.training.report;
