package org.efficientzoo.blocks;

import ai.djl.nn.norm.BatchNorm;
import java.util.Optional;

/**
 * The bottleneck of ResNet and ResNeXt: 1×1 to the inner width, 3×3 (in groups for ResNeXt), 1×1 to
 * the output channels, plus the input, which is projected by a 1×1 convolution where its shape
 * differs. The stride lies on the 3×3 convolution, as in "V1.5" and in torchvision.
 *
 * <p>Takes (N, in, H, W), returns (N, out, H/stride, W/stride), sizes rounded up.
 *
 * @see <a href="https://arxiv.org/abs/1512.03385">ResNet, section 4.1 and figure 5</a>
 * @see <a href="https://arxiv.org/abs/1611.05431">ResNeXt, section 3.3 and figure 3c</a>
 */
public final class Bottleneck extends EfficientBlock {

    private final GroupedConv2d conv1;
    private final BatchNorm bn1;
    private final GroupedConv2d conv2;
    private final BatchNorm bn2;
    private final GroupedConv2d conv3;
    private final BatchNorm bn3;
    private final Optional<Projection> projection;

    /**
     * Creates a block.
     *
     * @param in the input channels
     * @param width the channels of the 3×3 convolution
     * @param out the output channels
     * @param stride the stride of the 3×3 convolution, 1 or 2
     * @param groups the groups of the 3×3 convolution, the cardinality in ResNeXt's paper; 1 for
     *     ResNet
     * @throws IllegalArgumentException if a number of channels is not positive, the groups do not
     *     divide the width, or the stride is neither 1 nor 2
     */
    public Bottleneck(int in, int width, int out, int stride, int groups) {
        Checks.stride(stride);
        this.conv1 = child("conv1", conv(in, width, 1, 1, 1));
        this.bn1 = child("bn1", Layers.batchNorm());
        this.conv2 = child("conv2", conv(width, width, 3, stride, groups));
        this.bn2 = child("bn2", Layers.batchNorm());
        this.conv3 = child("conv3", conv(width, out, 1, 1, 1));
        this.bn3 = child("bn3", Layers.batchNorm());
        this.projection =
                stride == 1 && in == out
                        ? Optional.empty()
                        : Optional.of(
                                new Projection(
                                        child("downsample.0", conv(in, out, 1, stride, 1)),
                                        child("downsample.1", Layers.batchNorm())));
    }

    /**
     * Makes ResNet's block, whose output has four times its inner width: 256→64→64→256 for {@code
     * resnet(256, 64, 1)}.
     *
     * @param in the input channels
     * @param width the inner width
     * @param stride the stride of the 3×3 convolution, 1 or 2
     * @return the block
     * @throws IllegalArgumentException if a number of channels is not positive or the stride is
     *     neither 1 nor 2
     */
    public static Bottleneck resnet(int in, int width, int stride) {
        return new Bottleneck(in, width, Checks.product("inner channels", width, 4), stride, 1);
    }

    /**
     * Makes ResNeXt's block, whose output has twice its inner width with 32 groups of 4 channels in
     * the first stage: 256→128→128→256 for {@code resnext(256, 128, 256, 1, 32)}.
     *
     * @param in the input channels
     * @param width the inner width, cardinality times the channels of a group
     * @param out the output channels
     * @param stride the stride of the 3×3 convolution, 1 or 2
     * @param cardinality the groups, C in the paper
     * @return the block
     * @throws IllegalArgumentException if a number of channels is not positive, the cardinality
     *     does not divide the width, or the stride is neither 1 nor 2
     */
    public static Bottleneck resnext(int in, int width, int out, int stride, int cardinality) {
        return new Bottleneck(in, width, out, stride, cardinality);
    }

    private static GroupedConv2d conv(int in, int out, int kernel, int stride, int groups) {
        return GroupedConv2d.of(
                in, out, kernel, stride, groups, Initializers.kaimingNormalFanOut());
    }

    @Override
    protected <T> T forward(Ops<T> ops, T x) {
        T y = ops.relu(ops.batchNorm(bn1, ops.conv(conv1, x)));
        y = ops.relu(ops.batchNorm(bn2, ops.conv(conv2, y)));
        y = ops.batchNorm(bn3, ops.conv(conv3, y));
        T shortcut =
                projection.isPresent()
                        ? ops.batchNorm(
                                projection.get().norm(), ops.conv(projection.get().conv(), x))
                        : x;
        return ops.relu(ops.add(y, shortcut));
    }

    private record Projection(GroupedConv2d conv, BatchNorm norm) {}
}
