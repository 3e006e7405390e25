package org.efficientzoo.zoo.network;

import org.efficientzoo.blocks.ConvNormActivation;
import org.efficientzoo.blocks.DarkResidual;
import org.efficientzoo.blocks.Nonlinearity;

/**
 * The options of the DarkNets.
 *
 * @param <B> the builder itself
 */
public abstract class DarkNetBuilder<B extends DarkNetBuilder<B>> extends NetworkBuilder<B> {

    private Nonlinearity nonlinearity = Nonlinearity.leakyRelu(0.1f); // Darknet's; timm has 0.01

    private Width width = new Width(1, 2);

    DarkNetBuilder() {
        super(0f);
    }

    /**
     * Sets the width multiplier; Darknet itself has none. Channels are rounded to even numbers, for
     * a residual halves them.
     *
     * @param factor the factor of all channels
     * @return this builder
     * @throws IllegalArgumentException if the factor is not positive
     */
    public final B optWidth(double factor) {
        this.width = new Width(factor, 2);
        return self();
    }

    final int channels(int atWidthOne) {
        return width.of(atWidthOne);
    }

    /**
     * Sets the slope of the leaky ReLUs; 0.1 by default, as in Darknet. timm's is 0.01.
     *
     * @param slope the factor of negative values
     * @return this builder
     * @throws IllegalArgumentException if the slope is not finite
     */
    public final B optLeakySlope(float slope) {
        this.nonlinearity = Nonlinearity.leakyRelu(slope);
        return self();
    }

    @Override
    boolean set(NetworkOption option, Number value) {
        switch (option) {
            case WIDTH -> optWidth(value.doubleValue());
            case LEAKY_SLOPE -> optLeakySlope(value.floatValue());
            default -> {
                return super.set(option, value);
            }
        }
        return true;
    }

    final Nonlinearity nonlinearity() {
        return nonlinearity;
    }

    final ConvNormActivation unit(int in, int out, int kernel, int stride) {
        return DarkResidual.unit(in, out, kernel, stride, nonlinearity);
    }
}
