package org.efficientzoo.benchmark;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.zoo.file.ScratchFolder;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.weights.Precision;
import org.efficientzoo.zoo.weights.SafetensorsFileWriter;

/**
 * Whether this machine computes networks right: the same images, one by one and in batches, on each
 * engine, with one thread and several, in the layout that PyTorch takes and in the plain one, must
 * give the same logits, and a training step the same gradients.
 *
 * <p>Native libraries choose their kernels by the processor, so that what is right on one machine
 * says nothing of another. Each engine with its setting is a process of its own: one that a kernel
 * kills is a finding, too.
 */
public final class SelfTest {

    /** Of the deviation of the logits: a batch beside its images one by one. */
    private static final double BATCH_TOLERANCE = 3e-5;

    /** Of the deviation of the logits: an engine beside another, which adds in another order. */
    private static final double ENGINE_TOLERANCE = 1e-4;

    /**
     * Of the length of the gradients. A ReLU at zero lets a gradient pass or not by the last bit,
     * and batch norms magnify that: up to 0.07 was seen where all was right. A wrong kernel is off
     * by a half.
     */
    private static final double GRADIENT_TOLERANCE = 0.2;

    static final int CHANNELS = 3;

    private static final List<Integer> BATCHES = List.of(1, 2, 3, 8, 15, 16, 17, 32);

    private SelfTest() {}

    /**
     * A network with an input.
     *
     * @param model the network's name
     * @param height the height of the input
     * @param width the width of the input
     * @param batches the sizes of the batches
     * @param gradientBatch the images of a training step
     */
    public record Subject(
            String model, int height, int width, List<Integer> batches, int gradientBatch) {

        /** Copies the list. */
        public Subject {
            batches = List.copyOf(batches);
        }

        /**
         * A network with an input of its own size or another, in batches of 1 to 32.
         *
         * @param model the network's name
         * @param side height and width of the input
         * @return the subject
         * @throws IllegalArgumentException if there is no such network
         */
        public static Subject of(String model, int side) {
            Networks.get(model);
            return new Subject(model, side, side, BATCHES, side < 64 ? 16 : 2);
        }

        @Override
        public String toString() {
            return "%s at %dx%d".formatted(model, height, width);
        }
    }

    /**
     * How a process computes.
     *
     * @param engine the engine's name as DJL spells it
     * @param threads its threads
     * @param layout what {@code efficientzoo.layout} is set to; empty for what is usual
     */
    public record Setting(String engine, int threads, Optional<String> layout) {

        @Override
        public String toString() {
            return "%s, %d thread%s%s"
                    .formatted(
                            engine,
                            threads,
                            threads == 1 ? "" : "s",
                            layout.map(name -> ", " + name).orElse(""));
        }
    }

    /**
     * What came of a network with a setting.
     *
     * @param subject the network
     * @param setting the setting
     * @param batches by the size of a batch how far it is from its images one by one, of the
     *     deviation of the logits
     * @param reference how far images one by one are from the first setting that computed them, of
     *     the deviation of the logits; empty for the first one
     * @param gradient how far gradients are from those layer by layer, of their length; empty where
     *     an engine does not train
     * @param layouts the layouts that PyTorch's scripts took
     * @param faults what is off, a line each; empty where nothing is
     */
    public record Finding(
            Subject subject,
            Setting setting,
            Map<Integer, Double> batches,
            Optional<Double> reference,
            Optional<Double> gradient,
            List<String> layouts,
            List<String> faults) {

        /**
         * The largest difference of a batch.
         *
         * @return of the deviation of the logits
         */
        public double worstBatch() {
            return batches.values().stream().mapToDouble(d -> d).max().orElse(Double.NaN);
        }
    }

    /** Is told how it goes. */
    public interface Listener {

        /**
         * A network begins.
         *
         * @param subject the network
         */
        void begins(Subject subject);

        /**
         * A network was computed with a setting.
         *
         * @param finding what came of it
         */
        void found(Finding finding);
    }

    /**
     * Computes all networks with all settings.
     *
     * @param subjects the networks
     * @param settings the settings; the first one is what the others are compared with
     * @param listener is told how it goes
     * @return what was found, network by network
     * @throws IOException if files of weights cannot be written or no process can be started
     */
    public static List<Finding> run(
            List<Subject> subjects, List<Setting> settings, Listener listener) throws IOException {
        List<Finding> all = new ArrayList<>();
        Map<Setting, WorkerProcess> workers = new LinkedHashMap<>();
        try (ScratchFolder folder = ScratchFolder.temporary()) {
            for (Subject subject : subjects) {
                listener.begins(subject);
                try (ScratchFolder files = ScratchFolder.in(folder.path(), "weights")) {
                    Path weights = weights(subject, files.file(subject.model + ".safetensors"));
                    Optional<List<float[]>> reference = Optional.empty();
                    for (Setting setting : settings) {
                        Answered answered =
                                ask(workers, setting, subject, weights, folder, reference);
                        reference = reference.or(answered::logits);
                        all.add(answered.finding);
                        listener.found(answered.finding);
                    }
                }
            }
        } finally {
            workers.values().forEach(WorkerProcess::close);
        }
        return all;
    }

