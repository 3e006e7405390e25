package org.efficientzoo.blocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.initializer.Initializer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.efficientzoo.blocks.BlockCatalogue.Entry;
import org.efficientzoo.reference.Engines;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the parameters of each block start from, as the reference implementations have it. */
class BlockInitialisationTest {

    private static final Shape WEIGHT = new Shape(64, 32, 3, 5);
    private static final Nonlinearity RELU = Nonlinearity.RELU;

    /** Fan-in and fan-out differ everywhere, and so do grouped and whole ones. */
    private static final List<Drawn> DRAWN =
            List.of(
                    block(64, () -> ConvNormActivation.grouped(64, 128, 3, 1, 4, RELU))
                            .with("0.weight", normal(Math.sqrt(2.0 / (128 * 9)))),
                    block(32, () -> new AsymmetricConv(32, 48, 5, 1))
                            .with("0.0.weight", normal(Math.sqrt(2.0 / (48 * 5))))
                            .with("1.0.weight", normal(Math.sqrt(2.0 / (48 * 5)))),
                    block(32, () -> new StackedConv(32, 48, 5, 1))
                            .with("0.0.weight", normal(Math.sqrt(2.0 / (48 * 9))))
                            .with("1.0.weight", normal(Math.sqrt(2.0 / (48 * 9)))),
                    block(96, () -> Bottleneck.resnext(96, 64, 160, 2, 4))
                            .with("conv1.weight", normal(Math.sqrt(2.0 / 64)))
                            .with("conv2.weight", normal(Math.sqrt(2.0 / (64 * 9))))
                            .with("conv3.weight", normal(Math.sqrt(2.0 / 160)))
                            .with("downsample.0.weight", normal(Math.sqrt(2.0 / 160))),
                    block(64, () -> new InvertedResidual(64, 96, 1, 6))
                            .with("conv.0.0.weight", normal(Math.sqrt(2.0 / 384)))
                            .with("conv.1.0.weight", normal(Math.sqrt(2.0 / (384 * 9))))
                            .with("conv.2.weight", normal(Math.sqrt(2.0 / 96))),
                    block(512, () -> new DepthwiseSeparable(512, 128, 1))
                            .with("conv_dw.weight", normal(Math.sqrt(2.0 * 512 / (512 * 9))))
                            .with("conv_pw.weight", normal(Math.sqrt(2.0 / 128))),
                    block(240, () -> new ShuffleUnitV1(240, 60, 480, 2, 3, 3))
                            .with("branch_main_1.0.weight", normal(1.0 / 80))
                            .with("branch_main_1.3.weight", normal(1))
                            .with("branch_main_2.0.weight", normal(1.0 / 20)),
                    block(128, () -> ShuffleUnitV2.downsampling(128, 192))
                            .with("branch1.0.weight", uniform(1 / Math.sqrt(9)))
                            .with("branch1.2.weight", uniform(1 / Math.sqrt(128)))
                            .with("branch2.0.weight", uniform(1 / Math.sqrt(128)))
                            .with("branch2.3.weight", uniform(1 / Math.sqrt(9)))
                            .with("branch2.5.weight", uniform(1 / Math.sqrt(96))),
                    block(96, () -> new Fire(96, 64, 112, 128))
                            .with("squeeze.weight", uniform(Math.sqrt(6.0 / 96)))
                            .with("expand1x1.weight", uniform(Math.sqrt(6.0 / 64)))
                            .with("expand3x3.weight", uniform(Math.sqrt(6.0 / (64 * 9)))),
                    block(128, () -> new DarkResidual(128, Nonlinearity.leakyRelu(0.1f)))
                            .with("conv1.conv.weight", normal(Math.sqrt(2.0 / 64)))
                            .with("conv2.conv.weight", normal(Math.sqrt(2.0 / (128 * 9)))),
                    block(64, () -> GroupedConv2d.builder(64, 4096).optGroups(4).optBias().build())
                            .with("weight", uniform(1 / Math.sqrt(16)))
                            .with("bias", uniform(1 / Math.sqrt(16))),
                    new Drawn(() -> Layers.linear(64, 4096), new Shape(1, 64), Map.of())
                            .with("weight", uniform(1.0 / 8))
                            .with("bias", uniform(1.0 / 8)));

    /** A block's parameters that are drawn at random, with their distributions. */
    private record Drawn(
            Supplier<Block> build, Shape input, Map<String, Distribution> distributions) {

        Drawn with(String name, Distribution distribution) {
            var all = new TreeMap<>(distributions);
            all.put(name, distribution);
            return new Drawn(build, input, all);
        }
    }

    /**
     * A distribution around zero.
     *
     * @param std the standard deviation
     * @param bound what no value exceeds
     * @param kurtosis E[x⁴] / E[x²]², which tells a normal distribution from a uniform one
     */
    private record Distribution(double std, double bound, double kurtosis) {

        void check(String name, float[] values) {
            int n = values.length;
            assertThat(n).as("number of values of %s", name).isGreaterThan(500);
            double mean = 0;
            double square = 0;
            double fourth = 0;
            double most = 0;
            for (float value : values) {
                mean += value / (double) n;
                square += Math.pow(value, 2) / n;
                fourth += Math.pow(value, 4) / n;
                most = Math.max(most, Math.abs(value));
            }
            double root = Math.sqrt(n); // margins of about five standard errors of a normal sample
            assertThat(mean).as("mean of %s", name).isCloseTo(0, within(5 * std / root));
            assertThat(Math.sqrt(square) / std)
                    .as("std of %s", name)
                    .isCloseTo(1, within(3.5 / root));
            assertThat(fourth / (square * square))
                    .as("kurtosis of %s", name)
                    .isCloseTo(kurtosis, within(25 / root));
            assertThat(most).as("largest of %s", name).isLessThanOrEqualTo((float) bound);
        }
    }

