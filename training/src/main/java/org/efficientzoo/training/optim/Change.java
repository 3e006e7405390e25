package org.efficientzoo.training.optim;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * One change of one parameter: what an {@link Optimizer} works on.
 *
 * @param values the parameter
 * @param gradient its gradient
 * @param kept the arrays of earlier steps
 * @param step the number of this step, from 1
 * @param rate the learning rate of the parameter
 * @param decay the weight decay of the parameter
 * @param scalars makes arrays of numbers
 */
record Change(
        NDArray values,
        NDArray gradient,
        List<NDArray> kept,
        long step,
        double rate,
        double decay,
        Scalars scalars) {

    /** {@code target *= factor}. */
    void scale(NDArray target, double factor) {
        target.muli(scalars.of(factor));
    }

    /** {@code target += factor * array}. */
    void add(NDArray target, double factor, NDArray array) {
        if (factor == 1) {
            target.addi(array);
        } else {
            try (NDArray product = array.mul(scalars.of(factor))) {
                target.addi(product);
            }
        }
    }

    /** Adds the weight decay to the gradient, as all but AdamW do. */
    void decayIntoGradient() {
        if (decay != 0) {
            add(gradient, decay, values);
        }
    }

    /** {@code values -= factor * direction}, where the direction is used up. */
    void descend(double factor, NDArray direction) {
        scale(direction, factor);
        values.subi(direction);
    }
}
