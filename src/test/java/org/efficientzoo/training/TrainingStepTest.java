package org.efficientzoo.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.ParameterStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.Layers;
import org.efficientzoo.blocks.Sequence;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.training.optim.AdamW;
import org.efficientzoo.training.optim.Averaging;
import org.efficientzoo.training.optim.Clipping;
import org.efficientzoo.training.optim.ParameterKind;
import org.efficientzoo.training.optim.ParameterRule;
import org.efficientzoo.training.optim.Sgd;
import org.efficientzoo.training.optim.Targets;
import org.efficientzoo.training.optim.TrainedParameter;
import org.efficientzoo.training.optim.TrainedParameters;
import org.efficientzoo.training.optim.Updater;
import org.efficientzoo.training.optim.WeightAverage;
import org.efficientzoo.zoo.network.MobileNetV2;
import org.efficientzoo.zoo.torchscript.ForwardPass;
import org.efficientzoo.zoo.weights.StateDict;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainingStepTest {

    private static final String ENGINES = "org.efficientzoo.reference.Engines#names";
    private static final Shape IMAGES = new Shape(4, 3, 32, 32);
    private static final Targets TARGETS = Targets.of(List.of(0, 1, 2, 1), 3);

    private static NDArray images(NDManager manager) {
        return manager.create(Formula.input(IMAGES, 1), IMAGES);
    }

    private static Block mobileNet(NDManager manager) {
        Block network = MobileNetV2.builder().optWidth(0.25).optDropout(0).optClasses(3).build();
        StateDict.initialize(network, manager, IMAGES);
        return network;
    }

    private static Linear linear(NDManager manager) {
        Linear linear = Layers.linear(5, 3);
        linear.initialize(manager, DataType.FLOAT32, new Shape(4, 5));
        BlockNames.parameters(linear)
                .forEach(
                        (name, parameter) -> {
                            Shape shape = parameter.getShape();
                            parameter.getArray().set(Formula.input(shape, 2));
                        });
        return linear;
    }

    private static Map<String, float[]> values(Block network) {
        Map<String, float[]> values = new LinkedHashMap<>();
        BlockNames.parameters(network)
                .forEach((name, p) -> values.put(name, p.getArray().toFloatArray()));
        return values;
    }

    private static StepResult step(Block network, NDManager manager, NDArray images) {
        Updater updater = new Updater(new Sgd(0.9, 0), TrainedParameters.of(network), manager);
        try (TrainingStep step =
                TrainingStep.builder(
                                ForwardPass.eager(network, new ParameterStore(manager, false)),
                                updater,
                                manager)
                        .build()) {
            return step.run(images, TARGETS, 0.1);
        }
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void trainsANetworkThatWasMadeForPredictions(String engine) {
        try (NDManager manager = Engines.manager(engine)) {
            Block network = mobileNet(manager);
            Map<String, float[]> before = values(network);
            StepResult result = step(network, manager, images(manager));
            assertThat(result.taken()).isTrue();
            assertThat(result.counts().images()).isEqualTo(4);
            Map<String, float[]> after = values(network);
            assertThat(after.keySet()).isNotEmpty();
            after.forEach((name, v) -> assertThat(v).as(name).isNotEqualTo(before.get(name)));
        }
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void partsOfABatchGiveTheStepsOfTheWhole(String engine) {
        Shape shape = new Shape(4, 5);
        try (NDManager manager = Engines.manager(engine)) {
            Linear whole = linear(manager);
            Linear parts = linear(manager);
            for (Linear network : List.of(whole, parts)) {
                Updater updater =
                        new Updater(new Sgd(0.9, 0.01), TrainedParameters.of(network), manager);
                try (TrainingStep step =
                        TrainingStep.builder(
                                        ForwardPass.eager(
                                                network, new ParameterStore(manager, false)),
                                        updater,
                                        manager)
                                .optPart(network == whole ? 4 : 3)
                                .build()) {
                    for (int i = 0; i < 3; i++) {
                        NDArray x = manager.create(Formula.input(shape, i), shape);
                        StepResult result = step.run(x, TARGETS, 0.5);
                        assertThat(result.counts().images()).isEqualTo(4);
                    }
                }
            }
            Map<String, float[]> expected = values(whole);
            values(parts)
                    .forEach(
                            (name, v) ->
                                    assertThat(v)
                                            .containsExactly(expected.get(name), within(2e-6f)));
        }
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void frozenLayersKeepWeightsAndStatistics(String engine) {
        try (NDManager manager = Engines.manager(engine)) {
            Block network = mobileNet(manager);
            step(network, manager, images(manager)); // moves the statistics off their start
            Map<String, float[]> before = values(network);
            TrainedParameters head =
                    TrainedParameters.of(network, List.of(), List.of("features.*"));
            assertThat(head.all().stream().map(TrainedParameter::name))
                    .containsExactly("classifier.1.weight", "classifier.1.bias");
            Updater updater = new Updater(new Sgd(0.9, 0), head, manager);
            try (TrainingStep step =
                    TrainingStep.builder(
                                    ForwardPass.of(
                                            network, new ParameterStore(manager, false), manager),
                                    updater,
                                    manager)
                            .build()) {
                step.run(images(manager), TARGETS, 0.1);
            }
            values(network)
                    .forEach(
                            (name, v) -> {
                                if (name.startsWith("features.")) {
                                    assertThat(v).as(name).isEqualTo(before.get(name));
                                } else {
                                    assertThat(v).as(name).isNotEqualTo(before.get(name));
                                }
                            });
        }
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void frozenBatchNormsNormaliseByTheirRunningStatistics(String engine) {
        try (NDManager manager = Engines.manager(engine)) {
            Block norm = new Sequence(List.of(BatchNorm.builder().optEpsilon(0.1f).build()));
            Shape shape = new Shape(2, 3, 4, 4);
            norm.initialize(manager, DataType.FLOAT32, shape);
            BlockNames.parameters(norm)
                    .forEach(
                            (name, parameter) ->
                                    parameter.getArray().set(new float[] {0.5f, 0.25f, 2}));
            norm.freezeParameters(true);
            ParameterStore store = new ParameterStore(manager, false);
            NDList images = new NDList(manager.create(Formula.input(shape, 1), shape));
            float[] predicted = norm.forward(store, images, false).head().toFloatArray();
            try (var collector = Engine.getEngine(engine).newGradientCollector()) {
                assertThat(norm.forward(store, images, true).head().toFloatArray())
                        .containsExactly(predicted, within(1e-6f));
                collector.zeroGradients();
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void leavesNoArraysBehind(String engine) {
        try (NDManager manager = Engines.manager(engine)) {
            Block network = mobileNet(manager);
            NDArray images = images(manager);
            TrainedParameters parameters =
                    TrainedParameters.of(network, List.of(), List.of("features.0.*"));
            Updater updater = new Updater(new AdamW(0.01), parameters, manager);
            WeightAverage average = new WeightAverage(new Averaging(0.9, 1), network, manager);
            try (TrainingStep step =
                    TrainingStep.builder(
                                    ForwardPass.eager(network, new ParameterStore(manager, false)),
                                    updater,
                                    manager)
                            .optAverage(average)
                            .optClipping(new Clipping(Clipping.Kind.NORM, 1))
                            .optPart(3)
                            .build()) {
                step.run(images, TARGETS, 0.1);
                int before = manager.getManagedArrays().size();
                for (int i = 0; i < 3; i++) {
                    assertThat(step.run(images, TARGETS, 0.1).gradientNorm()).isPositive();
                }
                assertThat(manager.getManagedArrays()).hasSize(before);
            }
            assertThat(average.updates()).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void aLossThatIsNoNumberLeavesTheWeights(String engine) {
        Shape shape = new Shape(4, 5);
        try (NDManager manager = Engines.manager(engine)) {
            Linear network = linear(manager);
            float[] values = Formula.input(shape, 1);
            values[19] = Float.NaN; // in the second part
            Updater updater = new Updater(new Sgd(0, 0), TrainedParameters.of(network), manager);
            Map<String, float[]> before = values(network);
            try (TrainingStep step =
                    TrainingStep.builder(
                                    ForwardPass.eager(network, new ParameterStore(manager, false)),
                                    updater,
                                    manager)
                            .optPart(2)
                            .build()) {
                StepResult bad = step.run(manager.create(values, shape), TARGETS, 0.1);
                assertThat(bad.loss()).isNaN();
                assertThat(bad.taken()).isFalse();
                assertThat(updater.steps()).isZero();
                values(network).forEach((name, v) -> assertThat(v).isEqualTo(before.get(name)));

                NDArray good = manager.create(Formula.input(shape, 1), shape);
                assertThat(step.run(good, TARGETS, 0.1).taken()).isTrue();
                Linear other = linear(manager);
                Updater fresh = new Updater(new Sgd(0, 0), TrainedParameters.of(other), manager);
                try (TrainingStep alone =
                        TrainingStep.builder(
                                        ForwardPass.eager(
                                                other, new ParameterStore(manager, false)),
                                        fresh,
                                        manager)
                                .optPart(2)
                                .build()) {
                    alone.run(good, TARGETS, 0.1);
                }
                Map<String, float[]> expected = values(other);
                values(network).forEach((name, v) -> assertThat(v).isEqualTo(expected.get(name)));
            }
        }
    }

    /** Infinity times zero is no number, and would stay in the engine's arrays for good. */
    @ParameterizedTest
    @MethodSource(ENGINES)
    void anInfiniteGradientIsNotLeftBehind(String engine) {
        Shape shape = new Shape(4, 5);
        try (NDManager manager = Engines.manager(engine)) {
            SequentialBlock network =
                    new SequentialBlock().add(Layers.linear(5, 5)).add(Layers.linear(5, 3));
            network.initialize(manager, DataType.FLOAT32, shape);
            List<Parameter> parameters = List.copyOf(BlockNames.parameters(network).values());
            parameters.forEach(p -> p.getArray().set(Formula.input(p.getShape(), 2)));
            NDArray first = parameters.get(0).getArray();
            first.set(new float[(int) first.size()]); // so that the loss is a number
            parameters.get(2).getArray().muli(1000);
            float[] values = Formula.input(shape, 1);
            NDArray good = manager.create(values, shape);
            values[19] = Float.MAX_VALUE; // in the second part
            NDArray bad = manager.create(values, shape);
            Updater updater = new Updater(new Sgd(0, 0), TrainedParameters.of(network), manager);
            try (TrainingStep step =
                    TrainingStep.builder(
                                    ForwardPass.eager(network, new ParameterStore(manager, false)),
                                    updater,
                                    manager)
                            .optClipping(new Clipping(Clipping.Kind.NORM, 1))
                            .optPart(2)
                            .build()) {
                StepResult refused = step.run(bad, TARGETS, 0.1);
                assertThat(refused.loss()).isFinite();
                assertThat(refused.taken()).isFalse();
                StepResult taken = step.run(good, TARGETS, 0.1);
                assertThat(taken.taken()).isTrue();
                assertThat(taken.gradientNorm()).isPositive();
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void knowsTheKindsOfParameters(String engine) {
        try (NDManager manager = Engines.manager(engine)) {
            TrainedParameters parameters =
                    TrainedParameters.of(
                            mobileNet(manager),
                            List.of(
                                    ParameterRule.withoutDecay(
                                            ParameterKind.NORM, ParameterKind.DEPTHWISE),
                                    ParameterRule.withRate("classifier.*", 10)),
                            List.of());
            Map<ParameterKind, Long> kinds =
                    parameters.all().stream()
                            .collect(
                                    Collectors.groupingBy(
                                            TrainedParameter::kind, Collectors.counting()));
            assertThat(kinds)
                    .containsOnly(
                            Map.entry(ParameterKind.CONVOLUTION, 35L),
                            Map.entry(ParameterKind.DEPTHWISE, 17L),
                            Map.entry(ParameterKind.NORM, 104L),
                            Map.entry(ParameterKind.LINEAR, 1L),
                            Map.entry(ParameterKind.BIAS, 1L));
            for (TrainedParameter parameter : parameters.all()) {
                boolean decays =
                        parameter.kind() != ParameterKind.NORM
                                && parameter.kind() != ParameterKind.DEPTHWISE;
                assertThat(parameter.decay()).as(parameter.name()).isEqualTo(decays ? 1 : 0);
                boolean head = parameter.name().startsWith("classifier.");
                assertThat(parameter.rate()).as(parameter.name()).isEqualTo(head ? 10 : 1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void refusesPatternsThatMatchNothing(String engine) {
        try (NDManager manager = Engines.manager(engine)) {
            Linear network = linear(manager);
            assertThatThrownBy(() -> TrainedParameters.of(network, List.of(), List.of("feature.*")))
                    .hasMessage(
                            "a pattern must match a parameter, found feature.*; parameters are"
                                    + " weight, bias, ...");
            assertThatThrownBy(() -> TrainedParameters.of(network, List.of(), List.of("*")))
                    .hasMessageContaining("all of them frozen");
        }
    }
}
