/**
 * Training steps and evaluation runs. Begin with {@link org.efficientzoo.training.Evaluator} and
 * {@link org.efficientzoo.training.TrainingStep}.
 */
package org.efficientzoo.training;
