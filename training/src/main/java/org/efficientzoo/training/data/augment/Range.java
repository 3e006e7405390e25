package org.efficientzoo.training.data.augment;

/**
 * Where a positive number is drawn from.
 *
 * @param min the least, above 0
 * @param max the greatest, at least the least
 */
public record Range(double min, double max) {

    /**
     * Checks the order.
     *
     * @throws IllegalArgumentException if they are out of order
     */
    public Range {
        if (!(min > 0 && min <= max && max < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "a range must have 0 < min <= max, found %s to %s".formatted(min, max));
        }
    }

    /** Draws evenly. */
    double draw(Draws draws) {
        return draws.uniform(min, max);
    }

    /** Draws so that a number and its reciprocal are equally likely. */
    double drawLogarithmically(Draws draws) {
        return StrictMath.exp(draws.uniform(StrictMath.log(min), StrictMath.log(max)));
    }
}
