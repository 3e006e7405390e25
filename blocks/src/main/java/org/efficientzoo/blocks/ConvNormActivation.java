package org.efficientzoo.blocks;

import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.initializer.Initializer;

/**
 * A convolution, a batch norm and an activation: the unit that efficient networks are built of.
 *
 * <p>Takes (N, in, H, W), returns (N, out, H/stride, W/stride), sizes rounded up.
 *
 * <p>Its kinds by what its channels see: a pointwise unit mixes all channels of one pixel, a
 * grouped one mixes the channels of a group, a depthwise one looks at each channel alone.
 */
public final class ConvNormActivation extends EfficientBlock {

    private final GroupedConv2d conv;
    private final BatchNorm norm;
    private final Nonlinearity nonlinearity;

    private ConvNormActivation(Builder builder) {
        this.conv = child(builder.convName, builder.conv.build());
        this.norm = child(builder.normName, Layers.batchNorm());
        this.nonlinearity = builder.nonlinearity;
    }

    /**
     * Makes a 1×1 unit.
     *
     * @param in the input channels
     * @param out the output channels
     * @param nonlinearity the activation
     * @return the unit
     * @throws IllegalArgumentException if a number of channels is not positive
     */
    public static ConvNormActivation pointwise(int in, int out, Nonlinearity nonlinearity) {
        return builder(in, out).optNonlinearity(nonlinearity).build();
    }

    /**
     * Makes a k×k unit whose channels are connected within groups only.
     *
     * @param in the input channels
     * @param out the output channels
     * @param kernel the side of the kernel, odd
     * @param stride the stride
     * @param groups the groups, which divide the input and the output channels
     * @param nonlinearity the activation
     * @return the unit
     * @throws IllegalArgumentException if the groups do not divide the channels, the kernel is even
     *     or a number is not positive
     */
    public static ConvNormActivation grouped(
            int in, int out, int kernel, int stride, int groups, Nonlinearity nonlinearity) {
        return builder(in, out)
                .optKernel(kernel)
                .optStride(stride)
                .optGroups(groups)
                .optNonlinearity(nonlinearity)
                .build();
    }

    /**
     * Makes a k×k unit in which each channel is filtered alone: as many groups as channels.
     *
     * @param channels the input and the output channels
     * @param kernel the side of the kernel, odd
     * @param stride the stride
     * @param nonlinearity the activation
     * @return the unit
     * @throws IllegalArgumentException if the kernel is even or a number is not positive
     */
    public static ConvNormActivation depthwise(
            int channels, int kernel, int stride, Nonlinearity nonlinearity) {
        return grouped(channels, channels, kernel, stride, channels, nonlinearity);
    }

    /**
     * Starts a unit with kernel 1, stride 1, one group, ReLU, children named {@code 0} and {@code
     * 1}, Kaiming initialised by fan_out.
     *
     * @param in the input channels
     * @param out the output channels
     * @return the builder
     * @throws IllegalArgumentException if a number is not positive
     */
    public static Builder builder(int in, int out) {
        return new Builder(in, out);
    }

    @Override
    protected <T> T forward(Ops<T> ops, T x) {
        return ops.activation(nonlinearity, ops.batchNorm(norm, ops.conv(conv, x)));
    }

    /** Builds a {@link ConvNormActivation}. */
    public static final class Builder {

        private final GroupedConv2d.Builder conv;
        private Nonlinearity nonlinearity = Nonlinearity.RELU;
        private String convName = "0";
        private String normName = "1";

        private Builder(int in, int out) {
            conv =
                    GroupedConv2d.builder(in, out)
                            .optInitializer(Initializers.kaimingNormalFanOut());
        }

        /**
         * Sets the side of the kernel.
         *
         * @param side the side, odd
         * @return this builder
         * @throws IllegalArgumentException if a number is not positive
         */
        public Builder optKernel(int side) {
            conv.optKernel(side);
            return this;
        }

        /**
         * Sets the kernel.
         *
         * @param height the height, odd
         * @param width the width, odd
         * @return this builder
         * @throws IllegalArgumentException if a number is not positive
         */
        public Builder optKernel(int height, int width) {
            conv.optKernel(height, width);
            return this;
        }

        /**
         * Sets the stride along both axes.
         *
         * @param stride the stride
         * @return this builder
         * @throws IllegalArgumentException if a number is not positive
         */
        public Builder optStride(int stride) {
            conv.optStride(stride);
            return this;
        }

        /**
         * Sets the stride.
         *
         * @param height the stride along the height
         * @param width the stride along the width
         * @return this builder
         * @throws IllegalArgumentException if a number is not positive
         */
        public Builder optStride(int height, int width) {
            conv.optStride(height, width);
            return this;
        }

        /**
         * Sets the groups.
         *
         * @param groups the groups, which divide the input and the output channels
         * @return this builder
         */
        public Builder optGroups(int groups) {
            conv.optGroups(groups);
            return this;
        }

        /**
         * Sets the activation.
         *
         * @param function the activation
         * @return this builder
         */
        public Builder optNonlinearity(Nonlinearity function) {
            this.nonlinearity = function;
            return this;
        }

        /**
         * Sets what the weights start from.
         *
         * @param initializer the initialiser
         * @return this builder
         */
        public Builder optInitializer(Initializer initializer) {
            conv.optInitializer(initializer);
            return this;
        }

        /**
         * Names the children as the reference checkpoint does.
         *
         * @param convolution the name of the convolution
         * @param norm the name of the batch norm
         * @return this builder
         */
        public Builder optNames(String convolution, String norm) {
            this.convName = convolution;
            this.normName = norm;
            return this;
        }

        /**
         * Builds the unit.
         *
         * @return the unit
         * @throws IllegalArgumentException if the groups do not divide the channels or the kernel
         *     is even
         */
        public ConvNormActivation build() {
            return new ConvNormActivation(this);
        }
    }
}
