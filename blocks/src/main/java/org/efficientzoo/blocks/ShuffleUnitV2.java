package org.efficientzoo.blocks;

import ai.djl.nn.norm.BatchNorm;
import java.util.Optional;

/**
 * ShuffleNetV2's unit. Unit (c), stride 1, splits the channels in two; one half passes by, the
 * other goes through 1×1, 3×3 depthwise, 1×1. Unit (d), stride 2, has no split: both branches see
 * the whole input, the first one through 3×3 depthwise and 1×1. Then the branches are concatenated
 * and shuffled in two groups. ReLU follows the 1×1 convolutions, none the depthwise ones.
 *
 * <p>Takes (N, in, H, W), returns (N, out, H/stride, W/stride), sizes rounded up.
 *
 * @see <a href="https://arxiv.org/abs/1807.11164">ShuffleNet V2, section 3 and figure 3</a>
 */
public final class ShuffleUnitV2 extends EfficientBlock {

    private static final int BRANCHES = 2;

    private final int half;
    private final Optional<DepthwiseFirst> shortcut;
    private final GroupedConv2d reduce;
    private final BatchNorm reduceNorm;
    private final DepthwiseFirst main;

    /**
     * Creates a unit.
     *
     * @param in the input channels
     * @param out the output channels, even; at stride 1 equal to the input channels
     * @param stride 1 for unit (c), 2 for unit (d)
     * @throws IllegalArgumentException if the output channels are odd, the stride is neither 1 nor
     *     2, or a unit of stride 1 would change the channels
     */
    public ShuffleUnitV2(int in, int out, int stride) {
        Checks.stride(stride);
        Checks.positive("input channels", in);
        Checks.divides("branches", BRANCHES, "output channels", out);
        if (stride == 1 && in != out) {
            throw new IllegalArgumentException(
                    "a unit of stride 1 keeps the channels, found %d in, %d out"
                            .formatted(in, out));
        }
        this.half = out / BRANCHES;
        this.shortcut =
                stride == 1
                        ? Optional.empty()
                        : Optional.of(new DepthwiseFirst("branch1.", 0, in, stride));
        this.reduce = child("branch2.0", conv(stride == 1 ? half : in, half, 1, 1, 1));
        this.reduceNorm = child("branch2.1", Layers.batchNorm());
        this.main = new DepthwiseFirst("branch2.", 3, half, stride);
    }

    /**
     * Makes unit (c), which splits the channels.
     *
     * @param channels the input and the output channels, even
     * @return the unit
     * @throws IllegalArgumentException if they are odd or not positive
     */
    public static ShuffleUnitV2 basic(int channels) {
        return new ShuffleUnitV2(channels, channels, 1);
    }

    /**
     * Makes unit (d), which halves H and W.
     *
     * @param in the input channels
     * @param out the output channels, even; twice the input channels in the paper
     * @return the unit
     * @throws IllegalArgumentException if the output channels are odd or a number is not positive
     */
    public static ShuffleUnitV2 downsampling(int in, int out) {
        return new ShuffleUnitV2(in, out, 2);
    }

    private static GroupedConv2d conv(int in, int out, int kernel, int stride, int groups) {
        return GroupedConv2d.of(in, out, kernel, stride, groups, Initializers.uniformFanIn());
    }

    @Override
    protected <T> T forward(Ops<T> ops, T x) {
        T passing;
        T working;
        if (shortcut.isPresent()) {
            passing = shortcut.get().forward(ops, x);
            working = x;
        } else {
            passing = ops.slice(0, half, x);
            working = ops.slice(half, BRANCHES * half, x);
        }
        T reduced = ops.relu(ops.batchNorm(reduceNorm, ops.conv(reduce, working)));
        return ops.shuffle(BRANCHES, ops.concat(passing, main.forward(ops, reduced)));
    }

    /** 3×3 depthwise and 1×1: what both branches end with. */
    private final class DepthwiseFirst {

        private final GroupedConv2d depthwise;
        private final BatchNorm depthwiseNorm;
        private final GroupedConv2d pointwise;
        private final BatchNorm pointwiseNorm;

        DepthwiseFirst(String branch, int first, int in, int stride) {
            this.depthwise = child(branch + first, conv(in, in, 3, stride, in));
            this.depthwiseNorm = child(branch + (first + 1), Layers.batchNorm());
            this.pointwise = child(branch + (first + 2), conv(in, half, 1, 1, 1));
            this.pointwiseNorm = child(branch + (first + 3), Layers.batchNorm());
        }

        <T> T forward(Ops<T> ops, T x) {
            T filtered = ops.batchNorm(depthwiseNorm, ops.conv(depthwise, x));
            return ops.relu(ops.batchNorm(pointwiseNorm, ops.conv(pointwise, filtered)));
        }
    }
}
