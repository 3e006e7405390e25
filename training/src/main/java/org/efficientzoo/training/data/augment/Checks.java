package org.efficientzoo.training.data.augment;

import java.util.List;

/** Rules that several records have. */
final class Checks {

    private Checks() {}

    static void probability(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(
                    "%s must be a probability, 0 to 1, found %s".formatted(name, value));
        }
    }

    static void notNegative(String name, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "%s must be a finite number of at least 0, found %s".formatted(name, value));
        }
    }

    /** A missing value comes from JSON. */
    static void present(String name, Object value) {
        if (value == null) {
            throw new IllegalArgumentException(name + " must be given, found none");
        }
    }

    static void statistics(String name, List<Float> values, boolean zeroIsFine) {
        present(name, values);
        boolean good =
                values.size() == 3
                        && values.stream()
                                .allMatch(
                                        v ->
                                                v != null
                                                        && Float.isFinite(v)
                                                        && (zeroIsFine || v != 0));
        if (!good) {
            throw new IllegalArgumentException(
                    "%s must be 3 finite numbers%s, found %s"
                            .formatted(name, zeroIsFine ? "" : " other than 0", values));
        }
    }
}
