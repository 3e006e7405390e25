package org.efficientzoo.training.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.GradientCollector;
import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.Layers;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.References;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LossAndAverageTest {

    private static List<Integer> labels(String key) {
        return Arrays.stream(References.doubles(losses().get(key))).mapToObj(v -> (int) v).toList();
    }

    private static JsonObject losses() {
        return TrainingValues.FILE.getAsJsonObject("losses");
    }

    @ParameterizedTest
    @MethodSource("org.efficientzoo.reference.Engines#names")
    void losesAsPyTorchWithSmoothingAndMixedLabels(String engine) {
        List<JsonObject> cases = TrainingValues.objects("losses", "cases");
        assertThat(cases).hasSize(8);
        int classes = losses().get("classes").getAsInt();
        Targets labels = Targets.of(labels("labels"), classes);
        Targets others = Targets.of(labels("others"), classes);
        for (JsonObject json : cases) {
            Targets targets =
                    labels.mixedWith(others, json.get("share").getAsDouble())
                            .smoothed(json.get("smoothing").getAsDouble());
            try (NDManager manager = Engines.manager(engine)) {
                Shape shape = new Shape(targets.size(), classes);
                NDArray logits =
                        TrainingValues.array(
                                manager, References.doubles(json.get("logits")), shape);
                logits.setRequiresGradient(true);
                double loss;
                try (GradientCollector collector =
                        Engine.getEngine(engine).newGradientCollector()) {
                    NDArray value = CrossEntropy.of(logits, targets, targets.size());
                    collector.backward(value);
                    loss = value.getFloat();
                }
                double expected = json.get("loss").getAsDouble();
                assertThat(loss).isCloseTo(expected, within(2e-6 * Math.max(1, expected)));
                assertThat(TrainingValues.doubles(logits.getGradient()))
                        .containsExactly(References.doubles(json.get("gradient")), within(1e-6));
            }
        }
    }

    @Test
    void ofAMixedImageTheLargerShareIsTheLabel() {
        Targets labels = Targets.of(List.of(1, 2), 3);
        Targets others = Targets.of(List.of(0, 2), 3);
        assertThat(labels.mixedWith(others, 0.6).label(0)).isEqualTo(1);
        assertThat(labels.mixedWith(others, 0.4).label(0)).isZero();
        assertThat(labels.mixedWith(others, 0.4).smoothed(0.1).label(1)).isEqualTo(2);
    }

    @Test
    void refusesLabelsThatAreNoClass() {
        assertThatThrownBy(() -> Targets.of(List.of(3), 3))
                .hasMessage("a label must be in 0..2, found 3");
    }

    @ParameterizedTest
    @MethodSource("org.efficientzoo.reference.Engines#names")
    void clipsAsPyTorchDoes(String engine) {
        List<JsonObject> cases = TrainingValues.objects("clipping");
        assertThat(cases).hasSize(3);
        JsonObject gradients = TrainingValues.objects("gradients").get(0);
        for (JsonObject json : cases) {
            Clipping clipping =
                    new Clipping(
                            Clipping.Kind.valueOf(json.get("kind").getAsString()),
                            json.get("limit").getAsDouble());
            JsonObject after = json.getAsJsonObject("after");
            try (NDManager manager = Engines.manager(engine)) {
                List<NDArray> arrays =
                        gradients.keySet().stream()
                                .map(name -> References.doubles(gradients.get(name)))
                                .map(v -> TrainingValues.array(manager, v, new Shape(v.length)))
                                .toList();
                double norm = clipping.apply(arrays);
                assertThat(norm).isCloseTo(json.get("norm").getAsDouble(), within(1e-6));
                int next = 0;
                for (String name : gradients.keySet()) {
                    assertThat(TrainingValues.doubles(arrays.get(next++)))
                            .containsExactly(References.doubles(after.get(name)), within(1e-7));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.efficientzoo.reference.Engines#names")
    void averagesWeightsAndStatisticsAsTorchvisionDoes(String engine) {
        JsonObject json = TrainingValues.FILE.getAsJsonObject("average");
        Averaging settings =
                Averaging.scaled(
                        json.get("decay").getAsDouble(),
                        json.get("every").getAsInt(),
                        json.get("batch").getAsInt(),
                        json.get("epochs").getAsDouble());
        List<JsonObject> steps = TrainingValues.objects("average", "steps");
        assertThat(steps).hasSize(7);
        try (NDManager manager = Engines.manager(engine)) {
            BatchNorm network = initialised(manager);
            try (WeightAverage average = new WeightAverage(settings, network, manager)) {
                long step = 0;
                for (JsonObject expected : steps) {
                    install(network, expected.getAsJsonObject("values"), manager);
                    average.follow(++step);
                    JsonObject averages = expected.getAsJsonObject("average");
                    average.state()
                            .forEach(
                                    (name, array) ->
                                            assertThat(TrainingValues.doubles(array))
                                                    .containsExactly(
                                                            References.doubles(averages.get(name)),
                                                            within(3e-7)));
                }
                assertThat(average.updates()).isEqualTo(4);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.efficientzoo.reference.Engines#names")
    void swappingTwiceChangesNothing(String engine) {
        try (NDManager manager = Engines.manager(engine)) {
            BatchNorm network = initialised(manager);
            NDArray weight = BlockNames.parameters(network).get("weight").getArray();
            try (WeightAverage average =
                    new WeightAverage(new Averaging(0.5, 1), network, manager)) {
                average.follow(1);
                install(
                        network,
                        TrainingValues.objects("average", "steps").get(0).getAsJsonObject("values"),
                        manager);
                double[] before = TrainingValues.doubles(weight);
                average.swap();
                assertThat(TrainingValues.doubles(weight)).containsExactly(1, 1, 1);
                assertThatThrownBy(() -> average.follow(2))
                        .isInstanceOf(IllegalStateException.class);
                average.swap();
                assertThat(TrainingValues.doubles(weight)).isEqualTo(before);
                assertThat(TrainingValues.doubles(average.state().get("weight")))
                        .containsExactly(1, 1, 1);
            }
        }
    }

    private static BatchNorm initialised(NDManager manager) {
        BatchNorm network = Layers.batchNorm();
        network.initialize(manager, DataType.FLOAT32, new Shape(1, 3));
        return network;
    }

    private static void install(BatchNorm network, JsonObject values, NDManager manager) {
        Map<String, ai.djl.nn.Parameter> parameters = BlockNames.parameters(network);
        parameters.forEach(
                (name, parameter) ->
                        Copies.copy(
                                TrainingValues.array(
                                        manager,
                                        References.doubles(values.get(name)),
                                        new Shape(3)),
                                parameter.getArray()));
    }
}
