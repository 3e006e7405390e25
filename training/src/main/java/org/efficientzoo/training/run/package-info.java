/**
 * Training runs: the loop, its folder, its checkpoints, exact resumption. Begin with {@link
 * org.efficientzoo.training.run.TrainingRuns}.
 */
package org.efficientzoo.training.run;
