package org.efficientzoo.training;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.GradientCollector;
import java.util.Optional;
import org.efficientzoo.training.optim.CrossEntropy;
import org.efficientzoo.training.optim.Gradients;
import org.efficientzoo.training.optim.Targets;
import org.efficientzoo.zoo.torchscript.ForwardPass;

/**
 * Forward and backward pass over a share of a batch, in parts one after another.
 *
 * @param forward the network's forward pass
 * @param gradients where the gradients are added up
 * @param manager the manager under which the arrays of a part live, on the network's device
 * @param part the most images of a part
 */
record Computation(ForwardPass forward, Gradients gradients, NDManager manager, int part) {

    /** What came of a share: its part of the batch's loss, not a number where it was given up. */
    record Outcome(double loss, Evaluation.Counts counts) {

        Outcome and(Outcome other) {
            return new Outcome(loss + other.loss, counts.and(other.counts));
        }
    }

    /** Where a share begins, of so many: all have as many images as another, or one more. */
    static int boundary(int share, int shares, int images) {
        return Math.toIntExact((long) share * images / shares);
    }

    /**
     * Computes images of a batch.
     *
     * @param shared what records, where another thread has it, since PyTorch has one at a time
     */
    Outcome run(
            NDArray images, Targets targets, int from, int to, Optional<GradientCollector> shared) {
        Outcome outcome = new Outcome(0, Evaluation.Counts.NONE);
        int parts = (to - from - 1) / part + 1;
        for (int i = 0; i < parts && Double.isFinite(outcome.loss); i++) {
            int start = from + boundary(i, parts, to - from);
            int end = from + boundary(i + 1, parts, to - from);
            if (shared.isPresent()) {
                outcome = outcome.and(runPart(images, targets, start, end, to, shared.get()));
                continue;
            }
            try (GradientCollector collector = newCollector(manager)) {
                outcome = outcome.and(runPart(images, targets, start, end, to, collector));
            }
        }
        return outcome;
    }

    static GradientCollector newCollector(NDManager manager) {
        return Engine.getEngine(manager.getEngine().getEngineName()).newGradientCollector();
    }

    private Outcome runPart(
            NDArray images,
            Targets targets,
            int from,
            int to,
            int end,
            GradientCollector collector) {
        try (NDManager step = manager.newSubManager()) {
            NDArray input = images.get(new NDIndex().addSliceDim(from, to));
            input.attach(step);
            if (!input.getDevice().equals(step.getDevice())) {
                input = input.toDevice(step.getDevice(), true);
                input.attach(step);
            }
            Targets wanted = targets.range(from, to);
            NDArray logits = forward.logits(input, true);
            NDArray loss = CrossEntropy.of(logits, wanted, targets.size());
            double value = loss.toArray()[0].doubleValue();
            if (Double.isFinite(value)) {
                collector.backward(loss);
                gradients.collect(to < end);
            }
            return new Outcome(Double.isFinite(value) ? value : Double.NaN, counts(logits, wanted));
        }
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
}
