package org.efficientzoo.training;

import ai.djl.ndarray.types.Shape;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.IntConsumer;
import org.efficientzoo.training.data.Batch;
import org.efficientzoo.training.data.ClassFolders;
import org.efficientzoo.training.data.ClassFolders.Sample;
import org.efficientzoo.training.data.EvaluationLoader;
import org.efficientzoo.training.data.EvaluationLoader.Skipped;
import org.efficientzoo.zoo.image.EvaluationTransform;

/** Runs a network over images and counts how often it is right. */
public final class Evaluator {

    private static final int LARGEST_BATCH = 1024;

    private final Network network;
    private final EvaluationTransform transform;
    private final int batchSize;
    private final int threads;

    /** What is evaluated. */
    @FunctionalInterface
    public interface Network {

        /**
         * Runs the network.
         *
         * @param batch the images, (N, C, H, W), C as the preprocessing gives it
         * @param shape that shape
         * @return the logits, (N, classes)
         * @throws TranslateException if the network fails
         */
        float[] logits(Batch batch, Shape shape) throws TranslateException;
    }

    /**
     * Sets up runs.
     *
     * @param network the network
     * @param transform the preprocessing
     * @param batchSize the most images of one call, 1 to 1024
     * @param threads the threads that decode images
     * @throws IllegalArgumentException if a number is out of its range
     */
    public Evaluator(Network network, EvaluationTransform transform, int batchSize, int threads) {
        checkBatch(batchSize);
        checkThreads(threads);
        this.network = network;
        this.transform = transform;
        this.batchSize = batchSize;
        this.threads = threads;
    }

    /**
     * Checks the number of images of a call.
     *
     * @param batchSize the most images of one call
     * @throws IllegalArgumentException if it does not lie within 1 and 1024
     */
    public static void checkBatch(int batchSize) {
        if (batchSize < 1 || batchSize > LARGEST_BATCH) {
            throw new IllegalArgumentException(
                    "a batch must have 1 to %d images, found %d"
                            .formatted(LARGEST_BATCH, batchSize));
        }
    }

    /**
     * Checks the number of threads.
     *
     * @param threads the threads that decode images
     * @throws IllegalArgumentException if it is not positive
     */
    public static void checkThreads(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be positive, found " + threads);
        }
    }

    /**
     * Evaluates the images of a folder.
     *
     * @param folder the images
     * @param progress is told the number of images of each batch that is done
     * @return the outcome
     * @throws IOException if no image could be read
     * @throws TranslateException if the network fails
     * @throws IllegalArgumentException if there are more classes than the network has
     * @throws IllegalStateException if memory is too short for an image, or the thread is
     *     interrupted
     */
    public Evaluation run(ClassFolders folder, IntConsumer progress)
            throws IOException, TranslateException {
        String where = " of " + folder.root();
        return run(folder.samples(), folder.classes().size(), where, progress);
    }

    /**
     * Evaluates.
     *
     * @param samples the images, at least one
     * @param classes the number of their classes
     * @param progress is told the number of images of each batch that is done
     * @return the outcome
     * @throws IOException if no image could be read
     * @throws TranslateException if the network fails
     * @throws IllegalArgumentException if there are more classes than the network has
     * @throws IllegalStateException if memory is too short for an image, or the thread is
     *     interrupted
     */
    public Evaluation run(List<Sample> samples, int classes, IntConsumer progress)
            throws IOException, TranslateException {
        return run(samples, classes, "", progress);
    }

    private Evaluation run(List<Sample> samples, int classes, String where, IntConsumer progress)
            throws IOException, TranslateException {
        long start = System.nanoTime();
        Tally tally = new Tally(classes);
        try (EvaluationLoader loader =
                new EvaluationLoader(samples, transform, batchSize, threads)) {
            while (loader.hasNext()) {
                Batch batch = loader.next();
                tally.add(logits(batch), batch.labels());
                progress.accept(batch.size());
            }
            if (tally.total.images() == 0) {
                throw new IOException(
                        "none of the %d images%s could be read; the first: %s"
                                .formatted(
                                        samples.size(), where, loader.skipped().get(0).reason()));
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            return tally.outcome(loader.skipped(), seconds);
        }
    }

    private float[] logits(Batch batch) throws TranslateException {
        return network.logits(
                batch,
                new Shape(
                        batch.size(),
                        transform.channelOrder().planes(),
                        transform.cropHeight(),
                        transform.cropWidth()));
    }

    /** The counts of the images so far. */
    private static final class Tally {

        private final List<Evaluation.Counts> perClass;
        private Evaluation.Counts total = Evaluation.Counts.NONE;
        private Confusion confusion = new Confusion(0);
        private double loss;
        private float[] first = {}; // the logits of the first image
        private boolean constant = true;

        Tally(int classes) {
            perClass = new ArrayList<>(Collections.nCopies(classes, Evaluation.Counts.NONE));
        }

        void add(float[] logits, List<Integer> labels) throws TranslateException {
            int outputs = logits.length / labels.size();
            if (outputs < perClass.size()) {
                throw new IllegalArgumentException(
                        "the network must have an output for each class, found %d outputs, %d classes"
                                .formatted(outputs, perClass.size()));
            }
            if (total.images() == 0) {
                confusion = new Confusion(outputs);
                first = Arrays.copyOf(logits, outputs);
            }
            for (float logit : logits) {
                if (Float.isNaN(logit)) {
                    throw new TranslateException("the network's output is not a number");
                }
            }
            for (int i = 0; i < labels.size(); i++) {
                add(logits, i * outputs, outputs, labels.get(i));
            }
        }

        private void add(float[] logits, int offset, int outputs, int label) {
            constant &= Arrays.equals(first, 0, outputs, logits, offset, offset + outputs);
            int rank = rank(logits, offset, outputs, label);
            total = total.and(rank);
            perClass.set(label, perClass.get(label).and(rank));
            int best = 0;
            for (int c = 1; c < outputs; c++) {
                if (logits[offset + c] > logits[offset + best]) {
                    best = c;
                }
            }
            confusion.add(label, best);
            double sum = 0;
            for (int c = 0; c < outputs; c++) {
                sum += Math.exp((double) logits[offset + c] - logits[offset + best]);
            }
            loss += Math.log(sum) + logits[offset + best] - logits[offset + label];
        }

        Evaluation outcome(List<Skipped> skipped, double seconds) {
            boolean telling = total.images() > 1 || isFlat(first);
            return new Evaluation(
                    total,
                    perClass,
                    loss / total.images(),
                    confusion,
                    skipped,
                    seconds,
                    constant && telling);
        }

        private static boolean isFlat(float[] logits) {
            for (float logit : logits) {
                if (logit != logits[0]) {
                    return false;
                }
            }
            return logits.length > 1;
        }
    }

    /**
     * How many classes an answer puts before the label; of equal logits the lower class comes
     * first, and one that is not a number comes before all.
     *
     * @param logits the logits
     * @param offset where those of the image begin
     * @param classes how many they are
     * @param label the class of the image
     * @return the rank, 0 where the label is the best answer
     */
    static int rank(float[] logits, int offset, int classes, int label) {
        float own = logits[offset + label];
        int rank = 0;
        for (int c = 0; c < classes; c++) {
            float other = logits[offset + c];
            boolean before = c < label ? !(other < own) : !(other <= own);
            if (c != label && before) {
                rank++;
            }
        }
        return rank;
    }
}
