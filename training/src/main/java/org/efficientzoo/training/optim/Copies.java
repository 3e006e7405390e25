package org.efficientzoo.training.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Copies values into arrays at work.
 *
 * <p>Not by {@code NDArray.copyTo}: on PyTorch that gives the array other memory, and what shares
 * its old memory keeps the old values.
 */
final class Copies {

    private Copies() {}

    /** Copies one array over another of its shape. */
    static void copy(NDArray from, NDArray to) {
        try (NDArray values = to.stopGradient()) {
            values.set(new NDIndex(":"), from);
        }
    }

    /** Copies all arrays over those of the same names, or none where they do not fit. */
    static void copyAll(Map<String, NDArray> from, Map<String, NDArray> to, String what) {
        TreeSet<String> missing = new TreeSet<>(to.keySet());
        missing.removeAll(from.keySet());
        TreeSet<String> unknown = new TreeSet<>(from.keySet());
        unknown.removeAll(to.keySet());
        if (!missing.isEmpty() || !unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s does not fit: %d arrays missing%s, %d unknown%s"
                            .formatted(
                                    what,
                                    missing.size(),
                                    first(missing),
                                    unknown.size(),
                                    first(unknown)));
        }
        to.forEach((name, array) -> checkShape(name, from.get(name), array, what));
        to.forEach((name, array) -> copy(from.get(name), array));
    }

    private static void checkShape(String name, NDArray from, NDArray to, String what) {
        if (!from.getShape().equals(to.getShape())) {
            throw new IllegalArgumentException(
                    "%s does not fit: %s must have the shape %s, found %s"
                            .formatted(what, name, to.getShape(), from.getShape()));
        }
    }

    private static String first(Set<String> names) {
        return names.isEmpty() ? "" : " (first " + names.iterator().next() + ")";
    }
}
