package org.efficientzoo.zoo.network;

import org.efficientzoo.blocks.EfficientBlock;

/**
 * The options that every network has.
 *
 * @param <B> the builder itself
 */
public abstract class NetworkBuilder<B extends NetworkBuilder<B>> {

    private int classes = 1000;
    private int inputChannels = 3;
    private float dropout;

    NetworkBuilder(float dropout) {
        this.dropout = dropout;
    }

    /**
     * Sets the number of classes; 1000 by default.
     *
     * @param classes the classes, the length of the logits
     * @return this builder
     * @throws IllegalArgumentException if the number is not positive
     */
    public final B optClasses(int classes) {
        this.classes = positive("classes", classes);
        return self();
    }

    /**
     * Sets the channels of the input; 3 by default.
     *
     * @param channels the channels
     * @return this builder
     * @throws IllegalArgumentException if the number is not positive
     */
    public final B optInputChannels(int channels) {
        this.inputChannels = positive("input channels", channels);
        return self();
    }

    /**
     * Sets the dropout in front of the classifier; the reference implementation's by default.
     *
     * @param rate the share of values dropped in training, at least 0 and below 1
     * @return this builder
     * @throws IllegalArgumentException if the rate is out of its range
     */
    public final B optDropout(float rate) {
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException(
                    "dropout must be at least 0 and below 1, found " + rate);
        }
        this.dropout = rate;
        return self();
    }

    /**
     * Builds the network, uninitialised.
     *
     * @return the network: (N, channels, H, W) to logits (N, classes)
     */
    public abstract EfficientBlock build();

    abstract B self();

    final int classes() {
        return classes;
    }

    final int inputChannels() {
        return inputChannels;
    }

    final float dropout() {
        return dropout;
    }

    static int positive(String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be positive, found " + value);
        }
        return value;
    }
}