    private static Path weights(Subject subject, Path file) throws IOException {
        EfficientBlock network = Networks.get(subject.model).build(NetworkOptions.DEFAULT);
        Shape shape = new Shape(1, CHANNELS, subject.height, subject.width);
        try (PatternWeights weights = new PatternWeights(ParameterShapes.of(network, shape))) {
            new SafetensorsFileWriter(Precision.FLOAT32, Map.of()).write(weights, file);
        }
        return file;
    }

    private record Answered(Finding finding, Optional<List<float[]>> logits) {}

    private static Answered ask(
            Map<Setting, WorkerProcess> workers,
            Setting setting,
            Subject subject,
            Path weights,
            ScratchFolder folder,
            Optional<List<float[]>> reference)
            throws IOException {
        WorkerProcess worker = workers.get(setting);
        if (worker == null) {
            worker = WorkerProcess.start(setting, folder.path());
            workers.put(setting, worker);
        }
        boolean trains = setting.engine.equals(Engines.PYTORCH); // elsewhere layer by layer
        SelfTestWorker.Question question =
                new SelfTestWorker.Question(
                        setting.engine,
                        subject.model,
                        subject.height,
                        subject.width,
                        weights.toString(),
                        subject.batches,
                        trains ? subject.gradientBatch : 0);
        try {
            SelfTestWorker.Answer answer =
                    worker.ask(Protocol.line(question), SelfTestWorker.Answer.class);
            if (answer.failure() != null) {
                return failed(subject, setting, answer.failure());
            }
            return new Answered(
                    finding(subject, setting, answer, reference), Optional.of(answer.logits()));
        } catch (IOException e) { // it died
            workers.remove(setting).close();
            return failed(subject, setting, e.getMessage());
        }
    }

    private static Answered failed(Subject subject, Setting setting, String reason) {
        Finding finding =
                new Finding(
                        subject,
                        setting,
                        Map.of(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        List.of(reason));
        return new Answered(finding, Optional.empty());
    }

    static Finding finding(
            Subject subject,
            Setting setting,
            SelfTestWorker.Answer answer,
            Optional<List<float[]>> reference) {
        List<String> faults = new ArrayList<>();
        answer.batches()
                .forEach(
                        (batch, difference) ->
                                check(
                                        faults,
                                        "a batch of %d and its images one by one".formatted(batch),
                                        difference,
                                        BATCH_TOLERANCE));
        Optional<Double> between =
                reference.map(
                        expected -> {
                            double worst = 0;
                            for (int i = 0; i < expected.size(); i++) {
                                double difference =
                                        difference(answer.logits().get(i), expected.get(i), 1);
                                worst = Math.max(worst, difference);
                            }
                            return worst;
                        });
        between.ifPresent(
                difference ->
                        check(
                                faults,
                                "images one by one and those of the first setting",
                                difference,
                                ENGINE_TOLERANCE));
        Optional<Double> gradient = Optional.ofNullable(answer.gradient());
        gradient.ifPresent(
                difference ->
                        check(
                                faults,
                                "the gradients and those layer by layer",
                                difference,
                                GRADIENT_TOLERANCE));
        return new Finding(
                subject, setting, answer.batches(), between, gradient, answer.layouts(), faults);
    }

    private static void check(
            List<String> faults, String what, double difference, double tolerance) {
        if (!(difference <= tolerance)) { // or is not a number
            faults.add(
                    String.format(
                            Locale.ROOT,
                            "%s must agree within %.0e, found %.1e",
                            what,
                            tolerance,
                            difference));
        }
    }

    /**
     * The largest difference of a logit, of the deviation of its image's logits.
     *
     * @param images how many images the logits are of
     */
    static double difference(float[] found, float[] expected, int images) {
        int classes = expected.length / images;
        double worst = 0;
        for (int image = 0; image < images; image++) {
            double sum = 0;
            double squares = 0;
            double largest = 0;
            for (int i = image * classes; i < (image + 1) * classes; i++) {
                sum += expected[i];
                squares += (double) expected[i] * expected[i];
                double difference = Math.abs((double) found[i] - expected[i]);
                largest = Math.max(largest, difference); // not a number stays so
            }
            double mean = sum / classes;
            double relative = largest / Math.sqrt(squares / classes - mean * mean);
            worst = Math.max(worst, relative);
        }
        return worst;
    }
}
