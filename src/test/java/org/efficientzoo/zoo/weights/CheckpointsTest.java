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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.reference.References;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

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
    @CsvSource({
        "squeezenet1_1_c10, .safetensors, SAFETENSORS",
        "squeezenet1_1_c10, .pth, PYTORCH",
        "squeezenet1_1_c10, _legacy.pth, PYTORCH_STREAM",
        "shufflenet_v2_x0_5_c10, .safetensors, SAFETENSORS",
        "shufflenet_v2_x0_5_c10, .pth, PYTORCH",
        "shufflenet_v2_x0_5_c10, _torch2.pth, PYTORCH",
        "shufflenet_v2_x0_5_c10, _wrapped.pth, PYTORCH",
        "shufflenet_v2_x0_5_c10, _legacy.pth, PYTORCH_STREAM"
    })
    void readsTheTensorsThatWereWritten(String name, String suffix, CheckpointFormat format)
            throws IOException {
        List<JsonElement> rows = description(name).getAsJsonArray("tensors").asList();
        assertThat(rows).isNotEmpty();
        Path file = file(name + suffix);
        assertThat(CheckpointFormat.of(file)).isEqualTo(format);
        try (TensorSource source = Checkpoints.open(file)) {
            assertThat(source.tensors()).hasSameSizeAs(rows);
            for (JsonElement element : rows) { // [key, dtype, shape, sum, sum_abs]
                List<JsonElement> row = element.getAsJsonArray().asList();
                String prefix = suffix.equals("_wrapped.pth") ? "module." : "";
                String key = prefix + row.get(0).getAsString();
                assertThat(source.tensors()).containsKey(key);
                TensorInfo info = source.tensors().get(key);
                assertThat(info.shape()).isEqualTo(References.shape(row.get(2)));
                assertThat(info.dataType().name()).isEqualToIgnoringCase(row.get(1).getAsString());
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

    static List<Arguments> filesOnEngines() {
        List<Arguments> all = new ArrayList<>();
        for (String engine : Engines.names()) {
            for (String suffix : List.of(".safetensors", ".pth", "_legacy.pth")) {
                all.add(Arguments.of(engine, "squeezenet1_1", suffix));
                all.add(Arguments.of(engine, "shufflenet_v2_x0_5", suffix));
            }
            for (String suffix : List.of("_torch2.pth", "_wrapped.pth")) {
                all.add(Arguments.of(engine, "shufflenet_v2_x0_5", suffix));
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("filesOnEngines")
    void givesTheLogitsOfTheReference(String engine, String network, String suffix)
            throws Exception {
        String name = network + "_c10";
        JsonObject reference = description(name);
        Shape shape = References.shape(reference.get("input_shape"));
        Block block = Networks.get(network).build(NetworkOptions.DEFAULT.withClasses(10));
        try (NDManager manager = Engines.manager(engine);
                TensorSource source = Checkpoints.open(file(name + suffix))) {
            new StateDict(block, shape, false).load(source, manager);
            float[] input = Formula.input(shape, reference.get("salt").getAsLong());
            NDArray x = manager.create(input, shape);
            NDArray logits =
                    block.forward(new ParameterStore(manager, false), new NDList(x), false)
                            .singletonOrThrow();

            assertThat(logits.getShape()).isEqualTo(new Shape(2, 10));
            double[] expected = References.doubles(reference.get("logits"));
            double mean = Arrays.stream(expected).average().orElseThrow();
            double variance =
                    Arrays.stream(expected)
                            .map(l -> (l - mean) * (l - mean))
                            .average()
                            .getAsDouble();
            float[] found = logits.toFloatArray();
            for (int i = 0; i < expected.length; i++) { // the tolerance of the references
                assertThat(Math.abs(found[i] - expected[i]))
                        .as("logit %d", i)
                        .isLessThan(3e-5 * Math.sqrt(variance) + 3e-5 * Math.abs(expected[i]));
            }
        }
    }
}
