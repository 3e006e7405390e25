package org.efficientzoo.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.ParameterStore;
import ai.djl.training.loss.Loss;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.ChannelShuffle;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.GroupedConv2d;
import org.efficientzoo.blocks.Layers;
import org.efficientzoo.blocks.Nonlinearity;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.blocks.Pooling;
import org.efficientzoo.blocks.TestBlocks;
import org.efficientzoo.zoo.weights.StateDict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every case of {@code reference/primitives.json}, within the tolerances of its README. */
class PrimitivesTest {

    private static final JsonObject FILE = References.json("primitives.json");
    private static final List<JsonObject> CASES = References.objects(FILE.get("cases"));
    private static final long SALT = FILE.get("salt").getAsLong();

    private static final Set<String> SHUFFLES =
            Set.of("channel_shuffle", "channel_shuffle_v1_reference");
    private static final Set<String> BLOCKS =
            Set.of(
                    "conv2d",
                    "max_pool2d",
                    "avg_pool2d",
                    "global_avg_pool",
                    "relu",
                    "relu6",
                    "leaky_relu",
                    "batch_norm_eval",
                    "linear");

    /** A case; its text is short enough for the name of a test. */
    record Case(int index, JsonObject json) {

        String op() {
            return json.get("op").getAsString();
        }

        int number(String key) {
            return json.get(key).getAsInt();
        }

        boolean flag(String key) {
            return json.get(key).getAsBoolean();
        }

        /** The name before the dot: {@code conv} of {@code conv.weight}. */
        String layer() {
            String weight = json.get("weight").getAsString();
            return weight.substring(0, weight.indexOf('.'));
        }

        boolean countsOnlyInside() {
            return json.has("count_include_pad") && !flag("count_include_pad");
        }

        @Override
        public String toString() {
            return op() + " " + index;
        }
    }

    private static Stream<Case> cases(Set<String> ops) {
        return IntStream.range(0, CASES.size())
                .mapToObj(i -> new Case(i, CASES.get(i)))
                .filter(c -> ops.contains(c.op()));
    }

    private static Stream<Arguments> onEngines(Set<String> ops) {
        return Engines.stream()
                .flatMap(engine -> cases(ops).map(found -> Arguments.of(engine, found)));
    }

    static Stream<Arguments> blocks() {
        return onEngines(BLOCKS);
    }

    static Stream<Arguments> shuffles() {
        return onEngines(SHUFFLES);
    }

    static Stream<Arguments> normsInTraining() {
        return onEngines(Set.of("batch_norm_train"));
    }

    static Stream<Arguments> softmaxes() {
        return onEngines(Set.of("softmax"));
    }

    static Stream<Arguments> losses() {
        return onEngines(Set.of("cross_entropy"));
    }

    private static EfficientBlock block(Case c) {
        return switch (c.op()) {
            case "conv2d" -> TestBlocks.leaf(c.layer(), convolution(c));
            case "max_pool2d" -> TestBlocks.maxPool(window(c));
            case "avg_pool2d" -> TestBlocks.avgPool(window(c));
            case "global_avg_pool" -> TestBlocks.globalAvgPool();
            case "relu" -> TestBlocks.activation(Nonlinearity.RELU);
            case "relu6" -> TestBlocks.activation(Nonlinearity.RELU6);
            case "leaky_relu" ->
                    TestBlocks.activation(
                            Nonlinearity.leakyRelu(c.json().get("slope").getAsFloat()));
            case "batch_norm_eval", "batch_norm_train" ->
                    TestBlocks.leaf(c.layer(), norm(c.json().get("eps").getAsFloat()));
            case "linear" -> TestBlocks.leaf(c.layer(), Layers.linear(60, 5));
            default -> throw new IllegalArgumentException("no block for " + c);
        };
    }

    private static GroupedConv2d convolution(Case c) {
        Shape input = References.shape(c.json().get("input"));
        int kernel = c.number("kernel");
        GroupedConv2d.Builder builder =
                GroupedConv2d.builder((int) input.get(1), c.number("out_channels"))
                        .optKernel(kernel)
                        .optStride(c.number("stride"))
                        .optGroups(c.number("groups"))
                        .optPadded(c.number("padding") > 0);
        assertThat(c.number("padding")).isIn(0, kernel / 2);
        return (c.flag("bias") ? builder.optBias() : builder).build();
    }

    private static BatchNorm norm(float epsilon) {
        return epsilon == 1e-5f
                ? Layers.batchNorm()
                : BatchNorm.builder().optEpsilon(epsilon).build();
    }

