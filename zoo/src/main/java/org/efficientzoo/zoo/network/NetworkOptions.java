package org.efficientzoo.zoo.network;

import java.util.Optional;

/**
 * What may be asked of a network by text: the arguments of a {@code Criteria} or of a command.
 *
 * @param classes the number of classes
 * @param inputChannels the channels of the input
 * @param dropout the dropout before the classifier, or the reference implementation's
 * @param width the width multiplier, for the families that have one
 * @param leakySlope the slope of the leaky ReLUs, for the families that have them
 * @param stemStride by how much the first two halvings reduce the resolution, 1, 2 or 4, or as
 *     published
 */
public record NetworkOptions(
        int classes,
        int inputChannels,
        Optional<Float> dropout,
        Optional<Double> width,
        Optional<Float> leakySlope,
        Optional<Integer> stemStride) {

    /** The network as published. */
    public static final NetworkOptions DEFAULT =
            new NetworkOptions(
                    1000,
                    3,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());

    /**
     * Changes the number of classes.
     *
     * @param other the number of classes
     * @return the changed options
     */
    public NetworkOptions withClasses(int other) {
        return new NetworkOptions(other, inputChannels, dropout, width, leakySlope, stemStride);
    }

    /**
     * Changes the channels of the input.
     *
     * @param other the channels
     * @return the changed options
     */
    public NetworkOptions withInputChannels(int other) {
        return new NetworkOptions(classes, other, dropout, width, leakySlope, stemStride);
    }

    /**
     * Changes the width multiplier.
     *
     * @param factor the width multiplier
     * @return the changed options
     */
    public NetworkOptions withWidth(double factor) {
        return new NetworkOptions(
                classes, inputChannels, dropout, Optional.of(factor), leakySlope, stemStride);
    }

    /**
     * Changes the slope of the leaky ReLUs.
     *
     * @param slope the slope
     * @return the changed options
     */
    public NetworkOptions withLeakySlope(float slope) {
        return new NetworkOptions(
                classes, inputChannels, dropout, width, Optional.of(slope), stemStride);
    }

    /**
     * Changes by how much the first two halvings reduce the resolution.
     *
     * @param stride 1, 2 or 4
     * @return the changed options
     * @see NetworkBuilder#optStemStride
     */
    public NetworkOptions withStemStride(int stride) {
        return new NetworkOptions(
                classes, inputChannels, dropout, width, leakySlope, Optional.of(stride));
    }

    <B extends NetworkBuilder<B>> B apply(B builder) {
        builder.optClasses(classes).optInputChannels(inputChannels);
        dropout.ifPresent(builder::optDropout);
        stemStride.ifPresent(builder::optStemStride);
        return builder;
    }
}
