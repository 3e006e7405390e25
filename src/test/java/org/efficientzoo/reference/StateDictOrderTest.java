package org.efficientzoo.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.weights.NetworkTensors;
import org.efficientzoo.zoo.weights.StateDict;
import org.efficientzoo.zoo.weights.TensorInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written has the names, shapes and order of the reference's state dict. */
class StateDictOrderTest {

    private static Map<String, TensorInfo> tensors(EfficientBlock network, Shape input) {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            StateDict.initialize(network, manager, input);
            return new NetworkTensors(network).tensors();
        }
    }

    @ParameterizedTest
    @MethodSource("org.efficientzoo.reference.ReferenceNetworksTest#files")
    void isThatOfTheReferencesAndOfTheirCounters(String file) {
        JsonObject reference = References.json("nets/" + file + ".json");
        Map<String, TensorInfo> expected = new LinkedHashMap<>();
        References.shapes(reference.get("tensors")) // which leaves the counters out
                .forEach(
                        (name, shape) -> {
                            expected.put(name, new TensorInfo(DataType.FLOAT32, shape));
                            if (name.endsWith("running_var")) {
                                expected.put(
                                        name.replace("running_var", "num_batches_tracked"),
                                        new TensorInfo(DataType.INT64, new Shape()));
                            }
                        });
        Map<String, TensorInfo> found =
                tensors(
                        ReferenceNetworksTest.network(file),
                        References.shape(reference.get("input_shape")));
        assertThat(expected).isNotEmpty();
        assertThat(found).isEqualTo(expected);
        assertThat(found.keySet()).containsExactlyElementsOf(expected.keySet());
    }

    @Test
    void hasTheCountersWherePyTorchPutsThem() throws IOException {
        Path description =
                Path.of(
                                System.getProperty("project.root"),
                                "../shared/reference/checkpoints/shufflenet_v2_x0_5_c10.json")
                        .normalize();
        if (!Files.isRegularFile(description)) {
            System.out.println("Skipped: the description is not there, " + description);
        }
        assumeThat(description).isRegularFile();
        JsonObject reference =
                JsonParser.parseString(Files.readString(description)).getAsJsonObject();
        List<String> expected =
                reference.getAsJsonArray("tensors").asList().stream()
                        .map(row -> row.getAsJsonArray().get(0).getAsString())
                        .toList();
        assertThat(expected).anyMatch(name -> name.endsWith("num_batches_tracked"));
        EfficientBlock network =
                Networks.get("shufflenet_v2_x0_5").build(NetworkOptions.DEFAULT.withClasses(10));
        assertThat(tensors(network, References.shape(reference.get("input_shape"))).keySet())
                .containsExactlyElementsOf(expected);
    }
}
