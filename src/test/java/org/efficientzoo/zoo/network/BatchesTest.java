package org.efficientzoo.zoo.network;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.efficientzoo.Slow;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.blocks.PlainPass;
import org.efficientzoo.blocks.TestBlocks;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.zoo.network.NetworkEntry.Family;
import org.efficientzoo.zoo.weights.StateDict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A batch gives the logits of its images one by one, whatever its size and the number of threads:
 * native libraries choose their kernels by these and by the processor, and some are wrong.
 */
@Slow
class BatchesTest {

    private static final List<Integer> BATCHES = List.of(1, 2, 3, 8, 15, 16, 17, 32);

    /** Where a prediction takes long: on both sides of 16, from where PyTorch asks oneDNN. */
    private static final List<Integer> FEW_BATCHES = List.of(2, 16);

    /** Of the deviation of the logits. */
    private static final double TOLERANCE = 3e-5;

    private static final Shape LARGE = new Shape(3, 224, 224);
    private static final Shape SMALL = new Shape(3, 32, 32);

    private record Case(
            String name, NetworkOptions options, Shape image, int threads, List<Integer> batches) {

        @Override
        public String toString() {
            String width = options.find(NetworkOption.WIDTH).map(w -> " of width " + w).orElse("");
            return "%s%s at %dx%d, threads: %d"
                    .formatted(name, width, image.get(1), image.get(2), threads);
        }
    }

    /** The smallest network of each family. */
    private static List<String> families() {
        Map<Family, String> first = new LinkedHashMap<>();
        Networks.all().forEach(entry -> first.putIfAbsent(entry.family(), entry.name()));
        return List.copyOf(first.values());
    }

    static Stream<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (int threads : List.of(1, 2)) {
            for (String name : families()) {
                boolean slow = name.startsWith("res") || name.startsWith("dark");
                List<Integer> batches = slow ? FEW_BATCHES : BATCHES;
                cases.add(new Case(name, NetworkOptions.DEFAULT, LARGE, threads, batches));
                cases.add(new Case(name, NetworkOptions.DEFAULT, SMALL, threads, BATCHES));
            }
            // Kernels were wrong here where they were right in the smaller ones.
            for (String name :
                    List.of(
                            "shufflenet_v1_g3_x1_0",
                            "shufflenet_v1_g4_x1_0",
                            "shufflenet_v2_x2_0")) {
                cases.add(new Case(name, NetworkOptions.DEFAULT, LARGE, threads, FEW_BATCHES));
            }
            cases.add(new Case("mobilenet_v2", width(1.4), LARGE, threads, FEW_BATCHES));
            Shape odd = new Shape(3, 199, 233);
            cases.add(new Case("squeezenet1_0", NetworkOptions.DEFAULT, odd, threads, FEW_BATCHES));
            Shape wide = new Shape(3, 256, 320);
            cases.add(new Case("darknet53", NetworkOptions.DEFAULT, wide, threads, List.of(1, 2)));
        }
        return cases.stream();
    }

    private static NetworkOptions width(double width) {
        return NetworkOptions.DEFAULT.withWidth(width);
    }

    @Test
    void thereIsACaseForEachFamilyAndThreads() {
        assertThat(families()).hasSize(Family.values().length);
        assertThat(cases()).hasSize(2 * (2 * Family.values().length + 6));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void predictsABatchAsItsImagesOneByOne(Case one) throws Exception {
        int threads = JniUtils.getNumThreads();
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            JniUtils.setNumThreads(one.threads);
            predict(one, manager);
        } finally {
            JniUtils.setNumThreads(threads);
        }
    }

    private static void predict(Case one, NDManager manager) throws IOException, Exception {
        EfficientBlock network = Networks.get(one.name).build(one.options);
        Shape single = new Shape(1).addAll(one.image);
        try (Formula formula =
                new Formula(ParameterShapes.of(network, single), 3, Formula.DAMPING)) {
            new StateDict(network, single, false).load(formula, manager);
        }
        int most = one.batches.stream().mapToInt(b -> b).max().orElseThrow();
        NDArray images = TestBlocks.input(new Shape(most).addAll(one.image), manager);
        ParameterStore store = new ParameterStore(manager, false);
        float[][] expected = new float[most][];
        for (int i = 0; i < most; i++) {
            try (NDArray image = images.get(new NDIndex().addSliceDim(i, i + 1));
                    NDArray logits = PlainPass.compute(network, store, image)) {
                expected[i] = logits.toFloatArray();
            }
        }
        for (int batch : one.batches) {
            try (NDArray x = images.get(new NDIndex().addSliceDim(0, batch));
                    NDArray logits = TestBlocks.predict(network, x)) {
                compare(logits.toFloatArray(), expected, batch);
            }
        }
    }

    private static void compare(float[] found, float[][] expected, int batch) {
        for (int i = 0; i < batch; i++) {
            float[] one = expected[i];
            double worst = 0;
            for (int k = 0; k < one.length; k++) {
                worst = Math.max(worst, Math.abs(found[i * one.length + k] - one[k]));
            }
            double deviation = deviation(one);
            assertThat(deviation).isPositive().isFinite();
            assertThat(worst / deviation)
                    .as("image %d of a batch of %d", i, batch)
                    .isLessThan(TOLERANCE);
        }
    }

    private static double deviation(float[] values) {
        double mean = 0;
        double squares = 0;
        for (float v : values) {
            mean += (double) v / values.length;
            squares += (double) v * v / values.length;
        }
        return Math.sqrt(squares - mean * mean);
    }
}
