package org.efficientzoo.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.reference.References;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that PyTorch and the safetensors library wrote; they lie beside the project, if at all. */
class CheckpointsTest {

    private static final Path FOLDER =
            Path.of(System.getProperty("project.root"), "../shared/reference/checkpoints")
                    .normalize();

    private static Path file(String name) {
        Path file = FOLDER.resolve(name);
        if (!Files.isRegularFile(file)) {
            System.out.println("Skipped: the checkpoint is not there, " + file);
        }
        assumeThat(file).isRegularFile();
        return file;
    }

    private static JsonObject description(String name) throws IOException {
        return JsonParser.parseString(Files.readString(file(name + ".json"))).getAsJsonObject();
    }

    @ParameterizedTest
    @ValueSource(strings = {"squeezenet1_1_c10", "shufflenet_v2_x0_5_c10"})
    void readsTheTensorsThatWereWritten(String name) throws IOException {
        List<JsonElement> rows =
                description(name).getAsJsonArray("tensors").asList().stream()
                        .filter(row -> !row.toString().contains("num_batches_tracked"))
                        .toList();
        assertThat(rows).isNotEmpty();
        try (SafetensorsFile source = SafetensorsFile.open(file(name + ".safetensors"))) {
            Map<String, TensorInfo> tensors = source.tensors();
            for (JsonElement element : rows) { // [key, dtype, shape, sum, sum_abs]
                List<JsonElement> row = element.getAsJsonArray().asList();
                String key = row.get(0).getAsString();
                assertThat(tensors).containsKey(key);
                assertThat(tensors.get(key).shape()).isEqualTo(References.shape(row.get(2)));
                FloatBuffer values = source.read(key);
                double sum = 0;
                double sumAbs = 0;
                while (values.hasRemaining()) {
                    double value = values.get();
                    sum += value;
                    sumAbs += Math.abs(value);
                }
                double expected = row.get(4).getAsDouble();
                // the digits that the description prints
                assertThat(Math.abs(sumAbs - expected))
                        .as(key)
                        .isLessThanOrEqualTo(1e-10 * expected);
                assertThat(Math.abs(sum - row.get(3).getAsDouble()))
                        .as(key)
                        .isLessThanOrEqualTo(1e-10 * expected);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PyTorch, squeezenet1_1_c10, squeezenet1_1",
        "MXNet, squeezenet1_1_c10, squeezenet1_1",
        "PyTorch, shufflenet_v2_x0_5_c10, shufflenet_v2_x0_5",
        "MXNet, shufflenet_v2_x0_5_c10, shufflenet_v2_x0_5"
    })
    void givesTheLogitsOfTheReference(String engine, String name, String network) throws Exception {
        JsonObject reference = description(name);
        Shape shape = References.shape(reference.get("input_shape"));
        Block block = Networks.get(network).build(NetworkOptions.DEFAULT.withClasses(10));
        try (NDManager manager = Engines.manager(engine);
                SafetensorsFile source = SafetensorsFile.open(file(name + ".safetensors"))) {
            new StateDict(block, shape, false).load(source, manager);
            float[] input = Formula.input(shape, reference.get("salt").getAsLong());
            NDArray x = manager.create(input, shape);
            NDArray logits =
                    block.forward(new ParameterStore(manager, false), new NDList(x), false)
                            .singletonOrThrow();

            assertThat(logits.getShape()).isEqualTo(new Shape(2, 10));
            double[] expected = References.doubles(reference.get("logits"));
            double scale = reference.get("logits_mean_abs").getAsDouble();
            float[] found = logits.toFloatArray();
            for (int i = 0; i < expected.length; i++) { // the tolerance of the references
                assertThat(Math.abs(found[i] - expected[i]))
                        .as("logit %d", i)
                        .isLessThan(3e-5 * scale + 3e-5 * Math.abs(expected[i]));
            }
        }
    }
}
