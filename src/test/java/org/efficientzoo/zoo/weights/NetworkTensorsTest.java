package org.efficientzoo.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.zoo.TestModels;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTensorsTest {

    private static final SafetensorsFileWriter WRITER =
            new SafetensorsFileWriter(Precision.FLOAT32, Map.of("format", "pt"));

    @TempDir private Path folder;

    private static Block network() {
        return Networks.get(TestModels.NAME).build(TestModels.OPTIONS);
    }

    /** The formula, with special values in the bias of the classifier. */
    private static final class SpecialBias implements TensorSource {

        private final Formula formula =
                new Formula(ParameterShapes.of(network(), TestModels.INPUT), 1, List.of());

        @Override
        public Map<String, TensorInfo> tensors() {
            return formula.tensors();
        }

        @Override
        public FloatBuffer read(String name) throws IOException {
            return name.equals("classifier.1.bias")
                    ? FloatBuffer.wrap(GivenTensors.special())
                    : formula.read(name);
        }

        @Override
        public String description() {
            return "the test";
        }

        @Override
        public void close() {}
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void fileToNetworkToFileChangesNoByte(String engine) throws Exception {
        Path first = folder.resolve("1.safetensors");
        Path second = folder.resolve("2.safetensors");
        try (NDManager manager = Engines.manager(engine);
                TensorSource special = new SpecialBias()) {
            Block network = network();
            new StateDict(network, TestModels.INPUT, false)
                    .keepingAnyValues()
                    .load(special, manager);
            WRITER.write(new NetworkTensors(network), first);
        }
        try (NDManager manager = Engines.manager(engine);
                TensorSource source = SafetensorsFile.open(first)) {
            assertThat(GivenTensors.bits(source.read("classifier.1.bias")))
                    .isEqualTo(GivenTensors.SPECIAL);
            Block network = network();
            new StateDict(network, TestModels.INPUT, false)
                    .keepingAnyValues()
                    .load(source, manager);
            WRITER.write(new NetworkTensors(network), second);
        }
        assertThat(second).hasSameBinaryContentAs(first);
        assertThat(Files.size(first)).isGreaterThan(100_000);
    }

    @Test
    void countsNoBatches() {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            Block network = network();
            StateDict.initialize(network, manager, TestModels.INPUT);
            NetworkTensors tensors = new NetworkTensors(network);
            String counter = "features.0.1.num_batches_tracked";
            assertThat(tensors.tensors())
                    .containsEntry(counter, new TensorInfo(DataType.INT64, new Shape()));
            assertThat(tensors.read(counter)).isEqualTo(FloatBuffer.wrap(new float[1]));
            Map<String, TensorInfo> others = new LinkedHashMap<>(tensors.tensors());
            others.keySet().removeIf(name -> name.endsWith("num_batches_tracked"));
            assertThat(NetworkTensors.withoutCounters(network).tensors()).isEqualTo(others);
            assertThatThrownBy(() -> tensors.read("nobody.weight"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("there is no tensor nobody.weight in the network");
        }
    }

    @Test
    void refusesANetworkWithoutValues() {
        assertThatThrownBy(() -> new NetworkTensors(network()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "a network must be initialised to be saved, found no values of features.0.0.weight");
    }
}
