package org.efficientzoo.training.run;

import java.nio.file.Path;
import java.util.Map;
import org.efficientzoo.training.data.EvaluationLoader.Skipped;

/** Is told how a run goes, in the thread that trains. */
public interface RunListener {

    /**
     * A batch was learnt.
     *
     * @param progress how far the run is
     */
    void step(StepProgress progress);

    /**
     * Images were validated.
     *
     * @param images how many more
     * @param of how many there are
     */
    void validated(int images, int of);

    /**
     * An epoch is over.
     *
     * @param row its row of the metrics
     */
    void epoch(Map<String, Object> row);

    /**
     * A checkpoint was written.
     *
     * @param state the file
     */
    void saved(Path state);

    /**
     * An image could not be read.
     *
     * @param image the image and why
     */
    void skipped(Skipped image);

    /**
     * How far a run is.
     *
     * @param epoch the epoch, from 1
     * @param epochs the epochs of the run
     * @param images the images of this epoch so far
     * @param imagesOfEpoch the images of this epoch
     * @param loss the mean loss of this epoch so far
     * @param top1 the share of this epoch's images that were answered rightly
     * @param imagesPerSecond the speed in this epoch
     * @param secondsLeft what is left of the run at this speed, without validation
     */
    record StepProgress(
            int epoch,
            int epochs,
            long images,
            long imagesOfEpoch,
            double loss,
            double top1,
            double imagesPerSecond,
            double secondsLeft) {}
}
