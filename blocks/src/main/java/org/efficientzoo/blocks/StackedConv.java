package org.efficientzoo.blocks;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A k×k convolution factorised into (k - 1) / 2 stacked 3×3 ones: the same receptive field with
 * more non-linearities and, between equally many channels, fewer weights (18/25 of those of a 5×5
 * one). Each has a batch norm and ReLU; the last one has the stride, so that the field stays k×k.
 *
 * <p>Takes (N, in, H, W), returns (N, out, H/stride, W/stride), sizes rounded up.
 *
 * @see <a href="https://arxiv.org/abs/1512.00567">Rethinking Inception, section 3.1</a>
 */
public final class StackedConv extends EfficientBlock {

    private final List<ConvNormActivation> units;

    /**
     * Creates the block.
     *
     * @param in the input channels
     * @param out the output channels of every convolution
     * @param kernel k, the side of the kernel that is replaced; odd and at least 3
     * @param stride the stride
     * @throws IllegalArgumentException if the kernel is even or below 3, or another number is not
     *     positive
     */
    public StackedConv(int in, int out, int kernel, int stride) {
        if (kernel < 3 || kernel % 2 == 0) {
            throw new IllegalArgumentException(
                    "a kernel made of 3x3 ones must be odd and at least 3, found " + kernel);
        }
        int count = (kernel - 1) / 2;
        this.units =
                IntStream.range(0, count)
                        .mapToObj(
                                i ->
                                        ConvNormActivation.builder(i == 0 ? in : out, out)
                                                .optKernel(3)
                                                .optStride(i == count - 1 ? stride : 1)
                                                .build())
                        .toList();
        for (int i = 0; i < count; i++) {
            child(Integer.toString(i), units.get(i));
        }
    }

    @Override
    protected <T> T forward(Ops<T> ops, T x) {
        T y = x;
        for (ConvNormActivation unit : units) {
            y = ops.call(unit, y);
        }
        return y;
    }
}
