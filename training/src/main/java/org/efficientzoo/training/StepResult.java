package org.efficientzoo.training;

/**
 * What came of a training step.
 *
 * @param loss the mean over the batch, before the step; not a number where the step was given up
 * @param counts the images and how many of them the network answered rightly, before the step; of a
 *     mixed image the right class is the one with the larger share
 * @param gradientNorm the length of the gradients before they were clipped by it, else 0
 */
public record StepResult(double loss, Evaluation.Counts counts, double gradientNorm) {

    /**
     * Whether the weights were changed.
     *
     * @return false if the loss or the length of the gradients was no finite number
     */
    public boolean taken() {
        return Double.isFinite(loss) && Double.isFinite(gradientNorm);
    }
}