    private static Distribution normal(double std) {
        return new Distribution(std, Double.POSITIVE_INFINITY, 3);
    }

    private static Distribution uniform(double bound) {
        return new Distribution(bound / Math.sqrt(3), bound, 1.8);
    }

    private static Drawn block(int channels, Supplier<Block> build) {
        return new Drawn(build, new Shape(1, channels, 8, 8), Map.of());
    }

    static Stream<Arguments> drawn() {
        return Engines.names().stream()
                .flatMap(
                        engine ->
                                DRAWN.stream()
                                        .map(
                                                drawn ->
                                                        Arguments.argumentSet(
                                                                engine + ", " + drawn.input(),
                                                                engine,
                                                                drawn)));
    }

    private static Map<String, Parameter> initialized(Block block, NDManager manager, Shape input) {
        Engine.getEngine(manager.getEngine().getEngineName()).setRandomSeed(7);
        block.initialize(manager, DataType.FLOAT32, input);
        return BlockNames.parameters(block);
    }

    @ParameterizedTest
    @MethodSource("drawn")
    void drawsItsWeightsFromTheDistributionOfTheReference(String engine, Drawn drawn) {
        try (NDManager manager = Engines.manager(engine)) {
            Map<String, Parameter> parameters =
                    initialized(drawn.build().get(), manager, drawn.input());
            drawn.distributions()
                    .forEach(
                            (name, distribution) ->
                                    distribution.check(
                                            name, parameters.get(name).getArray().toFloatArray()));
        }
    }

    @ParameterizedTest
    @MethodSource("drawn")
    void listsEveryWeightAboveAndNoOther(String engine, Drawn drawn) {
        try (NDManager manager = Engines.manager(engine)) {
            Block block = drawn.build().get();
            Set<String> weights = new TreeSet<>();
            initialized(block, manager, drawn.input())
                    .forEach(
                            (name, parameter) -> {
                                float[] values = parameter.getArray().toFloatArray();
                                for (float value : values) {
                                    if (value != values[0]) {
                                        weights.add(name);
                                        break;
                                    }
                                }
                            });
            assertThat(weights).isEqualTo(drawn.distributions().keySet());
        }
    }

    @ParameterizedTest
    @MethodSource("org.efficientzoo.blocks.BlockCatalogue#onBothEngines")
    void startsFromConstantsWhereTheReferenceDoes(String engine, Entry entry) {
        try (NDManager manager = Engines.manager(engine)) {
            EfficientBlock block = entry.build().get();
            initialized(block, manager, entry.input())
                    .forEach(
                            (name, parameter) -> {
                                if (parameter.getType() != Parameter.Type.WEIGHT) {
                                    assertThat(parameter.getArray().toFloatArray())
                                            .as(name)
                                            .containsOnly(constant(block, name, parameter));
                                }
                            });
        }
    }

    private static float constant(EfficientBlock block, String name, Parameter parameter) {
        boolean startsAsIdentity = block instanceof DarkResidual && name.startsWith("conv2.bn.");
        return switch (parameter.getType()) {
            case GAMMA -> startsAsIdentity ? 0 : 1;
            case BETA -> block instanceof ShuffleUnitV1 ? 1e-4f : 0;
            case BIAS, RUNNING_MEAN -> 0;
            case RUNNING_VAR -> 1;
            default -> throw new AssertionError(name + " is drawn");
        };
    }

    private record Named(String name, Initializer initializer, Distribution distribution) {

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Arguments> initializers() {
        double fanIn = 32 * 15; // of WEIGHT
        double fanOut = 64 * 15;
        List<Named> all =
                List.of(
                        new Named(
                                "kaimingNormalFanOut",
                                Initializers.kaimingNormalFanOut(),
                                normal(Math.sqrt(2 / fanOut))),
                        new Named(
                                "kaimingUniformFanIn",
                                Initializers.kaimingUniformFanIn(),
                                uniform(Math.sqrt(6 / fanIn))),
                        new Named(
                                "uniformFanIn",
                                Initializers.uniformFanIn(),
                                uniform(1 / Math.sqrt(fanIn))),
                        new Named(
                                "uniformFanOut",
                                Initializers.uniformFanOut(),
                                uniform(1 / Math.sqrt(fanOut))),
                        new Named(
                                "normalFanOutByGroups",
                                Initializers.normalFanOutByGroups(4),
                                normal(Math.sqrt(2 * 4 / fanOut))),
                        new Named(
                                "normalByInputs", Initializers.normalByInputs(), normal(1.0 / 32)),
                        new Named("normal", Initializers.normal(0.01f), normal(0.01)));
        return Engines.names().stream()
                .flatMap(engine -> all.stream().map(named -> Arguments.of(engine, named)));
    }

    @ParameterizedTest
    @MethodSource("initializers")
    void drawsFromTheDistributionThatItsNameTells(String engine, Named named) {
        try (NDManager manager = Engines.manager(engine)) {
            Engine.getEngine(engine).setRandomSeed(7);
            named.distribution()
                    .check(
                            named.name(),
                            named.initializer()
                                    .initialize(manager, WEIGHT, DataType.FLOAT32)
                                    .toFloatArray());
        }
    }
}
