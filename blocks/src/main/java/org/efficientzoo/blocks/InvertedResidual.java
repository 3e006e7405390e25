package org.efficientzoo.blocks;

import ai.djl.nn.norm.BatchNorm;
import java.util.List;
import java.util.stream.Stream;

/**
 * MobileNetV2's inverted residual: 1×1 expansion, 3×3 depthwise, 1×1 projection with no activation
 * behind it (a linear bottleneck); ReLU6 elsewhere. The input is added where the stride is 1 and
 * the channels agree. With an expansion of 1 the first convolution is left out.
 *
 * <p>Takes (N, in, H, W), returns (N, out, H/stride, W/stride), sizes rounded up.
 *
 * @see <a href="https://arxiv.org/abs/1801.04381">MobileNetV2, sections 3.2, 3.3 and table 1</a>
 */
public final class InvertedResidual extends EfficientBlock {

    private final List<ConvNormActivation> units;
    private final GroupedConv2d project;
    private final BatchNorm projectNorm;
    private final boolean addsInput;

    /**
     * Creates the block.
     *
     * @param in the input channels
     * @param out the output channels
     * @param stride the stride of the depthwise convolution, 1 or 2
     * @param expansion the expansion factor, t in the paper
     * @throws IllegalArgumentException if a number of channels or the expansion is not positive, or
     *     the stride is neither 1 nor 2
     */
    public InvertedResidual(int in, int out, int stride, int expansion) {
        Checks.stride(stride);
        Checks.positive("expansion", expansion);
        int hidden = Checks.product("input channels", in, expansion);
        ConvNormActivation depthwise =
                ConvNormActivation.depthwise(hidden, 3, stride, Nonlinearity.RELU6);
        this.units =
                expansion == 1
                        ? List.of(depthwise)
                        : Stream.of(
                                        ConvNormActivation.pointwise(
                                                in, hidden, Nonlinearity.RELU6),
                                        depthwise)
                                .toList();
        for (int i = 0; i < units.size(); i++) {
            child("conv." + i, units.get(i));
        }
        int n = units.size();
        this.project =
                child(
                        "conv." + n,
                        GroupedConv2d.builder(hidden, out)
                                .optInitializer(Initializers.kaimingNormalFanOut())
                                .build());
        this.projectNorm = child("conv." + (n + 1), Layers.batchNorm());
        this.addsInput = stride == 1 && in == out;
    }

    @Override
    protected <T> T forward(Ops<T> ops, T x) {
        T hidden = x;
        for (ConvNormActivation unit : units) {
            hidden = ops.call(unit, hidden);
        }
        T projected = ops.batchNorm(projectNorm, ops.conv(project, hidden));
        return addsInput ? ops.add(x, projected) : projected;
    }
}
