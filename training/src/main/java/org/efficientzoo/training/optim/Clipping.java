package org.efficientzoo.training.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * Limits gradients before a step.
 *
 * @param kind what is limited
 * @param limit the limit, above 0; 0 where nothing is limited
 */
public record Clipping(Kind kind, double limit) {

    /** No limit. */
    public static final Clipping NONE = new Clipping(Kind.NONE, 0);

    private static final double SMALL = 1e-6; // torch.nn.utils.clip_grad_norm_

    /** What is limited. */
    public enum Kind {
        /** Nothing. */
        NONE,
        /** The length of all gradients taken as one vector, as {@code clip_grad_norm_} does. */
        NORM,
        /** Each value on both sides of zero, as {@code clip_grad_value_} does. */
        VALUE
    }

    /**
     * Checks the limit.
     *
     * @throws IllegalArgumentException if it is not above 0, or not 0 where nothing is limited
     */
    public Clipping {
        if (kind != Kind.NONE) {
            Numbers.aboveZero("the limit of gradients", limit);
        } else if (limit != 0) {
            throw new IllegalArgumentException(
                    "a limit of gradients needs the kind norm or value, found none with %s; without one the limit is 0"
                            .formatted(limit));
        }
    }

    /**
     * Limits gradients in place.
     *
     * @param gradients the gradients of all parameters
     * @return their length before, where the kind is {@link Kind#NORM}, else 0
     */
    double apply(List<NDArray> gradients) {
        return switch (kind) {
            case NONE -> 0;
            case NORM -> clipNorm(gradients);
            case VALUE -> clipValues(gradients);
        };
    }

    private double clipNorm(List<NDArray> gradients) {
        double norm = norm(gradients);
        double factor = limit / (norm + SMALL);
        if (factor < 1) {
            NDArray first = gradients.get(0);
            try (Scalars scalars = new Scalars(first.getManager(), first.getDataType())) {
                gradients.forEach(gradient -> gradient.muli(scalars.of(factor)));
            }
        }
        return norm;
    }

    private static double norm(List<NDArray> gradients) {
        try (NDManager manager = gradients.get(0).getManager().newSubManager()) {
            NDList squares = new NDList();
            for (NDArray gradient : gradients) {
                try (NDArray square = gradient.mul(gradient)) {
                    NDArray sum = square.sum();
                    sum.attach(manager);
                    squares.add(sum);
                }
            }
            NDArray all = NDArrays.stack(squares);
            all.attach(manager);
            double total = 0;
            for (Number square : all.toArray()) {
                total += square.doubleValue();
            }
            return Math.sqrt(total);
        }
    }

    private double clipValues(List<NDArray> gradients) {
        for (NDArray gradient : gradients) {
            try (NDArray clipped = gradient.clip(-limit, limit)) {
                Copies.copy(clipped, gradient);
            }
        }
        return 0;
    }
}
