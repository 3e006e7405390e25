package org.efficientzoo.blocks;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.initializer.Initializer;
import ai.djl.training.initializer.UniformInitializer;

/**
 * DJL's convolution, which also knows its input channels: groups that do not divide them are found
 * when it is built, and an input with other channels when its shape is seen.
 *
 * <p>Takes (N, in, H, W), returns (N, out, H', W') with H' = ⌊(H + 2p - k) / stride⌋ + 1 for a
 * kernel of height k and its padding p, (k - 1) / 2 or none; W' likewise.
 */
public final class GroupedConv2d extends Conv2d {

    private final int inChannels;

    private GroupedConv2d(Builder builder) {
        super(builder.conv);
        this.inChannels = builder.inChannels;
        weight.setInitializer(builder.initializer);
        if (bias != null && !builder.zeroBias) {
            double fanIn = (double) inChannels / groups * kernelShape.size();
            bias.setInitializer(new UniformInitializer((float) (1 / Math.sqrt(fanIn))));
        }
    }

    /** A square, padded convolution without bias: most of those in the blocks. */
    static GroupedConv2d of(
            int in, int out, int kernel, int stride, int groups, Initializer initializer) {
        return builder(in, out)
                .optKernel(kernel)
                .optStride(stride)
                .optGroups(groups)
                .optInitializer(initializer)
                .build();
    }

    /**
     * Starts a convolution with kernel 1, stride 1, one group and no bias.
     *
     * @param inChannels the input channels
     * @param outChannels the output channels
     * @return the builder
     * @throws IllegalArgumentException if a number is not positive
     */
    public static Builder builder(int inChannels, int outChannels) {
        return new Builder(inChannels, outChannels);
    }

    /**
     * The channels that an input must have.
     *
     * @return the input channels
     */
    public int inChannels() {
        return inChannels;
    }

    /** {@inheritDoc} */
    @Override
    protected void beforeInitialize(Shape... inputShapes) {
        checkChannels(inputShapes[0]);
        super.beforeInitialize(inputShapes);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the input has other channels
     */
    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        checkChannels(inputs[0]);
        return super.getOutputShapes(inputs);
    }

    private void checkChannels(Shape input) {
        if (input.dimension() != 4 || input.get(1) != inChannels) {
            throw new IllegalArgumentException(
                    "the convolution takes (N, %d, H, W), found the shape %s"
                            .formatted(inChannels, input));
        }
    }

    /** Builds a {@link GroupedConv2d}. */
    public static final class Builder {

        private final LeafBuilder conv = new LeafBuilder();
        private final int inChannels;
        private final int outChannels;
        private int kernelHeight = 1;
        private int kernelWidth = 1;
        private int strideHeight = 1;
        private int strideWidth = 1;
        private int groups = 1;
        private boolean padded = true;
        private boolean withBias;
        private boolean zeroBias;
        private Initializer initializer = Initializers.uniformFanIn();

        private Builder(int inChannels, int outChannels) {
            Checks.positive("input channels", inChannels);
            Checks.positive("output channels", outChannels);
            this.inChannels = inChannels;
            this.outChannels = outChannels;
        }

        /**
         * Sets a square kernel.
         *
         * @param side the side of the kernel
         * @return this builder
         * @throws IllegalArgumentException if a number is not positive
         */
        public Builder optKernel(int side) {
            return optKernel(side, side);
        }

        /**
         * Sets the kernel. The padding keeps H and W at stride 1, so its sides must be odd unless
         * {@link #optPadded} is off.
         *
         * @param height the height of the kernel
         * @param width the width of the kernel
         * @return this builder
         * @throws IllegalArgumentException if a number is not positive
         */
        public Builder optKernel(int height, int width) {
            Checks.positive("kernel height", height);
            Checks.positive("kernel width", width);
            kernelHeight = height;
            kernelWidth = width;
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
            return optStride(stride, stride);
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
            Checks.positive("stride", Math.min(height, width));
            strideHeight = height;
            strideWidth = width;
            return this;
        }

        /**
         * Sets whether (kernel - 1) / 2 pixels are added on each side; on by default.
         *
         * @param padded whether the input is padded
         * @return this builder
         */
        public Builder optPadded(boolean padded) {
            this.padded = padded;
            return this;
        }

        /**
         * Sets the number of groups; 1 by default.
         *
         * @param groups the groups, which divide the input and the output channels
         * @return this builder
         */
        public Builder optGroups(int groups) {
            this.groups = groups;
            return this;
        }

        /**
         * Adds a bias, drawn as PyTorch draws it: uniform within ±1 / √fan_in.
         *
         * @return this builder
         */
        public Builder optBias() {
            withBias = true;
            zeroBias = false;
            return this;
        }

        /**
         * Adds a bias that starts at zero.
         *
         * @return this builder
         */
        public Builder optZeroBias() {
            withBias = true;
            zeroBias = true;
            return this;
        }

        /**
         * Sets what the weights start from; PyTorch's default, {@link Initializers#uniformFanIn},
         * by default.
         *
         * @param initializer the initialiser
         * @return this builder
         */
        public Builder optInitializer(Initializer initializer) {
            this.initializer = initializer;
            return this;
        }

        /**
         * Builds the convolution.
         *
         * @return the convolution
         * @throws IllegalArgumentException if the groups do not divide the input or the output
         *     channels, or a padded kernel is even
         */
        public GroupedConv2d build() {
            Checks.divides("groups", groups, "input channels", inChannels);
            Checks.divides("groups", groups, "output channels", outChannels);
            if (padded && (kernelHeight % 2 == 0 || kernelWidth % 2 == 0)) {
                throw new IllegalArgumentException(
                        "a padded kernel must be odd, found %dx%d"
                                .formatted(kernelHeight, kernelWidth));
            }
            conv.setKernelShape(new Shape(kernelHeight, kernelWidth));
            conv.setFilters(outChannels);
            conv.optStride(new Shape(strideHeight, strideWidth));
            conv.optGroups(groups);
            conv.optBias(withBias);
            conv.optPadding(
                    padded ? new Shape(kernelHeight / 2, kernelWidth / 2) : new Shape(0, 0));
            return new GroupedConv2d(this);
        }
    }

    /** Opens the constructor of DJL's builder. */
    private static final class LeafBuilder extends Conv2d.Builder {}
}
