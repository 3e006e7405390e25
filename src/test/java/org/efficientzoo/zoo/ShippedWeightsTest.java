package org.efficientzoo.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import ai.djl.modality.Classifications;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.zoo.file.Sha256;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.weights.SafetensorsFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights that ship inside the zoo's jar. */
class ShippedWeightsTest {

    private static final String FOLDER =
            "org/efficientzoo/models/model/cv/image_classification/org/efficientzoo/mobilenet_v2/";

    @TempDir private static Path root;
    @TempDir private static Path jars;

    private static ShippedTree folder;
    private static ShippedTree jar;

    @TempDir private Path cache;
    private TestFolders folders;

    @BeforeAll
    static void ship() throws Exception {
        folder = ShippedTree.of(root);
        folder.ship("good", 1, 80);
        folder.ship("best", 2, 90);
        folder.ship("first", 3, 70);
        jar = folder.packed(jars.resolve("zoo.jar"));
    }

    @AfterAll
    static void close() throws IOException {
        jar.close();
        folder.close();
    }

    @BeforeEach
    void fetchNothing() {
        folders = new TestFolders(cache).set("efficientzoo.offline", "true");
    }

    @AfterEach
    void restore() {
        folders.close();
    }

    private static <O> Criteria.Builder<NDList, O> criteria(Class<O> output) {
        return Criteria.builder()
                .setTypes(NDList.class, output)
                .optModelZoo(new EfficientModelZoo(jar.repository()))
                .optArtifactId(TestModels.NAME)
                .optEngine(Engines.PYTORCH);
    }

    private static Criteria.Builder<NDList, NDList> logits() {
        return criteria(NDList.class);
    }

    private static float[] answer(Criteria.Builder<NDList, NDList> criteria) throws Exception {
        try (ZooModel<NDList, NDList> model = criteria.build().loadModel()) {
            return TestModels.answer(model);
        }
    }

    private static Weights choose(Map<String, String> filters) throws ModelNotFoundException {
        var network = Networks.get(TestModels.NAME);
        List<Weights> all = Weights.of(network, jar.repository());
        return new WeightsChoice(network, all, filters, Map.of()).choose();
    }

