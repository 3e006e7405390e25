package org.efficientzoo.blocks;

import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.initializer.Initializer;
import ai.djl.training.initializer.UniformInitializer;

/** Makes DJL's leaves as PyTorch's networks have them. */
public final class Layers {

    private Layers() {}

    /**
     * Makes a batch norm: epsilon 1e-5, running statistics that keep 0.9 of their value a step.
     *
     * @return the batch norm
     */
    public static BatchNorm batchNorm() {
        return BatchNorm.builder().optEpsilon(1e-5f).optMomentum(0.9f).build(); // PyTorch's
    }

    /**
     * Makes a linear layer with a bias as PyTorch does: both uniform within ±1 / √in.
     *
     * @param in the input features
     * @param out the output features
     * @return the layer
     * @throws IllegalArgumentException if a number is not positive
     */
    public static Linear linear(int in, int out) {
        Linear linear = linear(in, out, true, Initializers.uniformFanIn());
        float bound = (float) (1 / Math.sqrt(in));
        linear.setInitializer(new UniformInitializer(bound), Parameter.Type.BIAS);
        return linear;
    }

    /**
     * Makes a linear layer.
     *
     * @param in the input features
     * @param out the output features
     * @param bias whether there is a bias, which then starts at zero
     * @param initializer what the weights start from
     * @return the layer
     * @throws IllegalArgumentException if a number is not positive
     */
    public static Linear linear(int in, int out, boolean bias, Initializer initializer) {
        Checks.positive("input features", in);
        Checks.positive("output features", out);
        Linear linear = Linear.builder().setUnits(out).optBias(bias).build();
        linear.setInitializer(initializer, Parameter.Type.WEIGHT);
        return linear;
    }

    /**
     * Makes a dropout.
     *
     * @param rate the share of values dropped in training, at least 0 and below 1
     * @return the dropout
     * @throws IllegalArgumentException if the rate is out of its range
     */
    public static Dropout dropout(float rate) {
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException(
                    "dropout must be at least 0 and below 1, found " + rate);
        }
        return Dropout.builder().optRate(rate).build();
    }
}
