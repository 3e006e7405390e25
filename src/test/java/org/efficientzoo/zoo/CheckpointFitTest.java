package org.efficientzoo.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.efficientzoo.Slow;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.weights.DarknetWriter;
import org.efficientzoo.zoo.weights.RenamedSource;
import org.efficientzoo.zoo.weights.TensorInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of a checkpoint that does not fit the network it was given for. */
@Slow
class CheckpointFitTest {

    private static final NetworkOptions TEN = NetworkOptions.DEFAULT.withClasses(10);

    private static final Pattern IN_A_BLOCK =
            Pattern.compile("features\\.(\\d+)\\.conv\\.([\\d.]+)\\.(\\w+)");

    @TempDir private Path folder;

    static Stream<NetworkEntry> networks() {
        assertThat(Networks.all()).hasSize(40);
        return Networks.all().stream();
    }

    private static Map<String, Shape> shapes(String network, NetworkOptions options) {
        return ParameterShapes.of(
                Networks.get(network).build(options),
                new Shape(1, options.inputChannels(), 96, 96));
    }

    private static CheckpointFit fit(Map<String, Shape> shapes) {
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> tensors.put(name, new TensorInfo(DataType.FLOAT32, shape)));
        return new CheckpointFit(tensors);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void recognisesEachNetworkAndNoOther(NetworkEntry network) {
        assertThat(fit(shapes(network.name(), NetworkOptions.DEFAULT)).networks())
                .containsExactly(network + " with 1000 classes");
    }

    @ParameterizedTest
    @MethodSource("networks")
    void recognisesEachNetworkWithOtherClassesAndInputChannels(NetworkEntry network) {
        NetworkOptions options = NetworkOptions.DEFAULT.withClasses(1).withInputChannels(1);
        assertThat(fit(shapes(network.name(), options)).networks())
                .containsExactly(network + " with 1 class and inputChannels 1");
        assertThat(fit(shapes(network.name(), TEN)).networks())
                .containsExactly(network + " with 10 classes");
    }

