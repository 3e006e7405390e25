package org.efficientzoo.blocks;

import ai.djl.nn.Parameter;
import ai.djl.training.initializer.Initializer;

/**
 * DarkNet-53's residual: 1×1 to half the channels, 3×3 back, each with batch norm and leaky ReLU,
 * plus the input; no activation behind the addition.
 *
 * <p>Takes (N, channels, H, W), returns (N, channels, H, W).
 *
 * @see <a href="https://arxiv.org/abs/1804.02767">YOLOv3, section 2.4 and table 1</a>
 */
public final class DarkResidual extends EfficientBlock {

    private final ConvNormActivation conv1;
    private final ConvNormActivation conv2;

    /**
     * Creates the block.
     *
     * @param channels the input and the output channels, even
     * @param nonlinearity the activation; Darknet's is leaky ReLU with slope 0.1
     * @throws IllegalArgumentException if the channels are not even and positive
     */
    public DarkResidual(int channels, Nonlinearity nonlinearity) {
        Checks.divides("halves", 2, "channels", channels);
        this.conv1 = child("conv1", unit(channels, channels / 2, 1, 1, nonlinearity));
        this.conv2 = child("conv2", unit(channels / 2, channels, 3, 1, nonlinearity));
        // timm starts each residual as the identity: the last scale is zero
        conv2.setInitializer(Initializer.ZEROS, Parameter.Type.GAMMA);
    }

    /**
     * Makes DarkNet's unit of convolution, batch norm and activation, with the names of timm: (N,
     * in, H, W) to (N, out, ⌈H/stride⌉, ⌈W/stride⌉).
     *
     * @param in the input channels
     * @param out the output channels
     * @param kernel the side of the kernel, odd
     * @param stride the stride
     * @param nonlinearity the activation
     * @return the unit
     * @throws IllegalArgumentException if a number is not positive, or the kernel is even
     */
    public static ConvNormActivation unit(
            int in, int out, int kernel, int stride, Nonlinearity nonlinearity) {
        return ConvNormActivation.builder(in, out)
                .optKernel(kernel)
                .optStride(stride)
                .optNonlinearity(nonlinearity)
                .optNames("conv", "bn")
                .build();
    }

    @Override
    protected <T> T forward(Ops<T> ops, T x) {
        return ops.add(ops.call(conv2, ops.call(conv1, x)), x);
    }
}
