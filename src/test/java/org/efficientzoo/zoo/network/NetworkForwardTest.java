package org.efficientzoo.zoo.network;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.ParameterStore;
import java.util.Arrays;
import java.util.List;
import org.efficientzoo.Slow;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.zoo.weights.StateDict;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every network of the registry computes, and the engines agree on what. */
@Slow
class NetworkForwardTest {

    private static final int CLASSES = 10;
    private static final NetworkOptions TEN = NetworkOptions.DEFAULT.withClasses(CLASSES);
    private static final Shape INPUT = new Shape(2, 3, 64, 64); // small, for speed

    static List<String> names() {
        return NetworksTest.names();
    }

    private static float[] logits(String engine, String name, NetworkOptions options, Shape input)
            throws Exception {
        EfficientBlock network = Networks.get(name).build(options);
        try (NDManager manager = Engines.manager(engine);
                Formula weights =
                        new Formula(ParameterShapes.of(network, input), 3, Formula.DAMPING)) {
            new StateDict(network, input, false).load(weights, manager);
            NDArray x = manager.create(Formula.input(input, 3), input);
            NDArray y =
                    network.forward(new ParameterStore(manager, false), new NDList(x), false)
                            .singletonOrThrow();
            assertThat(y.getShape()).isEqualTo(new Shape(input.get(0), CLASSES));
            return y.toFloatArray();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void givesTheSameFiniteLogitsOnBothEngines(String name) throws Exception {
        compare(name, TEN, INPUT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "squeezenet1_0",
                "squeezenet1_1",
                "mobilenet_v1",
                "mobilenet_v2",
                "shufflenet_v1_g3_x0_5",
                "shufflenet_v2_x0_5",
                "resnet50",
                "resnext50_32x4d",
                "darknet19",
                "darknet53"
            })
    void doesSoForSmallImagesWithoutTheFirstHalvings(String name) throws Exception {
        compare(name, TEN.withStemStride(1), new Shape(2, 3, 32, 32));
    }

    private static void compare(String name, NetworkOptions options, Shape input) throws Exception {
        float[] expected = logits(Engines.PYTORCH, name, options, input);
        float[] found = logits(Engines.MXNET, name, options, input);

        float[] first = Arrays.copyOf(expected, CLASSES);
        assertThat(first).as("logits of two images").isNotEqualTo(rest(expected));
        double std = std(expected);
        assertThat(std).isFinite().isPositive();
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i]).isFinite();
            assertThat((double) Math.abs(found[i] - expected[i]))
                    .as("difference of logit %d, %s and %s", i, found[i], expected[i])
                    .isLessThan(1e-4 * std);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void dropsAsMuchInTrainingAsWasAskedForOrAsTheReferenceDoes(String name) {
        NetworkEntry entry = Networks.get(name);
        double usual =
                switch (entry.family()) {
                    case SQUEEZENET -> 0.5;
                    case MOBILENET_V2 -> 0.2;
                    default -> 0;
                };
        NetworkOptions third = TEN.with(NetworkOption.DROPOUT, 0.3f);
        assertThat(dropped(entry.build())).isBetween(usual - 0.02, usual + 0.02);
        assertThat(dropped(entry.build(third))).isBetween(0.28, 0.32);
    }

    /** The share of a million ones that the only dropout of a network makes 0. */
    private static double dropped(Block network) {
        List<Block> dropouts =
                BlockNames.of(network).keySet().stream().filter(Dropout.class::isInstance).toList();
        assertThat(dropouts).hasSize(1);
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            NDList ones = new NDList(manager.ones(new Shape(1000, 100)));
            NDList left = dropouts.get(0).forward(new ParameterStore(manager, false), ones, true);
            return left.singletonOrThrow()
                    .eq(0)
                    .toType(ones.get(0).getDataType(), false)
                    .mean()
                    .getFloat();
        }
    }

    private static float[] rest(float[] values) {
        return Arrays.copyOfRange(values, CLASSES, values.length);
    }

    private static double std(float[] values) {
        double mean = 0;
        double square = 0;
        for (float value : values) {
            mean += value / values.length;
            square += (double) value * value / values.length;
        }
        return Math.sqrt(square - mean * mean);
    }
}