    @ParameterizedTest
    @CsvSource({"PyTorch, false", "PyTorch, true", "MXNet, false", "MXNet, true"})
    void areReadWhereTheyAre(String engine, boolean packed) throws Exception {
        Path file = root.resolve(FOLDER + "0.1.0/cifar10-good.safetensors");
        float[] expected = answer(TestModels.logits(engine).optArgument("weightsFile", file));
        ClassPathRepository repository = (packed ? jar : folder).repository();
        assertThat(
                        answer(
                                logits().optModelZoo(new EfficientModelZoo(repository))
                                        .optEngine(engine)
                                        .optFilter("weights", "good")))
                .hasSize(TestModels.CLASSES)
                .isEqualTo(expected);
        assertThat(answer(logits().optEngine(engine).optFilter("dataset", "cifar10")))
                .isNotEqualTo(expected);
        assertThat(cache).as("what is left behind").isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void areHalvesInTheJarAndFloat32InTheNetwork(String engine) throws Exception {
        Path original = TestModels.weights(cache.resolve("w.safetensors"), 1);
        float halfUlp = 0x1p-11f; // of a significand of 11 bits
        try (SafetensorsFile exact = SafetensorsFile.open(original);
                ZooModel<NDList, NDList> model =
                        logits().optEngine(engine)
                                .optFilter("weights", "good")
                                .build()
                                .loadModel()) {
            boolean rounded = false;
            Map<String, Parameter> parameters = BlockNames.parameters(model.getBlock());
            assertThat(parameters).isNotEmpty();
            for (Map.Entry<String, Parameter> entry : parameters.entrySet()) {
                NDArray array = entry.getValue().getArray();
                assertThat(array.getDataType()).isEqualTo(DataType.FLOAT32);
                float[] values = array.toFloatArray();
                FloatBuffer originals = exact.read(entry.getKey());
                assertThat(values).hasSize(originals.limit());
                for (int i = 0; i < values.length; i++) {
                    float before = originals.get(i);
                    float error = Math.abs(values[i] - before);
                    if (error > halfUlp * Math.abs(before) + 3e-8f) { // subnormal halves
                        fail("%s: %s became %s", entry.getKey(), before, values[i]);
                    }
                    rounded |= values[i] != before;
                }
            }
            assertThat(rounded).isTrue();
        }
    }

    @Test
    void areChosenByTheirDataSetOrTag() throws Exception {
        assertThat(choose(Map.of("dataset", "cifar10")).tag()).isEqualTo("best");
        assertThat(choose(Map.of("weights", "first")).facts().top1()).contains(70.0);
        assertThat(choose(Map.of("weights", "good", "dataset", "cifar10")).tag()).isEqualTo("good");
        assertThat(choose(Map.of()).dataset()).isEqualTo("imagenet");
        assertThat(choose(Map.of("dataset", "imagenet")).tag()).isEqualTo("imagenet1k_v2");
    }

    @Test
    void areFoundByTheirDataSetWhereNoNetworkIsNamed() throws Exception {
        Criteria<NDList, NDList> criteria =
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optModelZoo(new EfficientModelZoo(folder.repository()))
                        .optFilter("dataset", "cifar10")
                        .optEngine(Engines.PYTORCH)
                        .build();
        try (ZooModel<NDList, NDList> model = criteria.loadModel()) {
            assertThat(model.getName()).isEqualTo(TestModels.NAME);
            assertThat(model.getProperty("weights")).isEqualTo("best");
        }
    }

    @Test
    void bringTheirClassesAndPreprocessing() throws Exception {
        for (var criteria :
                List.of(
                        logits().optFilter("dataset", "cifar10"),
                        logits().optFilter("dataset", "cifar10").optArgument("classes", 10))) {
            try (ZooModel<NDList, NDList> model = criteria.build().loadModel()) {
                assertThat(EfficientModelZoo.transform(model).cropWidth()).isEqualTo(64);
                assertThat(EfficientModelZoo.classNames(model)).isEqualTo(ClassNames.cifar10());
                assertThat(model.getProperty("license")).isEqualTo("Apache-2.0");
            }
        }
        try (ZooModel<NDList, NDList> model =
                logits().optFilter("dataset", "cifar10")
                        .optArgument("skipHead", "true")
                        .optArgument("classes", "10")
                        .build()
                        .loadModel()) {
            assertThat(EfficientModelZoo.classNames(model)).isEqualTo(ClassNames.numbered(10));
        }
        try (ZooModel<NDList, NDList> model =
                logits().optFilter("dataset", "cifar10")
                        .optArgument("skipHead", "false")
                        .optArgument("classes", "10")
                        .build()
                        .loadModel()) {
            assertThat(EfficientModelZoo.classNames(model)).isEqualTo(ClassNames.cifar10());
        }
    }

    @Test
    void needNoDownload() throws Exception {
        Criteria<NDList, NDList> criteria = logits().optFilter("dataset", "cifar10").build();
        assertThat(criteria.isDownloaded()).isTrue();
        criteria.downloadModel();
        assertThat(cache).isEmptyDirectory();
        assertThat(logits().optFilter("dataset", "imagenet").build().isDownloaded()).isFalse();
    }

    @Test
    void areListedForDjl() throws Exception {
        assertThat(jar.repository().mrl(TestModels.NAME).listArtifacts())
                .filteredOn(artifact -> artifact.getProperties().get("dataset").equals("cifar10"))
                .extracting(artifact -> artifact.getProperties().get("weights"))
                .containsExactly("good", "best", "first");
    }

    @Test
    void saysWhichDataSetsThereAre() {
        assertThatThrownBy(() -> choose(Map.of("dataset", "cifar100")))
                .isInstanceOf(ModelNotFoundException.class)
                .hasMessage(
                        "mobilenet_v2 has no dataset=cifar100; there is dataset=cifar10 and"
                                + " dataset=imagenet");
        assertThatThrownBy(
                        () ->
                                criteria(Classifications.class)
                                        .optFilter("dataset", "cifar10")
                                        .optArtifactId("resnet50")
                                        .build()
                                        .loadModel())
                .rootCause()
                .hasMessage("resnet50 has no dataset=cifar10; there is dataset=imagenet");
    }

    @Test
    void giveWayToImportedOnesOfTheirTagAlone() throws Exception {
        Path values = TestModels.weights(cache.resolve("w.safetensors"), 9);
        ShippedTree.adding("mine", Optional.empty(), 99, List.of()).run(values);
        assertThat(choose(Map.of("dataset", "cifar10")).tag()).isEqualTo("best");
        assertThat(choose(Map.of("weights", "mine")).isImported()).isTrue();
        ShippedTree.adding("best", Optional.empty(), 95, List.of()).run(values);
        assertThat(choose(Map.of("weights", "best")).isImported()).isTrue();
        assertThat(choose(Map.of("dataset", "cifar10")).tag()).isEqualTo("good");
        assertThat(choose(Map.of()).dataset()).isEqualTo("imagenet");
    }

    @Test
    void importedOnesAreChosenByTheirDataSetWhereNoneShip() throws Exception {
        Path values = TestModels.weights(cache.resolve("w.safetensors"), 9);
        ShippedTree.adding("worse", Optional.empty(), 98, List.of()).run(values);
        ShippedTree.adding("mine", Optional.empty(), 99, List.of()).run(values);
        ShippedTree.adding("worst", Optional.empty(), 97, List.of()).run(values);
        var network = Networks.get(TestModels.NAME);
        try (ShippedTree empty = ShippedTree.of(cache.resolve("empty"))) {
            List<Weights> all = Weights.of(network, empty.repository());
            Map<String, String> filters = Map.of("dataset", "cifar10");
            assertThat(new WeightsChoice(network, all, filters, Map.of()).choose().tag())
                    .isEqualTo("mine");
        }
    }

    @ParameterizedTest
    @CsvSource({"0, found %d bytes of", "-1, found %d bytes of", "1, found %d bytes or more of"})
    void areRefusedWhenDamaged(int more, String found) throws Exception {
        try (ShippedTree tree = ShippedTree.of(cache.resolve("tree"))) {
            CheckpointImport.Result result = tree.ship("good", 1, 80);
            byte[] bytes = Files.readAllBytes(result.path());
            byte[] damaged = Arrays.copyOf(bytes, bytes.length + more);
            if (more == 0) {
                damaged[damaged.length - 100] ^= 1;
            }
            Files.write(result.path(), damaged);
            var criteria =
                    logits().optModelZoo(new EfficientModelZoo(tree.repository()))
                            .optFilter("weights", "good");
            String message =
                    "the resource /%s0.1.0/cifar10-good.safetensors of the jar must have %d bytes of the SHA-256 %s, %s %s; get the jar anew"
                            .formatted(
                                    FOLDER,
                                    bytes.length,
                                    result.sha256(),
                                    found.formatted(damaged.length),
                                    Sha256.of(damaged));
            assertThatThrownBy(() -> answer(criteria))
                    .isInstanceOf(IOException.class)
                    .hasMessage(message);
        }
    }

    /** In an application server the zoo has a class loader that its caller does not know. */
    @Test
    void areReadWithTheClassLoaderOfTheZoo() throws Exception {
        List<URL> urls = new ArrayList<>(List.of(jars.resolve("zoo.jar").toUri().toURL()));
        List<String> entries =
                List.of(System.getProperty("java.class.path").split(File.pathSeparator, -1));
        for (String entry : entries) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        try (URLClassLoader nested =
                new URLClassLoader(
                        urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Method tensors =
                    nested.loadClass(Probe.class.getName())
                            .getDeclaredMethod("tensors", String.class);
            tensors.setAccessible(true);
            assertThat((Integer) tensors.invoke(null, "good")).isGreaterThan(100);
        }
        assertThatThrownBy(() -> Probe.tensors("good")).hasMessage("No value present");
    }

    /** What is loaded once more by a class loader of its own. */
    static final class Probe {
        private Probe() {}

        static int tensors(String tag) throws IOException {
            Weights shipped =
                    Weights.of(Networks.get("mobilenet_v2")).stream()
                            .filter(weights -> weights.tag().equals(tag))
                            .findFirst()
                            .orElseThrow();
            try (SafetensorsFile file = new ClassPathRepository().read(shipped)) {
                return file.tensors().size();
            }
        }
    }
}
