package org.efficientzoo.training;

import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntConsumer;
import org.efficientzoo.training.data.Batch;
import org.efficientzoo.training.data.ClassFolders;
import org.efficientzoo.training.data.EvaluationLoader;
import org.efficientzoo.zoo.image.EvaluationTransform;

/** Runs a network over a folder of images and counts how often it is right. */
public final class Evaluator {

    private static final int LARGEST_BATCH = 1024;

    private final ZooModel<NDList, NDList> model;
    private final EvaluationTransform transform;
    private final int batchSize;
    private final int threads;

    /**
     * Sets up runs.
     *
     * @param model the network: (N, 3, H, W) to logits (N, classes)
     * @param transform the preprocessing
     * @param batchSize the most images of one call, 1 to 1024
     * @param threads the threads that decode images
     * @throws IllegalArgumentException if a number is out of its range
     */
    public Evaluator(
            ZooModel<NDList, NDList> model,
            EvaluationTransform transform,
            int batchSize,
            int threads) {
        if (batchSize < 1 || batchSize > LARGEST_BATCH) {
            throw new IllegalArgumentException(
                    "a batch must have 1 to %d images, found %d"
                            .formatted(LARGEST_BATCH, batchSize));
        }
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be positive, found " + threads);
        }
        this.model = model;
        this.transform = transform;
        this.batchSize = batchSize;
        this.threads = threads;
    }

    /**
     * Evaluates.
     *
     * @param folder the images
     * @param progress is told the number of images of each batch that is done
     * @return the outcome
     * @throws IOException if no image could be read
     * @throws TranslateException if the network fails
     * @throws IllegalArgumentException if the folder has more classes than the network
     */
    public Evaluation run(ClassFolders folder, IntConsumer progress)
            throws IOException, TranslateException {
        long start = System.nanoTime();
        Evaluation.Counts total = Evaluation.Counts.NONE;
        List<Evaluation.Counts> perClass =
                new ArrayList<>(
                        Collections.nCopies(folder.classes().size(), Evaluation.Counts.NONE));
        try (EvaluationLoader loader =
                        new EvaluationLoader(folder.samples(), transform, batchSize, threads);
                Predictor<NDList, NDList> predictor = model.newPredictor()) {
            while (loader.hasNext()) {
                Batch batch = loader.next();
                float[] logits = logits(predictor, batch);
                int classes = logits.length / batch.size();
                if (classes < folder.classes().size()) {
                    throw new IllegalArgumentException(
                            "the network must have an output for each class, found %d outputs, %d classes"
                                    .formatted(classes, folder.classes().size()));
                }
                for (float logit : logits) {
                    if (Float.isNaN(logit)) {
                        throw new TranslateException("the network's output is not a number");
                    }
                }
                for (int i = 0; i < batch.size(); i++) {
                    int label = batch.labels().get(i);
                    int rank = rank(logits, i * classes, classes, label);
                    total = total.and(rank);
                    perClass.set(label, perClass.get(label).and(rank));
                }
                progress.accept(batch.size());
            }
            if (total.images() == 0) {
                throw new IOException(
                        "none of the %d images of %s could be read; the first: %s"
                                .formatted(
                                        folder.samples().size(),
                                        folder.root(),
                                        loader.skipped().get(0).reason()));
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            return new Evaluation(total, perClass, loader.skipped(), seconds);
        }
    }

    private float[] logits(Predictor<NDList, NDList> predictor, Batch batch)
            throws TranslateException {
        Shape shape = new Shape(batch.size(), 3, transform.cropHeight(), transform.cropWidth());
        try (NDManager manager = model.getNDManager().newSubManager()) {
            NDArray input = manager.create(batch.pixels(), shape);
            NDList output = predictor.predict(new NDList(input));
            try (NDArray logits = output.singletonOrThrow()) {
                return logits.toFloatArray();
            }
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
