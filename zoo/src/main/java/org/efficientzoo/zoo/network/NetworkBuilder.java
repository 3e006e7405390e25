package org.efficientzoo.zoo.network;

import org.efficientzoo.blocks.EfficientBlock;

/**
 * The options that every network has.
 *
 * @param <B> the builder itself
 */
public abstract class NetworkBuilder<B extends NetworkBuilder<B>> {

    private static final int SMALL_KERNEL = 3;

    private int classes = 1000;
    private int inputChannels = 3;
    private float dropout;
    private int leftOut;

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
     * Sets by how much the first two halvings of the resolution reduce it; 4, as published, by
     * default. 2 leaves out the first of them and 1 both, for small images such as CIFAR's 32×32.
     * Which layers they are is the network's. A pooling that is left out is no operation, a stride
     * that is left out is 1, and a stem of 7×7 without its stride is one of 3×3, as ResNets for
     * CIFAR have it. The parameters keep their names.
     *
     * @param stride 1, 2 or 4
     * @return this builder
     * @throws IllegalArgumentException if it is another number
     */
    public final B optStemStride(int stride) {
        if (stride != 1 && stride != 2 && stride != 4) {
            throw new IllegalArgumentException("stemStride must be 1, 2 or 4, found " + stride);
        }
        this.leftOut = 2 - Integer.numberOfTrailingZeros(stride);
        return self();
    }

    /**
     * Sets an option of the table.
     *
     * @return false if the network does not have the option
     */
    boolean set(NetworkOption option, Number value) {
        switch (option) {
            case CLASSES -> optClasses(value.intValue());
            case INPUT_CHANNELS -> optInputChannels(value.intValue());
            case DROPOUT -> optDropout(value.floatValue());
            case STEM_STRIDE -> optStemStride(value.intValue());
            case WIDTH, LEAKY_SLOPE -> {
                return false; // a builder that has it says so
            }
        }
        return true;
    }

    /**
     * Builds the network, uninitialised.
     *
     * @return the network: (N, channels, H, W) to logits (N, classes)
     * @throws IllegalArgumentException if the width leaves too many channels
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

    /** How many halvings of the resolution are left out, from the first on. */
    final int leftOut() {
        return leftOut;
    }

    /** Whether a halving is kept; 0 is the first. */
    final boolean halves(int halving) {
        return halving >= leftOut;
    }

    /** The stride of a convolution that is a halving: 2, or 1 where it is left out. */
    final int stride(int halving) {
        return halves(halving) ? 2 : 1;
    }

    /** The side of the stem's kernel: a large one goes with the stride. */
    final int stemKernel(int published) {
        return halves(0) ? published : Math.min(published, SMALL_KERNEL);
    }

    static int positive(String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be positive, found " + value);
        }
        return value;
    }
}