    @ParameterizedTest
    @CsvSource({
        "mobilenet_v1, 0.25", "mobilenet_v1, 0.5", "mobilenet_v1, 0.75", "mobilenet_v1, 1.25",
        "mobilenet_v2, 0.1", "mobilenet_v2, 0.25", "mobilenet_v2, 0.35", "mobilenet_v2, 0.5",
        "mobilenet_v2, 0.75", "mobilenet_v2, 1.4", "darknet19, 0.5", "darknet53, 0.25"
    })
    void recognisesTheWidth(String network, double width) {
        assertThat(fit(shapes(network, TEN.withWidth(width))).networks())
                .containsExactly("%s of width %s with 10 classes".formatted(network, width));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void recognisesAStemWithoutItsStrideWhereItsKernelIsAnother(int stride) {
        assertThat(fit(shapes("resnet50", TEN.withStemStride(stride))).networks())
                .containsExactly("resnet50 of stemStride 1 or 2 with 10 classes");
        assertThat(fit(shapes("shufflenet_v2_x0_5", TEN.withStemStride(stride))).networks())
                .containsExactly("shufflenet_v2_x0_5 with 10 classes");
    }

    @Test
    void passesOverTheCountersOfPyTorch() {
        Map<String, Shape> shapes = shapes("resnet50", TEN);
        shapes.put("bn1.num_batches_tracked", new Shape());
        assertThat(fit(shapes).networks()).containsExactly("resnet50 with 10 classes");
    }

    @Test
    void knowsTheNamesOfOtherPublishers() {
        Map<String, Shape> theirs = new LinkedHashMap<>();
        shapes("mobilenet_v2", TEN).forEach((name, shape) -> theirs.put(toDLi14(name), shape));
        assertThat(theirs).containsKey("features.2.conv.6.weight");
        assertThat(fit(theirs).networks()).containsExactly("mobilenet_v2 with 10 classes");
    }

    /** The name of d-li14 by ours. */
    private static String toDLi14(String name) {
        Matcher block = IN_A_BLOCK.matcher(name);
        if (!block.matches()) {
            return name.replace("features.18.", "conv.").replace("classifier.1.", "classifier.");
        }
        Map<String, Integer> places =
                block.group(1).equals("1")
                        ? Map.of("0.0", 0, "0.1", 1, "1", 3, "2", 4)
                        : Map.of("0.0", 0, "0.1", 1, "1.0", 3, "1.1", 4, "2", 6, "3", 7);
        return "features.%s.conv.%d.%s"
                .formatted(block.group(1), places.get(block.group(2)), block.group(3));
    }

    @Test
    void fitsNothingWhereAShapeIsOfNoNetwork() {
        Map<String, Shape> shapes = shapes("squeezenet1_1", TEN);
        shapes.put("features.3.squeeze.bias", new Shape(17));
        assertThat(fit(shapes).networks()).isEmpty();
        assertThat(fit(Map.of()).networks()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0", "9223372036854775807"})
    void fitsNothingWhereTheClassifierHasAnAbsurdSize(long classes) {
        Map<String, Shape> shapes = shapes("mobilenet_v1", TEN);
        shapes.put("classifier.weight", new Shape(classes, 1024));
        shapes.put("classifier.bias", new Shape(classes));
        assertThat(fit(shapes).networks()).isEmpty();
        shapes.put("classifier.weight", new Shape());
        assertThat(fit(shapes).networks()).isEmpty();
        shapes = shapes("mobilenet_v1", TEN);
        shapes.put("conv_stem.weight", new Shape(classes, classes, 3, 3));
        assertThat(fit(shapes).networks()).isEmpty();
    }

    private Criteria.Builder<NDList, NDList> criteria(String network, Path weights) {
        return Criteria.builder()
                .setTypes(NDList.class, NDList.class)
                .optArtifactId("org.efficientzoo:" + network)
                .optEngine(Engines.PYTORCH)
                .optArgument("weightsFile", weights)
                .optArgument("crop", "64");
    }

    private Path write(Formula tensors) throws Exception {
        return TestModels.write(tensors, folder.resolve("w.safetensors"));
    }

    private void refuses(Criteria<NDList, NDList> criteria, Path weights, String to, String end) {
        assertThatThrownBy(criteria::loadModel)
                .isExactlyInstanceOf(MalformedModelException.class)
                .hasMessageStartingWith("the tensors of " + weights + " do not fit " + to + ": ")
                .hasMessageEndingWith(end);
    }

    @Test
    void saysWhichNetworkWouldFit() throws Exception {
        Path weights = write(new Formula(shapes("squeezenet1_1", TEN), 1, List.of()));
        refuses(
                criteria("mobilenet_v2", weights).build(),
                weights,
                "mobilenet_v2",
                "; it fits squeezenet1_1 with 10 classes");
    }

    @Test
    void saysHowToAskForTheClassesWhereTheyAloneDiffer() throws Exception {
        Path weights = write(new Formula(shapes("squeezenet1_1", TEN), 1, List.of()));
        refuses(
                criteria("squeezenet1_1", weights).build(),
                weights,
                "squeezenet1_1",
                "; the checkpoint has 10 classes, the network 1000: ask for 10 (--classes 10 or"
                        + " optArgument(\"classes\", \"10\")) or for a fresh classifier"
                        + " (--fresh-head of import and train, or optArgument(\"skipHead\", \"true\"))");
    }

    @Test
    void saysNothingMoreWhereNoNetworkFits() throws Exception {
        Path weights = write(new Formula(Map.of("a.bias", new Shape(2)), 1, List.of()));
        refuses(
                criteria("squeezenet1_1", weights).build(),
                weights,
                "squeezenet1_1",
                "; 1 unexpected: a.bias");
    }

    @Test
    void loadsACheckpointOfAnotherPublisher() throws Exception {
        Path theirs = folder.resolve("theirs.safetensors");
        Path ours = TestModels.weights(folder.resolve("ours.safetensors"), 3);
        try (Formula formula =
                        new Formula(
                                shapes(TestModels.NAME, TestModels.OPTIONS),
                                3,
                                List.of(new Formula.ScaleRule(".conv.3.weight", 0.5)));
                RenamedSource renamed = new RenamedSource(formula, CheckpointFitTest::toDLi14)) {
            TestModels.write(renamed, theirs);
        }
        assertThat(answer(theirs)).isEqualTo(answer(ours));
    }

    private static float[] answer(Path weights) throws Exception {
        try (ZooModel<NDList, NDList> model =
                TestModels.logits(Engines.PYTORCH)
                        .optArgument("weightsFile", weights)
                        .build()
                        .loadModel()) {
            return TestModels.answer(model);
        }
    }

    @Test
    void loadsAWeightsFileOfDarknet() throws Exception {
        Formula formula = new Formula(shapes("darknet19", TEN), 1, List.of());
        Path safetensors = write(formula);
        Path darknet = folder.resolve("darknet19.weights");
        Files.write(darknet, DarknetWriter.file(formula));
        float[] expected;
        try (ZooModel<NDList, NDList> model =
                criteria("darknet19", safetensors)
                        .optArgument("classes", "10")
                        .build()
                        .loadModel()) {
            expected = TestModels.answer(model);
        }
        try (ZooModel<NDList, NDList> model =
                criteria("darknet19", darknet).optArgument("classes", "10").build().loadModel()) {
            assertThat(TestModels.answer(model)).isEqualTo(expected);
        }
    }

    private static Map<String, Shape> prefixed(String prefix, Map<String, Shape> shapes) {
        Map<String, Shape> all = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> all.put(prefix + name, shape));
        return all;
    }

    @Test
    void recognisesANetworkBehindAPrefix() throws Exception {
        Map<String, Shape> theirs = prefixed("model.", shapes("squeezenet1_1", TEN));
        assertThat(fit(theirs).networks()).containsExactly("squeezenet1_1 with 10 classes");
        Path weights = write(new Formula(theirs, 1, List.of()));
        refuses(
                criteria("mobilenet_v2", weights).build(),
                weights,
                "mobilenet_v2",
                "; it fits squeezenet1_1 with 10 classes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"module.", "_orig_mod.", "model.", "net.", "timm_model.", "a.b.c."})
    void loadsTensorsBehindAPrefix(String prefix) throws Exception {
        List<Formula.ScaleRule> damping = List.of(new Formula.ScaleRule(".conv.3.weight", 0.5));
        Path ours = TestModels.weights(folder.resolve("ours.safetensors"), 3);
        Path theirs = folder.resolve("theirs.safetensors");
        try (Formula formula =
                        new Formula(shapes(TestModels.NAME, TestModels.OPTIONS), 3, damping);
                RenamedSource renamed =
                        new RenamedSource(formula, name -> prefix + toDLi14(name))) {
            TestModels.write(renamed, theirs);
        }
        assertThat(answer(theirs)).isEqualTo(answer(ours));
    }

    @Test
    void saysThatTwoNetworksAreThere() throws Exception {
        Map<String, Shape> two = prefixed("student.", shapes("squeezenet1_1", TEN));
        two.putAll(prefixed("teacher.", shapes("squeezenet1_1", TEN)));
        Path weights = write(new Formula(two, 1, List.of()));
        assertThatThrownBy(() -> criteria("squeezenet1_1", weights).build().loadModel())
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(
                        weights
                                + ": it holds 2 networks that fit; save one of them alone: student.,"
                                + " teacher.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "classifier.4"})
    void saysHowToAskForAFreshClassifierWhereAllElseFits(String other) throws Exception {
        Map<String, Shape> shapes = shapes("squeezenet1_1", TEN);
        shapes.remove("classifier.1.weight");
        shapes.remove("classifier.1.bias");
        if (other.startsWith("classifier")) {
            shapes.put(other + ".weight", new Shape(10, 64));
        }
        Path weights = write(new Formula(prefixed("net.", shapes), 1, List.of()));
        refuses(
                criteria("squeezenet1_1", weights).build(),
                weights,
                "squeezenet1_1",
                "; all but the classifier fits: ask for a fresh one (--fresh-head of import and"
                        + " train, or optArgument(\"skipHead\", \"true\"))");
        try (ZooModel<NDList, NDList> model =
                criteria("squeezenet1_1", weights)
                        .optArgument("skipHead", "true")
                        .build()
                        .loadModel()) {
            assertThat(TestModels.answer(model)).hasSize(1000);
        }
    }

    @Test
    void saysThatAFileIsOneOfSeveral() throws Exception {
        Map<String, Shape> half = shapes("squeezenet1_1", TEN);
        half.keySet().removeIf(name -> name.startsWith("features.9"));
        Path weights =
                TestModels.write(
                        new Formula(half, 1, List.of()),
                        folder.resolve("model-00001-of-00002.safetensors"));
        refuses(
                criteria("squeezenet1_1", weights).build(),
                weights,
                "squeezenet1_1",
                "; it is one of several files; give the .index.json that lies beside them");
    }
}
