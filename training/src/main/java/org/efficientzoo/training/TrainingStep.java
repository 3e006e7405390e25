package org.efficientzoo.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Optional;
import org.efficientzoo.training.optim.Clipping;
import org.efficientzoo.training.optim.Gradients;
import org.efficientzoo.training.optim.Targets;
import org.efficientzoo.training.optim.Updater;
import org.efficientzoo.training.optim.WeightAverage;
import org.efficientzoo.zoo.torchscript.ForwardPass;

/**
 * One step of training: forward, loss, backward, clipping, optimiser, average of the weights. All
 * arrays of a step are freed when it is over.
 *
 * <p>A batch may be computed in parts, one after another, which takes less memory and gives the
 * gradients of the whole batch; batch norms see one part at a time.
 */
public final class TrainingStep implements AutoCloseable {

    private final Updater updater;
    private final Clipping clipping;
    private final Optional<WeightAverage> average;
    private final Gradients gradients;
    private final NDManager manager;
    private final Computation computation;
    private final Replicas replicas;

    private TrainingStep(Builder builder) {
        this.updater = builder.updater;
        this.clipping = builder.clipping;
        this.average = builder.average;
        this.manager = builder.manager.newSubManager();
        this.gradients = new Gradients(updater.parameters(), manager);
        this.computation = new Computation(builder.forward, gradients, manager, builder.part);
        this.replicas = new Replicas(builder.replicas, builder.part);
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
     * @throws IllegalArgumentException if images and targets differ in number, or outputs and
     *     classes do
     */
    public StepResult run(NDArray images, Targets targets, double rate) {
        int batch = Math.toIntExact(images.getShape().get(0));
        if (batch != targets.size()) {
            throw new IllegalArgumentException(
                    "a batch must have a target for each image, found %d images, %d targets"
                            .formatted(batch, targets.size()));
        }
        Computation.Outcome outcome = replicas.run(computation, images, targets);
        if (!Double.isFinite(outcome.loss())) {
            gradients.drop();
            replicas.drop();
            return new StepResult(Double.NaN, outcome.counts(), 0);
        }
        replicas.addTo(gradients);
        double norm = gradients.step(updater, clipping, rate);
        StepResult result = new StepResult(outcome.loss(), outcome.counts(), norm);
        if (result.taken()) {
            average.ifPresent(weights -> weights.follow(updater.steps()));
        } else {
            replicas.drop();
        }
        replicas.follow();
        return result;
    }

    /** Frees what is kept between steps; the optimiser and the average stay the caller's. */
    @Override
    public void close() {
        replicas.close();
        gradients.close();
        manager.close();
    }

    /** Builds a {@link TrainingStep}. */
    public static final class Builder {

        private final ForwardPass forward;
        private final Updater updater;
        private final NDManager manager;
        private Clipping clipping = Clipping.NONE;
        private int part = Integer.MAX_VALUE;
        private Optional<WeightAverage> average = Optional.empty();
        private List<Replica> replicas = List.of();

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
         * @throws IllegalArgumentException if it is not positive
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
         * Shares each batch with copies of the network on other devices, all at work at a time.
         *
         * @param copies the copies, which are closed with the step
         * @return this builder
         */
        public Builder optReplicas(List<Replica> copies) {
            this.replicas = List.copyOf(copies);
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