    private static Pooling window(Case c) {
        return new Pooling(
                c.number("kernel"), c.number("stride"), c.number("padding"), c.flag("ceil_mode"));
    }

    /** The input's factor: relu6 was made of five times the formula's values. */
    private static NDArray input(Case c, NDManager manager) {
        Shape shape = References.shape(c.json().get("input"));
        NDArray x = manager.create(Formula.input(shape, SALT), shape);
        return c.op().equals("relu6") ? x.mul(5) : x;
    }

    private static EfficientBlock filled(Case c, Shape input, NDManager manager)
            throws IOException, MalformedModelException {
        EfficientBlock block = block(c);
        Formula weights = new Formula(ParameterShapes.of(block, input), SALT, List.of());
        new StateDict(block, input, false).load(weights, manager);
        return block;
    }

    private static void compare(Case c, float[] found, Shape shape) {
        JsonObject json = c.json();
        assertThat(shape).isEqualTo(References.shape(json.get("output_shape")));
        double meanAbs = json.get("mean_abs").getAsDouble();
        if (json.has("output")) {
            double[] expected = References.doubles(json.get("output"));
            assertThat(found).hasSameSizeAs(expected);
            compare(found, 0, expected, meanAbs);
        } else {
            double[] first = References.doubles(json.get("first20"));
            double[] last = References.doubles(json.get("last20"));
            compare(found, 0, first, meanAbs);
            compare(found, found.length - last.length, last, meanAbs);
        }
        double sum = IntStream.range(0, found.length).mapToDouble(i -> found[i]).sum();
        assertThat(sum)
                .as("sum")
                .isEqualTo(json.get("sum").getAsDouble(), within(1e-5 * meanAbs * found.length));
    }

    private static void compare(float[] found, int offset, double[] expected, double meanAbs) {
        assertThat(expected).isNotEmpty();
        for (int i = 0; i < expected.length; i++) {
            double tolerance = 1e-5 * (meanAbs + Math.abs(expected[i]));
            assertThat((double) found[offset + i])
                    .as("element %d", offset + i)
                    .isEqualTo(expected[i], within(tolerance));
        }
    }

    private static double meanAbs(double[] values) {
        return Arrays.stream(values).map(Math::abs).average().orElseThrow();
    }

    /** The mean over the pixels inside the input, of means over whole windows. */
    private static float[] overInsideOnly(Case c, float[] means) {
        Shape in = References.shape(c.json().get("input"));
        Shape out = References.shape(c.json().get("output_shape"));
        Pooling window = window(c);
        float[] inside = means.clone();
        for (int i = 0; i < inside.length; i++) {
            long row = i / out.get(3) % out.get(2);
            long column = i % out.get(3);
            long pixels =
                    pixelsInside(window, row, in.get(2)) * pixelsInside(window, column, in.get(3));
            inside[i] *= (float) (window.kernel() * window.kernel()) / pixels;
        }
        return inside;
    }

    private static long pixelsInside(Pooling window, long index, long size) {
        long from = index * window.stride() - window.padding();
        return Math.min(from + window.kernel(), size) - Math.max(from, 0);
    }

    @Test
    void everyOperationOfTheFileHasATest() {
        assertThat(CASES).isNotEmpty();
        long tested =
                Stream.of(blocks(), shuffles(), normsInTraining(), softmaxes(), losses())
                        .mapToLong(Stream::count)
                        .sum();
        assertThat(tested).isEqualTo((long) CASES.size() * Engines.names().size());
    }

    /** Where padding does not count, the reference is compared after another division. */
    @ParameterizedTest
    @MethodSource("blocks")
    void computesTheReferenceInInferenceAndInTraining(String engine, Case c) throws Exception {
        try (NDManager manager = Engines.manager(engine)) {
            NDArray x = input(c, manager);
            EfficientBlock block = filled(c, x.getShape(), manager);
            ParameterStore store = new ParameterStore(manager, false);

            NDArray y = block.forward(store, new NDList(x), false).singletonOrThrow();
            float[] found = y.toFloatArray();
            compare(c, c.countsOnlyInside() ? overInsideOnly(c, found) : found, y.getShape());

            if (!c.op().equals("batch_norm_eval")) { // which is another computation in training
                block.initialize(manager, DataType.FLOAT32, x.getShape()); // to record gradients
                float[] plain =
                        block.forward(store, new NDList(x), false)
                                .singletonOrThrow()
                                .toFloatArray();
                TestBlocks.recording(
                        engine,
                        collector -> {
                            NDArray trained = block.forward(store, new NDList(x), true).get(0);
                            assertThat(trained.toFloatArray()).containsExactly(plain);
                        });
            }
        }
    }

