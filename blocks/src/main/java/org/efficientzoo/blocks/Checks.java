package org.efficientzoo.blocks;

/** Argument checks whose messages name the rule and the value. */
final class Checks {

    private Checks() {}

    static void positive(String what, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be positive, found " + value);
        }
    }

    /** A positive number times a factor, as a number of channels. */
    static int product(String what, int value, int factor) {
        positive(what, value);
        long product = (long) value * factor;
        if (product > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "%s times %d must be below 2^31, found %d".formatted(what, factor, value));
        }
        return (int) product;
    }

    static void divides(String divisor, long value, String dividend, long of) {
        positive(divisor, value);
        if (of % value != 0) {
            throw new IllegalArgumentException(
                    "%s must divide the %s, found %s %d, %s %d"
                            .formatted(divisor, dividend, divisor, value, dividend, of));
        }
    }

    static void stride(int stride) {
        if (stride != 1 && stride != 2) {
            throw new IllegalArgumentException("stride must be 1 or 2, found " + stride);
        }
    }
}
