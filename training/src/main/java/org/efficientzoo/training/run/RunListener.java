package org.efficientzoo.training.run;

import ai.djl.util.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.training.data.ClassOrder;
import org.efficientzoo.training.data.EvaluationLoader.Skipped;

/** Is told how a run goes, in the thread that trains; what it does not override it ignores. */
public interface RunListener {

    /**
     * The run begins or goes on.
     *
     * @param plan what will be done
     */
    default void starting(Plan plan) {}

    /**
     * Who is told of a download of the weights to start from.
     *
     * @return DJL's progress, nothing by default
     */
    default Optional<Progress> download() {
        return Optional.empty();
    }

    /**
     * A batch was learnt.
     *
     * @param progress how far the run is
     */
    default void step(StepProgress progress) {}

    /**
     * Images were validated.
     *
     * @param images how many more
     * @param of how many there are
     */
    default void validated(int images, int of) {}

    /**
     * An epoch is over.
     *
     * @param epochs the epochs of the run
     * @param row its row of the metrics: a number or an empty text by column
     */
    default void epoch(int epochs, Map<String, Object> row) {}

    /**
     * A checkpoint was written.
     *
     * @param state the file
     */
    default void saved(Path state) {}

    /**
     * Something went wrong that the run can do without.
     *
     * @param warning one line
     */
    default void warning(String warning) {}

    /**
     * An image could not be read.
     *
     * @param image the image and why
     */
    default void skipped(Skipped image) {}

    /**
     * What a run will do.
     *
     * @param network the network
     * @param parameters its parameters, running statistics left out
     * @param trainImages the images to learn from
     * @param validationImages the images to validate on
     * @param classes the classes
     * @param classOrder the rule by which they have their order
     * @param validation the images to validate on in words: their folder, or how they are split off
     * @param notes what a user should know of the data set, a line each
     * @param epochs the epochs of the run
     * @param steps the steps of the run
     * @param stepsDone the steps taken before, 0 where the run begins
     * @param batch the images of a step
     * @param engine the engine and its version
     * @param device the device
     */
    record Plan(
            String network,
            long parameters,
            int trainImages,
            int validationImages,
            int classes,
            ClassOrder.Rule classOrder,
            String validation,
            List<String> notes,
            int epochs,
            long steps,
            long stepsDone,
            int batch,
            String engine,
            String device) {

        /** Copies the list. */
        public Plan {
            notes = List.copyOf(notes);
        }
    }

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
