package org.efficientzoo.training.optim;

/** Checks of settings. */
final class Numbers {

    private Numbers() {}

    static void atLeastZero(String what, double value) {
        if (!(value >= 0 && Double.isFinite(value))) {
            throw new IllegalArgumentException(what + " must be at least 0, found " + value);
        }
    }

    static void aboveZero(String what, double value) {
        if (!(value > 0 && Double.isFinite(value))) {
            throw new IllegalArgumentException(what + " must be above 0, found " + value);
        }
    }

    static void belowOne(String what, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(
                    what + " must be at least 0 and below 1, found " + value);
        }
    }

    static void share(String what, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(what + " must be in 0..1, found " + value);
        }
    }
}
