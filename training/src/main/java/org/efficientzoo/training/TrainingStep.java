package org.efficientzoo.training;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.GradientCollector;
import java.util.Optional;
import org.efficientzoo.training.optim.Clipping;
import org.efficientzoo.training.optim.CrossEntropy;
import org.efficientzoo.training.optim.Gradients;
import org.efficientzoo.training.optim.Targets;
import org.efficientzoo.training.optim.Updater;
import org.efficientzoo.training.optim.WeightAverage;
import org.efficientzoo.zoo.torchscript.ForwardPass;

/**
 * One step of training: forward, loss, backward, clipping, optimiser, average of the weights. All
 * arrays of a step are freed when it is over.
 *
 * <p>A batch may be computed in parts, one behind the other, which takes less memory and gives the
 * gradients of the whole batch; batch norms see one part at a time.
 */
public final class TrainingStep implements AutoCloseable {

    private final ForwardPass forward;
    private final Updater updater;
    private final Clipping clipping;
    private final int part;
    private final Optional<WeightAverage> average;
    private final Gradients gradients;
    private final NDManager manager;

    private TrainingStep(Builder builder) {
        this.forward = builder.forward;
        this.updater = builder.updater;
        this.clipping = builder.clipping;
        this.part = builder.part;
        this.average = builder.average;
        this.manager = builder.manager.newSubManager();
        this.gradients = new Gradients(updater, manager);
    }

    /**
     * Starts a step that clips nothing, takes each batch in one part and keeps no average.
     *
     * @param forward the network's forward pass
     * @param updater the optimiser at work
     * @param manager the manager under which a step's arrays live while it runs
     * @return the builder
     */
    public static Builder builder(ForwardPass forward, Updater updater, NDManager manager) {
        return new Builder(forward, updater, manager);
    }

    /**
     * Takes a step.
     *
     * <p>Where the loss is no finite number the weights are left as they are; the running
     * statistics have seen the batch.
     *
     * @param images the batch, (N, C, H, W), which stays the caller's
     * @param targets what the network should answer, N images
     * @param rate the learning rate
     * @return what came of it
     * @throws IllegalArgumentException if images and targets differ in number
     */
    public StepResult run(NDArray images, Targets targets, double rate) {
        int batch = Math.toIntExact(images.getShape().get(0));
        if (batch != targets.size()) {
            throw new IllegalArgumentException(
                    "a batch must have a target for each image, found %d images, %d targets"
                            .formatted(batch, targets.size()));
        }
        double loss = 0;
        Evaluation.Counts counts = Evaluation.Counts.NONE;
        int parts = (batch - 1) / part + 1;
        for (int i = 0; i < parts; i++) {
            int from = boundary(i, parts, batch);
            int to = boundary(i + 1, parts, batch);
            Part done = computePart(images, targets.range(from, to), from, to, batch);
            loss += done.loss;
            counts = add(counts, done.counts);
            if (!Double.isFinite(loss)) {
                gradients.drop();
                return new StepResult(Double.NaN, counts, 0);
            }
        }
        StepResult result = new StepResult(loss, counts, gradients.step(clipping, rate));
        if (result.taken()) {
            average.ifPresent(weights -> weights.follow(updater.steps()));
        }
        return result;
    }

    /** Where a part begins: all have as many images as another, or one more. */
    private static int boundary(int part, int parts, int batch) {
        return Math.toIntExact((long) part * batch / parts);
    }

    private Part computePart(NDArray images, Targets targets, int from, int to, int batch) {
        try (NDManager step = manager.newSubManager();
                GradientCollector collector =
                        Engine.getEngine(step.getEngine().getEngineName()).newGradientCollector()) {
            NDArray input = images.get(new NDIndex().addSliceDim(from, to));
            input.attach(step);
            NDArray logits = forward.logits(input, true);
            NDArray loss = CrossEntropy.of(logits, targets, batch);
            double value = number(loss);
            if (Double.isFinite(value)) {
                collector.backward(loss);
                gradients.collect(to < batch);
            }
            return new Part(value, counts(logits, targets));
        }
    }

    private static double number(NDArray scalar) {
        return scalar.toArray()[0].doubleValue();
    }

    private static Evaluation.Counts counts(NDArray logits, Targets targets) {
        float[] values = logits.stopGradient().toType(DataType.FLOAT32, false).toFloatArray();
        Evaluation.Counts counts = Evaluation.Counts.NONE;
        int classes = targets.classes();
        for (int i = 0; i < targets.size(); i++) {
            int rank = Evaluator.rank(values, i * classes, classes, targets.label(i));
            counts = counts.and(rank);
        }
        return counts;
    }

    private static Evaluation.Counts add(Evaluation.Counts a, Evaluation.Counts b) {
        return new Evaluation.Counts(
                a.images() + b.images(), a.top1() + b.top1(), a.top5() + b.top5());
    }

    /** Frees what is kept between steps; the optimiser and the average stay the caller's. */
    @Override
    public void close() {
        gradients.close();
        manager.close();
    }

    private record Part(double loss, Evaluation.Counts counts) {}

    /** Builds a {@link TrainingStep}. */
    public static final class Builder {

        private final ForwardPass forward;
        private final Updater updater;
        private final NDManager manager;
        private Clipping clipping = Clipping.NONE;
        private int part = Integer.MAX_VALUE;
        private Optional<WeightAverage> average = Optional.empty();

        private Builder(ForwardPass forward, Updater updater, NDManager manager) {
            this.forward = forward;
            this.updater = updater;
            this.manager = manager;
        }

        /**
         * Limits the gradients.
         *
         * @param clipping the limit
         * @return this builder
         */
        public Builder optClipping(Clipping clipping) {
            this.clipping = clipping;
            return this;
        }

        /**
         * Computes a batch in parts.
         *
         * @param images the most images of a part, at least 1
         * @return this builder
         */
        public Builder optPart(int images) {
            if (images < 1) {
                throw new IllegalArgumentException(
                        "a part of a batch must have an image, found " + images);
            }
            this.part = images;
            return this;
        }

        /**
         * Keeps an average of the weights.
         *
         * @param average the average, which follows each step
         * @return this builder
         */
        public Builder optAverage(WeightAverage average) {
            this.average = Optional.of(average);
            return this;
        }

        /**
         * Builds the step.
         *
         * @return the step
         */
        public TrainingStep build() {
            return new TrainingStep(this);
        }
    }
}
