package org.efficientzoo.blocks;

/** Argument checks whose messages name the rule and the value. */
final class Checks {

    private Checks() {}

    static void positive(String what, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be positive, found " + value);
        }
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
