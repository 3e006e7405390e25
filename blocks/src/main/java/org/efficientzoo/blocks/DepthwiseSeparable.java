package org.efficientzoo.blocks;

import ai.djl.nn.norm.BatchNorm;

/**
 * MobileNetV1's unit: a 3×3 depthwise convolution, then a 1×1 one, batch norm and activation behind
 * each; no shortcut.
 *
 * <p>Takes (N, in, H, W), returns (N, out, H/stride, W/stride), sizes rounded up.
 *
 * @see <a href="https://arxiv.org/abs/1704.04861">MobileNets, section 3.1 and figure 3</a>
 */
public final class DepthwiseSeparable extends EfficientBlock {

    private final GroupedConv2d depthwise;
    private final BatchNorm depthwiseNorm;
    private final GroupedConv2d pointwise;
    private final BatchNorm pointwiseNorm;
    private final Nonlinearity nonlinearity;

    /**
     * Creates the unit with ReLU6, as TensorFlow's and timm's MobileNetV1 have it; the paper's
     * figure shows ReLU.
     *
     * @param in the input channels
     * @param out the output channels
     * @param stride the stride of the depthwise convolution, 1 or 2
     * @throws IllegalArgumentException if a number of channels is not positive or the stride is
     *     neither 1 nor 2
     */
    public DepthwiseSeparable(int in, int out, int stride) {
        this(in, out, stride, Nonlinearity.RELU6);
    }

    /**
     * Creates the unit.
     *
     * @param in the input channels
     * @param out the output channels
     * @param stride the stride of the depthwise convolution, 1 or 2
     * @param nonlinearity the activation
     * @throws IllegalArgumentException if a number of channels is not positive or the stride is
     *     neither 1 nor 2
     */
    public DepthwiseSeparable(int in, int out, int stride, Nonlinearity nonlinearity) {
        Checks.stride(stride);
        this.depthwise =
                child(
                        "conv_dw",
                        GroupedConv2d.builder(in, in)
                                .optKernel(3)
                                .optStride(stride)
                                .optGroups(in)
                                .optInitializer(Initializers.normalFanOutByGroups(in))
                                .build());
        this.depthwiseNorm = child("bn1", Layers.batchNorm());
        this.pointwise =
                child(
                        "conv_pw",
                        GroupedConv2d.builder(in, out)
                                .optInitializer(Initializers.normalFanOutByGroups(1))
                                .build());
        this.pointwiseNorm = child("bn2", Layers.batchNorm());
        this.nonlinearity = nonlinearity;
    }

    @Override
    protected <T> T forward(Ops<T> ops, T x) {
        T filtered =
                ops.activation(nonlinearity, ops.batchNorm(depthwiseNorm, ops.conv(depthwise, x)));
        return ops.activation(
                nonlinearity, ops.batchNorm(pointwiseNorm, ops.conv(pointwise, filtered)));
    }
}
