package org.efficientzoo.reference;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.efficientzoo.Slow;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.blocks.StageRecorder;
import org.efficientzoo.blocks.analysis.Complexity;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.weights.StateDict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every network of {@code reference/nets/}, within the tolerances of its README. */
@Slow
class ReferenceNetworksTest {

    private static final List<String> FILES =
            List.of(
                    "darknet53",
                    "darknet53_timm_slope001",
                    "mobilenet_v2",
                    "mobilenetv1_100",
                    "resnet50",
                    "resnext50_32x4d",
                    "shufflenet_v1_g3_x1_0",
                    "shufflenet_v1_g8_x1_0",
                    "shufflenet_v2_x0_5",
                    "shufflenet_v2_x1_0",
                    "squeezenet1_0",
                    "squeezenet1_1",
                    "squeezenet1_1_227");

    /** Modules of the references that compute nothing, or are no block of their own here. */
    private static final Set<String> WITHOUT_BLOCK =
            Set.of(
                    "Sequential",
                    "ReLU",
                    "ReLU6",
                    "MaxPool2d",
                    "AvgPool2d",
                    "AdaptiveAvgPool2d",
                    "SelectAdaptivePool2d",
                    "Identity",
                    "Dropout",
                    "ClassifierHead");

    static Stream<Arguments> filesOnEngines() {
        return Engines.names().stream()
                .flatMap(engine -> FILES.stream().map(file -> Arguments.of(engine, file)));
    }

    static Stream<String> files() {
        return FILES.stream();
    }

    static EfficientBlock network(String file) {
        return switch (file) {
            case "mobilenetv1_100" -> Networks.get("mobilenet_v1").build();
            case "squeezenet1_1_227" -> Networks.get("squeezenet1_1").build();
            case "darknet53_timm_slope001" ->
                    Networks.get("darknet53").build(NetworkOptions.DEFAULT.withLeakySlope(0.01f));
            default -> Networks.get(file).build();
        };
    }

    @Test
    void coversAllFilesOfTheSpecification() {
        List<String> specified =
                References.objects(References.json("nets_spec.json").get("nets")).stream()
                        .map(net -> net.get("name").getAsString())
                        .toList();
        assertThat(FILES).containsExactlyInAnyOrderElementsOf(specified);
    }

    @ParameterizedTest
    @MethodSource("files")
    void hasTheTensorsParametersAndMacsOfTheReference(String file) {
        JsonObject reference = References.json("nets/" + file + ".json");
        EfficientBlock network = network(file);
        Shape input = References.shape(reference.get("input_shape"));

        Map<String, Shape> expected = References.shapes(reference.get("tensors"));
        Map<String, Shape> found = ParameterShapes.of(network, input);
        assertThat(found).isEqualTo(expected);
        assertThat(found.keySet()).containsExactlyElementsOf(expected.keySet());

        Complexity cost = Complexity.of(network, input);
        assertThat(cost.parameters()).isEqualTo(reference.get("params").getAsLong());
        assertThat(cost.macs()).isEqualTo(reference.get("macs").getAsLong());
    }

    @ParameterizedTest
    @MethodSource("filesOnEngines")
    void computesTheStagesAndLogitsOfTheReference(String engine, String file) throws Exception {
        JsonObject reference = References.json("nets/" + file + ".json");
        EfficientBlock network = network(file);
        Shape shape = References.shape(reference.get("input_shape"));
        long salt = reference.get("salt").getAsLong();
        try (NDManager manager = Engines.manager(engine)) {
            Formula weights =
                    new Formula(
                            ParameterShapes.of(network, shape),
                            salt,
                            References.scaleRules(reference));
            new StateDict(network, shape, false).load(weights, manager);
            NDArray x = manager.create(Formula.input(shape, salt), shape);
            ParameterStore store = new ParameterStore(manager, false);

            StageRecorder recorder = new StageRecorder(network, store);
            recorder.run(x);
            compareStages(reference.get("stages").getAsJsonArray(), recorder.stages());

            NDList output = network.forward(store, new NDList(x), false);
            compareLogits(reference, output.singletonOrThrow());
        }
    }

    private static void compareStages(JsonArray expected, Map<String, StageRecorder.Stage> stages) {
        SoftAssertions all = new SoftAssertions();
        int compared = 0;
        for (JsonElement element : expected) {
            JsonArray row = element.getAsJsonArray();
            String name = row.get(0).getAsString();
            String type = row.get(1).getAsString();
            String key = type.equals("BatchNormAct2d") ? name + StageRecorder.ACTIVATED : name;
            StageRecorder.Stage stage = stages.get(key);
            if (stage == null) {
                all.assertThat(WITHOUT_BLOCK)
                        .as("type of %s, which is no block", name)
                        .contains(type);
                continue;
            }
            compared++;
            double mean = row.get(3).getAsDouble();
            double meanAbs = row.get(4).getAsDouble();
            double tolerance = 1e-5 * meanAbs;
            if (stage.shape().dimension() == 4) {
                all.assertThat(stage.shape())
                        .as("shape of %s", name)
                        .isEqualTo(References.shape(row.get(2)));
            }
            all.assertThat(Math.abs(stage.mean() - mean))
                    .as("mean of %s", name)
                    .isLessThanOrEqualTo(tolerance);
            all.assertThat(Math.abs(stage.meanAbs() - meanAbs))
                    .as("mean-abs of %s", name)
                    .isLessThanOrEqualTo(tolerance);
        }
        all.assertThat(compared).as("stages compared").isGreaterThan(expected.size() / 2);
        all.assertAll();
    }

    private static void compareLogits(JsonObject reference, NDArray logits) {
        assertThat(logits.getShape()).isEqualTo(References.shape(reference.get("logits_shape")));
        double[] expected = References.doubles(reference.get("logits"));
        double std = reference.get("logits_std").getAsDouble();
        float[] found = logits.toFloatArray();
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            double allowed = 3e-5 * std + 3e-5 * Math.abs(expected[i]);
            worst = Math.max(worst, Math.abs(found[i] - expected[i]) / allowed);
        }
        assertThat(worst).as("largest difference of a logit, in tolerances").isLessThan(1);
    }
}
