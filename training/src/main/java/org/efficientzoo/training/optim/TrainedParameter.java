package org.efficientzoo.training.optim;

import ai.djl.ndarray.NDArray;

/**
 * A parameter that is trained.
 *
 * @param name its name in the state dict
 * @param kind what it is
 * @param rate its factor of the learning rate
 * @param decay its factor of the weight decay
 * @param array the array that the network computes with and that records the gradient
 */
public record TrainedParameter(
        String name, ParameterKind kind, double rate, double decay, NDArray array) {}
