package org.efficientzoo.blocks;

/**
 * An n×n convolution factorised into 1×n and n×1: the same receptive field and, between equally
 * many channels, 2/n of the weights. Each has a batch norm and ReLU.
 *
 * <p>Takes (N, in, H, W), returns (N, out, H/stride, W/stride), sizes rounded up.
 *
 * @see <a href="https://arxiv.org/abs/1512.00567">Rethinking Inception, section 3.2</a>
 */
public final class AsymmetricConv extends EfficientBlock {

    private final ConvNormActivation row;
    private final ConvNormActivation column;

    /**
     * Creates the block.
     *
     * @param in the input channels
     * @param out the output channels of both convolutions
     * @param kernel n, odd
     * @param stride the stride, taken along the width by the first convolution and along the height
     *     by the second
     * @throws IllegalArgumentException if the kernel is even, or a number is not positive
     */
    public AsymmetricConv(int in, int out, int kernel, int stride) {
        this.row =
                child(
                        "0",
                        ConvNormActivation.builder(in, out)
                                .optKernel(1, kernel)
                                .optStride(1, stride)
                                .build());
        this.column =
                child(
                        "1",
                        ConvNormActivation.builder(out, out)
                                .optKernel(kernel, 1)
                                .optStride(stride, 1)
                                .build());
    }

    @Override
    protected <T> T forward(Ops<T> ops, T x) {
        return ops.call(column, ops.call(row, x));
    }
}
