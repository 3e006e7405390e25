package org.efficientzoo.blocks;

/**
 * The activation function behind a convolution: none, ReLU, ReLU6 or leaky ReLU.
 *
 * @param kind which function
 * @param slope the factor of negative values, used by leaky ReLU alone and 0 for the others
 */
public record Nonlinearity(Kind kind, float slope) {

    /** The linear case: the values pass unchanged. */
    public static final Nonlinearity NONE = new Nonlinearity(Kind.NONE, 0f);

    /** {@code max(x, 0)}. */
    public static final Nonlinearity RELU = new Nonlinearity(Kind.RELU, 0f);

    /** {@code min(max(x, 0), 6)}. */
    public static final Nonlinearity RELU6 = new Nonlinearity(Kind.RELU6, 0f);

    /** The functions there are. */
    public enum Kind {
        /** {@code x}. */
        NONE,
        /** {@code max(x, 0)}. */
        RELU,
        /** {@code min(max(x, 0), 6)}. */
        RELU6,
        /** {@code x} where positive, {@code slope * x} elsewhere. */
        LEAKY_RELU
    }

    /**
     * Checks the slope.
     *
     * @throws IllegalArgumentException if the slope is not finite, or given to a function without
     *     one
     */
    public Nonlinearity {
        if (!Float.isFinite(slope)) {
            throw new IllegalArgumentException("leaky slope must be finite, found " + slope);
        }
        if (kind != Kind.LEAKY_RELU && slope != 0f) {
            throw new IllegalArgumentException(
                    "only a leaky ReLU has a slope, found slope " + slope + " with " + kind);
        }
    }

    /**
     * Returns the leaky ReLU.
     *
     * @param slope the factor of negative values
     * @return the function
     * @throws IllegalArgumentException if the slope is not finite
     */
    public static Nonlinearity leakyRelu(float slope) {
        return new Nonlinearity(Kind.LEAKY_RELU, slope);
    }
}