    @ParameterizedTest
    @MethodSource("shuffles")
    void shufflesChannelsExactly(String engine, Case c) {
        ChannelShuffle.Convention convention =
                c.op().equals("channel_shuffle")
                        ? ChannelShuffle.Convention.PAPER
                        : ChannelShuffle.Convention.INVERSE;
        ChannelShuffle shuffle = new ChannelShuffle(c.number("groups"), convention);
        Shape shape = References.shape(c.json().get("input_shape"));
        double[] expected = References.doubles(c.json().get("output"));
        double[] order = References.doubles(c.json().get("channel_order"));
        assertThat(expected).isNotEmpty();
        try (NDManager manager = Engines.manager(engine)) {
            ParameterStore store = new ParameterStore(manager, false);
            NDArray x = manager.arange((float) shape.size()).reshape(shape);
            NDArray y = shuffle.forward(store, new NDList(x), false).singletonOrThrow();
            assertThat(y.toType(DataType.FLOAT64, false).toDoubleArray()).containsExactly(expected);

            NDArray channels = manager.arange((float) shape.get(1)).reshape(1, shape.get(1), 1, 1);
            NDArray moved = shuffle.forward(store, new NDList(channels), false).get(0);
            assertThat(moved.toType(DataType.FLOAT64, false).toDoubleArray())
                    .containsExactly(order);
        }
    }

    /**
     * PyTorch keeps the unbiased variance of the batch, as the reference says. MXNet keeps the
     * biased one, (n - 1) / n of it with n = 30 values a channel here.
     */
    @ParameterizedTest
    @MethodSource("normsInTraining")
    void normalisesWithTheBatchAndUpdatesTheRunningStatistics(String engine, Case c)
            throws Exception {
        try (NDManager manager = Engines.manager(engine)) {
            NDArray x = input(c, manager);
            EfficientBlock block = filled(c, x.getShape(), manager);
            block.initialize(manager, DataType.FLOAT32, x.getShape()); // gradients are wanted
            Map<String, Parameter> parameters = BlockNames.parameters(block);
            NDArray mean = parameters.get(c.layer() + ".running_mean").getArray();
            NDArray variance = parameters.get(c.layer() + ".running_var").getArray();
            float[] before = variance.toFloatArray();
            ParameterStore store = new ParameterStore(manager, false);
            TestBlocks.recording(
                    engine,
                    collector -> {
                        NDArray y = block.forward(store, new NDList(x), true).singletonOrThrow();
                        compare(c, y.toFloatArray(), y.getShape());
                        collector.backward(y.sum());
                    });
            double[] expectedMean = References.doubles(c.json().get("running_mean_after"));
            double[] expectedVariance = References.doubles(c.json().get("running_var_after"));
            if (engine.equals(Engines.MXNET)) {
                long n = x.size() / x.getShape().get(1);
                for (int i = 0; i < before.length; i++) {
                    double kept = 0.9 * before[i];
                    expectedVariance[i] = kept + (expectedVariance[i] - kept) * (n - 1) / n;
                }
            }
            compare(mean.toFloatArray(), 0, expectedMean, meanAbs(expectedMean));
            compare(variance.toFloatArray(), 0, expectedVariance, meanAbs(expectedVariance));
        }
    }

    @ParameterizedTest
    @MethodSource("softmaxes")
    void computesTheSoftmax(String engine, Case c) {
        try (NDManager manager = Engines.manager(engine)) {
            NDArray y = input(c, manager).softmax(1);
            compare(c, y.toFloatArray(), y.getShape());
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void computesTheCrossEntropy(String engine, Case c) {
        try (NDManager manager = Engines.manager(engine)) {
            NDArray logits = input(c, manager);
            int classes = (int) logits.getShape().get(1);
            double[] indices = References.doubles(c.json().get("labels"));
            float[] labels = new float[indices.length];
            for (int i = 0; i < labels.length; i++) {
                labels[i] = (float) indices[i];
            }
            Loss loss;
            NDArray label = manager.create(labels);
            if (c.json().has("label_smoothing")) {
                double smoothing = c.json().get("label_smoothing").getAsDouble();
                label = label.toType(DataType.INT32, false).oneHot(classes);
                label = label.mul(1 - smoothing).add(smoothing / classes);
                loss = new SoftmaxCrossEntropyLoss("loss", 1, -1, false, true);
            } else {
                loss = new SoftmaxCrossEntropyLoss();
            }
            NDArray y = loss.evaluate(new NDList(label), new NDList(logits));
            assertThat(y.size()).isEqualTo(1);
            compare(c, y.toFloatArray(), new Shape(1));
        }
    }
}
