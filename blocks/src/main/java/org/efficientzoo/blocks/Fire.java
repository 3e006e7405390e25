package org.efficientzoo.blocks;

/**
 * SqueezeNet's Fire module: a 1×1 squeeze, then a 1×1 and a 3×3 expansion side by side,
 * concatenated; ReLU behind each.
 *
 * <p>Takes (N, in, H, W), returns (N, expand1x1 + expand3x3, H, W).
 *
 * @see <a href="https://arxiv.org/abs/1602.07360">SqueezeNet, section 3.2</a>
 */
public final class Fire extends EfficientBlock {

    private final GroupedConv2d squeeze;
    private final GroupedConv2d expand1x1;
    private final GroupedConv2d expand3x3;

    /**
     * Creates the module.
     *
     * @param in the input channels, M in the paper
     * @param squeeze the channels of the squeeze, s1x1 in the paper, meant to be fewer than M
     * @param expand1x1 the channels of the 1×1 expansion, e1x1 in the paper
     * @param expand3x3 the channels of the 3×3 expansion, e3x3 in the paper
     * @throws IllegalArgumentException if a number of channels is not positive
     */
    public Fire(int in, int squeeze, int expand1x1, int expand3x3) {
        this.squeeze = child("squeeze", conv(in, squeeze, 1));
        this.expand1x1 = child("expand1x1", conv(squeeze, expand1x1, 1));
        this.expand3x3 = child("expand3x3", conv(squeeze, expand3x3, 3));
    }

    private static GroupedConv2d conv(int in, int out, int kernel) {
        return GroupedConv2d.builder(in, out)
                .optKernel(kernel)
                .optZeroBias()
                .optInitializer(Initializers.kaimingUniformFanIn())
                .build();
    }

    @Override
    protected <T> T forward(Ops<T> ops, T x) {
        T squeezed = ops.relu(ops.conv(squeeze, x));
        return ops.concat(
                ops.relu(ops.conv(expand1x1, squeezed)), ops.relu(ops.conv(expand3x3, squeezed)));
    }
}
