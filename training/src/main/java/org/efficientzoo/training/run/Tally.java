package org.efficientzoo.training.run;

import org.efficientzoo.training.Evaluation;

/**
 * What is counted while an epoch is trained.
 *
 * @param lossSum the losses of the batches, each times its images, in sum
 * @param images the images
 * @param top1 those whose label was the best answer
 * @param top5 those whose label was among the best five
 * @param seconds the time spent, without validation
 * @param waitSeconds the part of it spent waiting for images
 */
record Tally(
        double lossSum, long images, long top1, long top5, double seconds, double waitSeconds) {

    static final Tally NONE = new Tally(0, 0, 0, 0, 0, 0);

    /** With one more batch. */
    Tally and(double loss, Evaluation.Counts counts, double spent, double waited) {
        return new Tally(
                lossSum + loss * counts.images(),
                images + counts.images(),
                top1 + counts.top1(),
                top5 + counts.top5(),
                seconds + spent,
                waitSeconds + waited);
    }

    Evaluation.Counts counts() {
        return new Evaluation.Counts(images, top1, top5);
    }

    double loss() {
        return images == 0 ? 0 : lossSum / images;
    }

    double imagesPerSecond() {
        return seconds == 0 ? 0 : images / seconds;
    }

    double waitShare() {
        return seconds == 0 ? 0 : waitSeconds / seconds;
    }
}
