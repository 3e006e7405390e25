package org.efficientzoo.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.efficientzoo.Slow;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Slow
class StateDictTest {

    private static final Shape INPUT = new Shape(1, 3, 64, 64);
    private static final String NAME = "squeezenet1_1";

    /** Tensors that are all sevens, and count how often they are read. */
    private static final class Sevens implements TensorSource {

        private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        private int reads;
        private int readable = Integer.MAX_VALUE;

        Sevens(Map<String, Shape> shapes) {
            shapes.forEach((name, shape) -> put(name, shape));
        }

        void put(String name, Shape shape) {
            tensors.put(name, new TensorInfo(DataType.FLOAT32, shape));
        }

        @Override
        public Map<String, TensorInfo> tensors() {
            return tensors;
        }

        @Override
        public FloatBuffer read(String name) throws IOException {
            if (reads == readable) {
                throw new IOException("the disk is gone");
            }
            reads++;
            float[] values = new float[Math.toIntExact(tensors.get(name).shape().size())];
            java.util.Arrays.fill(values, 7);
            return FloatBuffer.wrap(values);
        }

        @Override
        public String description() {
            return "sevens";
        }

        @Override
        public void close() {}
    }

    private static Block network(String name, int classes) {
        return Networks.get(name).build(NetworkOptions.DEFAULT.withClasses(classes));
    }

    private static Sevens fitting(Block network) {
        return new Sevens(ParameterShapes.of(network, INPUT));
    }

