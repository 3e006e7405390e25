package org.efficientzoo.zoo.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.efficientzoo.Slow;
import org.efficientzoo.blocks.BlockCatalogue;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.Fire;
import org.efficientzoo.blocks.TestBlocks;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.NetworkEntry.Family;
import org.efficientzoo.zoo.network.NetworkOption;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Slow
class ForwardPassTest {

    private static final Shape INPUT = new Shape(2, 3, 64, 64);

    /** Of the largest gradient; what is zero in exact arithmetic has less. */
    private static final double NOTHING = 1e-5;

    /**
     * How far a gradient may be from another, as a share of its size. Batch norms of four images
     * magnify roundings: up to 0.07 with four sets of weights, 1e-6 in squeezenet1_0, which has
     * none. A gradient of the wrong sign is 2 away.
     */
    private static final double NOISE = 0.2;

    private static final Shape SMALL = new Shape(2, 6, 7, 9);

    /** A mask of dropout follows the memory, in which a script has the maps in another order. */
    static final NetworkOptions WITHOUT_DROPOUT =
            NetworkOptions.DEFAULT.with(NetworkOption.DROPOUT, 0f);

    static Stream<NetworkEntry> networks() {
        return Networks.all().stream();
    }

    /** The smallest network of each family. */
    static Stream<NetworkEntry> families() {
        Map<Family, NetworkEntry> first = new LinkedHashMap<>();
        Networks.all().forEach(entry -> first.putIfAbsent(entry.family(), entry));
        return first.values().stream();
    }

    static Stream<BlockCatalogue.Entry> blocks() {
        return BlockCatalogue.entries().stream();
    }

    private static ParameterStore store(NDManager manager) {
        return new ParameterStore(manager, false);
    }

    private static void compare(Block network, Shape input, NDManager manager) {
        NDArray x = TestBlocks.input(input, manager);
        try (ForwardPass script = ForwardPass.of(network, store(manager), manager);
                ForwardPass eager = ForwardPass.eager(network, store(manager))) {
            assertThat(script).isInstanceOf(ScriptPass.class);
            NDArray recorded = TestBlocks.input(input, manager);
            recorded.setRequiresGradient(true); // else a script would predict here, too
            float[] expected = eager.logits(recorded, false).toFloatArray();
            for (int call = 0; call < 3; call++) { // PyTorch rewrites a script in its first calls
                assertClose(script.logits(x, false).toFloatArray(), expected, 3e-5);
            }
        }
    }

