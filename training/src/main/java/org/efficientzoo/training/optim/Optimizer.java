package org.efficientzoo.training.optim;

import java.util.List;

/**
 * The settings of an optimiser, which know how one parameter is changed by its gradient. {@link
 * Updater} applies them to a network.
 */
public sealed interface Optimizer permits Sgd, RmsProp, AdamW {

    /**
     * The weight decay, which rules may change for some parameters.
     *
     * @return the factor of the weights, at least 0
     */
    double weightDecay();

    /**
     * The arrays that are kept for each parameter between steps.
     *
     * @return the kept arrays in the order in which they come back with each change
     */
    List<Kept> kept();

    /**
     * Changes a parameter. The gradient is used up: its values afterwards mean nothing. Called by
     * {@link org.efficientzoo.training.TrainingStep} alone.
     *
     * @param change the parameter, its gradient and what belongs to them
     */
    void apply(Change change);

    /**
     * An array of a parameter's shape.
     *
     * @param name its name as in PyTorch's optimisers
     * @param initial what it is filled with before the first step
     */
    record Kept(String name, double initial) {}
}
