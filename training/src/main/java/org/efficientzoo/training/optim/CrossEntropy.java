package org.efficientzoo.training.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/** The cross-entropy of the softmax of logits against {@link Targets}. */
public final class CrossEntropy {

    private CrossEntropy() {}

    /**
     * Computes the loss of a part of a batch: the sum over its images, divided by the images of the
     * whole batch. The parts' losses and gradients add up to those of the mean over the batch.
     *
     * @param logits the network's answers, (N, classes)
     * @param targets what they should be, N images
     * @param batch the images of the whole batch; N where it is in one part
     * @return the loss, an array without axes
     * @throws IllegalArgumentException if logits and targets differ in shape
     */
    public static NDArray of(NDArray logits, Targets targets, int batch) {
        Shape shape = new Shape(targets.size(), targets.classes());
        if (!logits.getShape().equals(shape)) {
            throw new IllegalArgumentException(
                    "the network's output must have the shape of the targets %s, found %s"
                            .formatted(shape, logits.getShape()));
        }
        NDArray factors =
                logits.getManager()
                        .create(targets.scaled(-1.0 / batch), shape)
                        .toType(logits.getDataType(), false);
        return logits.logSoftmax(1).mul(factors).sum();
    }
}
