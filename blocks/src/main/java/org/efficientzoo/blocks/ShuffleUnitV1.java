package org.efficientzoo.blocks;

import ai.djl.nn.Parameter;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.initializer.ConstantInitializer;
import ai.djl.training.initializer.Initializer;

/**
 * ShuffleNetV1's unit: grouped 1×1, 3×3 depthwise, shuffle, grouped 1×1. Unit (a), stride 1, adds
 * its input; unit (b), stride 2, concatenates its input behind a 3×3 average pooling, so that the
 * grouped convolutions make only the channels that are missing. ReLU follows the first convolution
 * and, in unit (a), the addition, in unit (b) the last convolution; there is none behind the
 * depthwise one.
 *
 * <p>As the authors released it, the shuffle stands behind the depthwise convolution, where the
 * paper draws it before; since that convolution keeps channels apart, only the order of its weights
 * differs. The permutation is the inverse of the paper's. For one group there is none.
 *
 * <p>Takes (N, in, H, W), returns (N, out, H/stride, W/stride), sizes rounded up.
 *
 * @see <a href="https://arxiv.org/abs/1707.01083">ShuffleNet, section 3.2 and figure 2</a>
 */
public final class ShuffleUnitV1 extends EfficientBlock {

    private static final Pooling SHORTCUT = new Pooling(3, 2, 1, false);

    private final GroupedConv2d reduce;
    private final BatchNorm reduceNorm;
    private final GroupedConv2d depthwise;
    private final BatchNorm depthwiseNorm;
    private final GroupedConv2d expand;
    private final BatchNorm expandNorm;
    private final int groups;
    private final boolean concatenates;

    /**
     * Creates a unit.
     *
     * @param in the input channels
     * @param mid the channels of the bottleneck; the paper has a quarter of the output channels
     * @param out the output channels; at stride 1 equal to the input channels, at stride 2 more
     * @param stride 1 for unit (a), 2 for unit (b)
     * @param groups the groups of the 1×1 convolutions, g in the paper
     * @param firstGroups the groups of the first 1×1 convolution: g, or 1 in the first unit of a
     *     network, whose input has too few channels
     * @throws IllegalArgumentException if the groups do not divide the channels, the stride is
     *     neither 1 nor 2, or the output channels do not suit the stride
     */
    public ShuffleUnitV1(int in, int mid, int out, int stride, int groups, int firstGroups) {
        Checks.stride(stride);
        if (stride == 1 ? out != in : out <= in) {
            throw new IllegalArgumentException(
                    "a unit of stride %d must have %s output channels than input channels, found %d and %d"
                            .formatted(stride, stride == 1 ? "no other" : "more", out, in));
        }
        this.groups = groups;
        this.concatenates = stride == 2;
        Checks.divides("groups", groups, "bottleneck channels", mid);
        this.reduce = child("branch_main_1.0", conv(in, mid, 1, 1, firstGroups));
        this.reduceNorm = child("branch_main_1.1", norm());
        this.depthwise = child("branch_main_1.3", conv(mid, mid, 3, stride, mid));
        this.depthwiseNorm = child("branch_main_1.4", norm());
        this.expand =
                child("branch_main_2.0", conv(mid, concatenates ? out - in : out, 1, 1, groups));
        this.expandNorm = child("branch_main_2.1", norm());
    }

    /**
     * Makes unit (a), which adds its input.
     *
     * @param channels the input and the output channels, a multiple of four times the groups
     * @param groups the groups
     * @return the unit
     * @throws IllegalArgumentException if the channels are no such multiple
     */
    public static ShuffleUnitV1 basic(int channels, int groups) {
        Checks.divides("four times the groups", 4L * groups, "channels", channels);
        return new ShuffleUnitV1(channels, channels / 4, channels, 1, groups, groups);
    }

    /**
     * Makes unit (b), which halves H and W.
     *
     * @param in the input channels
     * @param out the output channels, more than the input's and a multiple of four times the groups
     * @param groups the groups, which divide the input channels
     * @return the unit
     * @throws IllegalArgumentException if the channels do not suit the groups or each other
     */
    public static ShuffleUnitV1 downsampling(int in, int out, int groups) {
        Checks.divides("four times the groups", 4L * groups, "output channels", out);
        return new ShuffleUnitV1(in, out / 4, out, 2, groups, groups);
    }

    private static GroupedConv2d conv(int in, int out, int kernel, int stride, int groups) {
        return GroupedConv2d.of(in, out, kernel, stride, groups, Initializers.normalByInputs());
    }

    private static BatchNorm norm() {
        BatchNorm norm = Layers.batchNorm();
        Initializer shift = new ConstantInitializer(1e-4f); // the authors' release
        norm.setInitializer(shift, Parameter.Type.BETA);
        return norm;
    }

    @Override
    protected <T> T forward(Ops<T> ops, T x) {
        T y = ops.relu(ops.batchNorm(reduceNorm, ops.conv(reduce, x)));
        y = ops.batchNorm(depthwiseNorm, ops.conv(depthwise, y));
        if (groups > 1) {
            y = ops.unshuffle(groups, y);
        }
        y = ops.batchNorm(expandNorm, ops.conv(expand, y));
        return concatenates
                ? ops.concat(ops.avgPool(SHORTCUT, x), ops.relu(y))
                : ops.relu(ops.add(x, y));
    }
}