    private static void refuses(Consumer<Sevens> damage, String complaint) {
        Block network = network(NAME, 10);
        Sevens source = fitting(network);
        damage.accept(source);
        StateDict dict = new StateDict(network, INPUT, false);
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            assertThatThrownBy(() -> dict.load(source, manager))
                    .isExactlyInstanceOf(MalformedModelException.class)
                    .hasMessage("the tensors of sevens do not fit the network: " + complaint);
            assertThat(source.reads).as("tensors read").isZero();
            assertUntouched(network);
        }
    }

    private static void assertUntouched(Block network) {
        assertThat(network.isInitialized()).isFalse();
        assertThat(BlockNames.parameters(network).values())
                .isNotEmpty()
                .noneMatch(Parameter::isInitialized);
    }

    @Test
    void listsMissingTensorsSorted() {
        refuses(
                source -> {
                    source.tensors.remove("features.3.squeeze.weight");
                    source.tensors.remove("classifier.1.bias");
                    source.tensors.remove("features.0.bias");
                },
                "3 missing: classifier.1.bias, features.0.bias, features.3.squeeze.weight");
    }

    @Test
    void listsUnexpectedTensorsSorted() {
        refuses(
                source -> {
                    source.put("features.13.weight", new Shape(1));
                    source.put("epoch", new Shape());
                },
                "2 unexpected: epoch, features.13.weight");
    }

    @Test
    void listsMisshapenTensorsSortedWithBothShapes() {
        refuses(
                source -> {
                    source.put("features.0.weight", new Shape(64, 3, 7, 7));
                    source.put("classifier.1.weight", new Shape(1000, 512, 1, 1));
                },
                "2 misshapen: "
                        + "classifier.1.weight (expected (10, 512, 1, 1), found (1000, 512, 1, 1)), "
                        + "features.0.weight (expected (64, 3, 3, 3), found (64, 3, 7, 7))");
    }

    @Test
    void tellsAFlatTensorFromAConvolutionOfOnePixel() {
        refuses(
                source -> source.put("classifier.1.weight", new Shape(10, 512)),
                "1 misshapen: classifier.1.weight (expected (10, 512, 1, 1), found (10, 512))");
    }

    @Test
    void listsAllThreeKindsInOneLine() {
        refuses(
                source -> {
                    source.tensors.remove("features.0.bias");
                    source.put("features.0.offset", new Shape(64));
                    source.put("classifier.1.bias", new Shape(9));
                },
                "1 missing: features.0.bias; 1 unexpected: features.0.offset; "
                        + "1 misshapen: classifier.1.bias (expected (10), found (9))");
    }

    @Test
    void listsTwentyAndTellsHowManyThereAre() {
        List<String> first = new ArrayList<>();
        for (int i = 10; i < 30; i++) {
            first.add("extra." + i);
        }
        refuses(
                source -> {
                    for (int i = 34; i >= 10; i--) {
                        source.put("extra." + i, new Shape(1));
                    }
                },
                "25 unexpected: " + String.join(", ", first) + ", ...");
        refuses(
                source -> {
                    for (String name : first) {
                        source.put(name, new Shape(1));
                    }
                },
                "20 unexpected: " + String.join(", ", first));
    }

    @Test
    void leavesTheNetworkLoadableAfterARefusal() throws Exception {
        Block network = network(NAME, 10);
        Sevens other = new Sevens(ParameterShapes.of(network(NAME, 1000), INPUT));
        StateDict dict = new StateDict(network, INPUT, false);
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            assertThatThrownBy(() -> dict.load(other, manager))
                    .isExactlyInstanceOf(MalformedModelException.class);
            dict.load(fitting(network), manager);
            assertAllSevens(BlockNames.parameters(network));
        }
    }

    @Test
    void refusesANetworkThatHasValuesAlready() throws Exception {
        Block network = network(NAME, 10);
        StateDict dict = new StateDict(network, INPUT, false);
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            dict.load(fitting(network), manager);
            Sevens again = fitting(network);
            assertThatThrownBy(() -> dict.load(again, manager))
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("the network has values already; build a fresh one");
            assertThat(again.reads).isZero();
        }
    }

    @Test
    void leavesTheNetworkUntouchedWhenReadingFailsHalfway() throws Exception {
        Block network = network(NAME, 10);
        Sevens source = fitting(network);
        source.readable = 9;
        StateDict dict = new StateDict(network, INPUT, false);
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            assertThatThrownBy(() -> dict.load(source, manager))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessage("the disk is gone");
            assertUntouched(network);
            assertThat(manager.getManagedArrays()).as("arrays left behind").isEmpty();
            dict.load(fitting(network), manager);
            assertAllSevens(BlockNames.parameters(network));
        }
    }

    private static void assertAllSevens(Map<String, Parameter> parameters) {
        assertThat(parameters).isNotEmpty();
        parameters.forEach(
                (name, parameter) ->
                        assertThat(parameter.getArray().toFloatArray())
                                .as(name)
                                .isNotEmpty()
                                .containsOnly(7));
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void fillsEveryParameterAndRunningStatistic(String engine) throws Exception {
        Block network = network("shufflenet_v2_x0_5", 10);
        try (NDManager manager = Engines.manager(engine)) {
            new StateDict(network, INPUT, false).load(fitting(network), manager);
            assertThat(network.isInitialized()).isTrue();
            Map<String, Parameter> parameters = BlockNames.parameters(network);
            assertThat(parameters).containsKey("conv1.1.running_var");
            assertAllSevens(parameters);
        }
    }

    @Test
    void passesOverTheCountersOfPyTorch() throws Exception {
        Block network = network("mobilenet_v1", 10);
        Sevens source = fitting(network);
        source.put("bn1.num_batches_tracked", new Shape());
        source.put("blocks.0.0.bn1.num_batches_tracked", new Shape());
        int tensors = source.tensors.size();
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            new StateDict(network, INPUT, false).load(source, manager);
            assertThat(source.reads).isEqualTo(tensors - 2);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "squeezenet1_1, classifier.1",
        "mobilenet_v1, classifier",
        "mobilenet_v2, classifier.1",
        "shufflenet_v1_g8_x0_25, classifier.0",
        "shufflenet_v2_x0_5, fc",
        "resnet50, fc",
        "darknet19, classifier",
        "darknet53, head.fc"
    })
    void initialisesTheHeadAloneWhereItIsToBeFresh(String name, String head) throws Exception {
        Block network = network(name, 7);
        Sevens source = new Sevens(ParameterShapes.of(network(name, 1000), INPUT));
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            new StateDict(network, INPUT, true).load(source, manager);
            Map<String, Parameter> body = new LinkedHashMap<>(BlockNames.parameters(network));
            assertThat(body).containsKey(head + ".weight");
            Parameter fresh = body.remove(head + ".weight");
            body.remove(head + ".bias");
            assertAllSevens(body);
            assertThat(fresh.getArray().getShape().get(0)).isEqualTo(7);
            float[] values = fresh.getArray().toFloatArray();
            assertThat(values).doesNotContain(7).doesNotContain(Float.NaN);
            assertThat(values[0]).isNotEqualTo(values[1]);
        }
    }

    @Test
    void needsNoHeadInTheCheckpointWhereItIsToBeFresh() throws Exception {
        Block network = network(NAME, 7);
        Sevens source = fitting(network);
        source.tensors.keySet().removeIf(name -> name.startsWith("classifier."));
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            new StateDict(network, INPUT, true).load(source, manager);
            assertThat(network.isInitialized()).isTrue();
        }
    }

    @Test
    void stillComplainsOfTheBodyWhereTheHeadIsToBeFresh() {
        Block network = network(NAME, 7);
        Sevens source = fitting(network);
        source.tensors.remove("features.0.bias");
        StateDict dict = new StateDict(network, INPUT, true);
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            assertThatThrownBy(() -> dict.load(source, manager))
                    .hasMessage(
                            "the tensors of sevens do not fit the network: "
                                    + "1 missing: features.0.bias");
        }
    }
}