    private static void assertClose(float[] found, float[] expected, double tolerance) {
        assertThat(found).hasSameSizeAs(expected).isNotEmpty();
        double scale = 1e-30;
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            scale = Math.max(scale, Math.abs(expected[i]));
            worst = Math.max(worst, Math.abs(found[i] - expected[i]));
        }
        assertThat(worst / scale).isLessThanOrEqualTo(tolerance);
    }

    @Test
    void thereAreNetworksFamiliesAndBlocks() {
        assertThat(networks()).hasSize(40);
        assertThat(families()).hasSize(Family.values().length);
        assertThat(blocks()).hasSizeGreaterThan(10);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void predictsAsTheEagerReading(NetworkEntry entry) {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            EfficientBlock network = entry.build();
            network.initialize(manager, DataType.FLOAT32, INPUT);
            compare(network, INPUT, manager);
        }
    }

    @Test
    void predictsSmallImagesWithoutTheFirstHalvings() {
        Shape small = new Shape(2, 3, 32, 32);
        NetworkOptions options = NetworkOptions.DEFAULT.withClasses(10).withStemStride(1);
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            EfficientBlock network = Networks.get("squeezenet1_0").build(options);
            network.initialize(manager, DataType.FLOAT32, small);
            compare(network, small, manager);
        }
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void runsEveryBlock(BlockCatalogue.Entry entry) {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            Block block = TestBlocks.filled(entry.build().get(), entry.input(), manager);
            compare(block, entry.input(), manager);
        }
    }

    /** What a training step made: logits, gradients, running statistics. */
    private static Map<String, float[]> step(Block network, ForwardPass pass, NDManager parent) {
        return step(network, pass, 4, parent);
    }

    private static Map<String, float[]> step(
            Block network, ForwardPass pass, int batch, NDManager parent) {
        Map<String, float[]> made = new LinkedHashMap<>();
        Engine.getEngine(Engines.PYTORCH).setRandomSeed(3);
        try (NDManager manager = parent.newSubManager();
                GradientCollector collector =
                        Engine.getEngine(Engines.PYTORCH).newGradientCollector()) {
            NDArray x = TestBlocks.input(new Shape(batch, 3, 64, 64), manager);
            NDArray logits = pass.logits(x, true);
            NDArray labels = manager.arange(batch);
            NDArray loss =
                    new SoftmaxCrossEntropyLoss().evaluate(new NDList(labels), new NDList(logits));
            collector.backward(loss);
            made.put("logits", logits.toFloatArray());
        }
        BlockNames.parameters(network)
                .forEach(
                        (name, parameter) -> {
                            if (parameter.requiresGradient()) {
                                try (NDArray gradient = parameter.getArray().getGradient()) {
                                    made.put(name, gradient.toFloatArray());
                                    gradient.subi(gradient);
                                }
                            } else {
                                made.put(name, parameter.getArray().toFloatArray());
                            }
                        });
        return made;
    }

    /** Kernels differ from a batch of 16 on, and between one thread and several. */
    static Stream<Arguments> batchesAndThreads() {
        return families()
                .flatMap(
                        entry ->
                                Stream.of(4, 16)
                                        .flatMap(
                                                batch ->
                                                        Stream.of(1, 2)
                                                                .map(
                                                                        threads ->
                                                                                Arguments.of(
                                                                                        entry,
                                                                                        batch,
                                                                                        threads))));
    }

    @ParameterizedTest
    @MethodSource("batchesAndThreads")
    void trainsAsTheEagerReading(NetworkEntry entry, int batch, int threads) {
        int before = JniUtils.getNumThreads();
        try {
            JniUtils.setNumThreads(threads);
            trainsAsTheEagerReading(entry, batch);
        } finally {
            JniUtils.setNumThreads(before);
        }
    }

    private static void trainsAsTheEagerReading(NetworkEntry entry, int batch) {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            Engine.getEngine(Engines.PYTORCH).setRandomSeed(5);
            EfficientBlock network = entry.build(WITHOUT_DROPOUT);
            network.initialize(manager, DataType.FLOAT32, INPUT);
            Map<String, float[]> statistics = statistics(network);
            try (ForwardPass script = ForwardPass.of(network, store(manager), manager);
                    ForwardPass eager = ForwardPass.eager(network, store(manager))) {
                Map<String, float[]> expected = step(network, eager, batch, manager);
                restore(network, statistics);
                Map<String, float[]> found = step(network, script, batch, manager);
                assertThat(found.keySet()).containsExactlyElementsOf(expected.keySet());
                double largest =
                        expected.values().stream().mapToDouble(v -> size(v)).max().orElse(0);
                assertThat(largest).isPositive().isFinite();
                double nothing = NOTHING * largest;
                expected.forEach(
                        (name, values) ->
                                assertThat(distance(found.get(name), values))
                                        .as(name)
                                        .isLessThan(
                                                size(values) > nothing
                                                        ? NOISE * size(values)
                                                        : 10 * nothing));
                assertClose(found.get("logits"), expected.get("logits"), 1e-3);
            }
        }
    }

    private static double size(float[] values) {
        return distance(values, new float[values.length]);
    }

    /** The root of the sum of square differences. */
    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
        }
        return Math.sqrt(sum);
    }

    private static Map<String, float[]> statistics(Block network) {
        Map<String, float[]> all = new LinkedHashMap<>();
        BlockNames.parameters(network)
                .forEach(
                        (name, parameter) -> {
                            if (!parameter.requiresGradient()) {
                                all.put(name, parameter.getArray().toFloatArray());
                            }
                        });
        return all;
    }

    private static void restore(Block network, Map<String, float[]> statistics) {
        Map<String, Parameter> parameters = BlockNames.parameters(network);
        statistics.forEach((name, values) -> parameters.get(name).getArray().set(values));
    }

    @ParameterizedTest
    @MethodSource("families")
    void repeatsATrainingStepBitForBit(NetworkEntry entry) {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            EfficientBlock network = entry.build();
            network.initialize(manager, DataType.FLOAT32, INPUT);
            Map<String, float[]> statistics = statistics(network);
            try (ForwardPass script = ForwardPass.of(network, store(manager), manager)) {
                Map<String, float[]> first = step(network, script, manager);
                for (int call = 0; call < 3; call++) {
                    restore(network, statistics);
                    Map<String, float[]> again = step(network, script, manager);
                    first.forEach(
                            (name, values) ->
                                    assertThat(Arrays.equals(again.get(name), values))
                                            .as(name)
                                            .isTrue());
                }
            }
        }
    }

    @Test
    void seesChangedParameters() {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            EfficientBlock block = TestBlocks.filled(new Fire(6, 2, 3, 4), SMALL, manager);
            try (ForwardPass script = ForwardPass.of(block, store(manager), manager)) {
                NDArray x = TestBlocks.input(SMALL, manager);
                float[] before = script.logits(x, false).toFloatArray();
                TestBlocks.set(block, "expand1x1.bias", 7);
                float[] after = script.logits(x, false).toFloatArray();
                assertThat(after).isNotEqualTo(before);
                assertThat(after)
                        .containsExactly(
                                TestBlocks.predict(block, x).toFloatArray(), within(1e-5f));
            }
        }
    }

    @Test
    void takesAnInputWhateverItsName() {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            EfficientBlock block = TestBlocks.filled(new Fire(6, 2, 3, 4), SMALL, manager);
            try (ForwardPass script = ForwardPass.of(block, store(manager), manager)) {
                NDArray x = TestBlocks.input(SMALL, manager);
                float[] expected = script.logits(x, false).toFloatArray();
                x.setName("data[]");
                assertThat(script.logits(x, false).toFloatArray()).isEqualTo(expected);
                assertThat(x.toFloatArray()).isNotEmpty();
            }
        }
    }

    @Test
    void takesParametersWhateverTheirNames() {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            EfficientBlock block = TestBlocks.filled(new Fire(6, 2, 3, 4), SMALL, manager);
            NDArray x = TestBlocks.input(SMALL, manager);
            float[] expected = TestBlocks.predict(block, x).toFloatArray();
            BlockNames.parameters(block)
                    .forEach((name, parameter) -> parameter.getArray().setName("fire." + name));
            try (ForwardPass script = ForwardPass.of(block, store(manager), manager)) {
                assertThat(script.logits(x, false).toFloatArray()).isEqualTo(expected);
            }
            BlockNames.parameters(block)
                    .forEach(
                            (name, parameter) ->
                                    assertThat(parameter.getArray().getName())
                                            .isEqualTo("fire." + name));
        }
    }

    @Test
    void servesSeveralThreads() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            EfficientBlock block = TestBlocks.filled(new Fire(6, 2, 3, 4), SMALL, manager);
            NDArray x = TestBlocks.input(SMALL, manager);
            float[] expected = TestBlocks.predict(block, x).toFloatArray();
            try (ForwardPass script = ForwardPass.of(block, store(manager), manager)) {
                List<Future<float[]>> answers =
                        Stream.generate(
                                        () ->
                                                threads.submit(
                                                        () ->
                                                                script.logits(x, false)
                                                                        .toFloatArray()))
                                .limit(40)
                                .toList();
                for (Future<float[]> answer : answers) {
                    assertThat(answer.get())
                            .containsExactly(expected, within(1e-5f)); // sums of another order
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void runsBlockByBlockOnMxnetAndWhereABlockHasNoScript() {
        try (NDManager manager = Engines.manager(Engines.MXNET)) {
            Block block = TestBlocks.filled(new Fire(6, 2, 3, 4), SMALL, manager);
            assertThat(ForwardPass.of(block, store(manager), manager))
                    .isInstanceOf(EagerPass.class);
        }
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            Block block = new SequentialBlock().add(new LambdaBlock(list -> list, "mine"));
            assertThat(ForwardPass.of(block, store(manager), manager))
                    .isInstanceOf(EagerPass.class);
        }
    }
}
