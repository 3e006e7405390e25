package org.efficientzoo.training;

import java.util.List;
import java.util.Optional;
import org.efficientzoo.training.data.EvaluationLoader.Skipped;

/**
 * The outcome of an evaluation run.
 *
 * @param total the counts over all images
 * @param perClass the counts by class index, for every class of the list
 * @param loss the mean cross-entropy of the softmax of the logits
 * @param confusion what was taken for what, over the outputs of the network
 * @param skipped the images that could not be read
 * @param seconds the time from the first image's reading to the last answer
 * @param constant whether the network gave all images the same logits, or a single image the same
 *     logit for each of several classes
 */
public record Evaluation(
        Counts total,
        List<Counts> perClass,
        double loss,
        Confusion confusion,
        List<Skipped> skipped,
        double seconds,
        boolean constant) {

    /** Copies the lists. */
    public Evaluation {
        perClass = List.copyOf(perClass);
        skipped = List.copyOf(skipped);
    }

    /**
     * What makes the figures worthless.
     *
     * @return one line; nothing where all is well
     */
    public Optional<String> warning() {
        return constant
                ? Optional.of(
                        "the network gives the same logits whatever the image (%d images); a layer is dead, as after too high a learning rate"
                                .formatted(total.images))
                : Optional.empty();
    }

    /**
     * How many answers were right.
     *
     * @param images the images
     * @param top1 those whose label is the best answer
     * @param top5 those whose label is among the best five
     */
    public record Counts(long images, long top1, long top5) {

        /** No image yet. */
        public static final Counts NONE = new Counts(0, 0, 0);

        /**
         * Counts one more image.
         *
         * @param rank how many answers were better than the label, 0 for none
         * @return the new counts
         */
        public Counts and(int rank) {
            return new Counts(images + 1, top1 + (rank < 1 ? 1 : 0), top5 + (rank < 5 ? 1 : 0));
        }

        /**
         * Adds other images.
         *
         * @param other their counts
         * @return the counts of all
         */
        public Counts and(Counts other) {
            return new Counts(images + other.images, top1 + other.top1, top5 + other.top5);
        }

        /**
         * The Top-1 accuracy.
         *
         * @return a share in 0..1, 0 where there are no images
         */
        public double top1Accuracy() {
            return images == 0 ? 0 : (double) top1 / images;
        }

        /**
         * The Top-5 accuracy.
         *
         * @return a share in 0..1, 0 where there are no images
         */
        public double top5Accuracy() {
            return images == 0 ? 0 : (double) top5 / images;
        }
    }

    /**
     * The speed, reading and preprocessing included.
     *
     * @return images a second
     */
    public double imagesPerSecond() {
        return total.images / seconds;
    }
}
