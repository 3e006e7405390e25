package org.efficientzoo.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Look-ups with {@code optEngine("OnnxRuntime")}. */
class OnnxLookUpTest {

    private static final String RUNTIME = "OnnxRuntime";
    private static final double NOISE = 1e-4; // logits of a few units in float32

    @TempDir private Path folder;

    private TestFolders folders;
    private Path kept;
    private Path weights;
    private Path photo;

    @BeforeEach
    void writeFiles() throws IOException {
        folders = new TestFolders(folder.resolve("cache"));
        kept = folder.resolve("cache/efficientzoo/onnx");
        weights = TestModels.weights(folder.resolve("w.safetensors"), 5);
        photo = TestImages.patches(folder.resolve("photo.png"), 5);
    }

    @AfterEach
    void restore() {
        folders.close();
    }

    private float[] logits(Criteria<NDList, NDList> criteria, Shape shape) throws Exception {
        try (ZooModel<NDList, NDList> model = EfficientModelZoo.load(criteria)) {
            return TestModels.answer(model, Formula.input(shape, 2), shape);
        }
    }

    private Criteria.Builder<NDList, NDList> ours(String engine) {
        return TestModels.logits(engine).optArgument("weightsFile", weights);
    }

    private static void assertNear(float[] found, float[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat((double) found[i]).isCloseTo(expected[i], within(NOISE));
        }
    }

    private List<String> keptFiles() throws IOException {
        try (Stream<Path> files = Files.list(kept)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void givesTheLogitsOfOtherEnginesAtAnySize() throws Exception {
        for (Shape shape : List.of(TestModels.INPUT, new Shape(3, 3, 50, 81))) {
            float[] expected = logits(ours(Engines.PYTORCH).build(), shape);
            assertNear(logits(ours(RUNTIME).build(), shape), expected);
        }
        assertThat(keptFiles())
                .hasSize(1)
                .allMatch(name -> name.matches("mobilenet_v2-[0-9a-f]{16}-[0-9a-f]{64}.onnx"));
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET, RUNTIME})
    void takesAnInputWhateverItsName(String engine) throws Exception {
        try (ZooModel<NDList, NDList> model = EfficientModelZoo.load(ours(engine).build());
                Predictor<NDList, NDList> predictor = model.newPredictor();
                NDManager manager = model.getNDManager().newSubManager()) {
            NDArray x = manager.create(Formula.input(TestModels.INPUT, 2), TestModels.INPUT);
            float[] expected = predictor.predict(new NDList(x)).get(0).toFloatArray();
            x.setName("data");
            assertThat(predictor.predict(new NDList(x)).get(0).toFloatArray()).isEqualTo(expected);
            assertThat(x.getName()).isEqualTo("data");
        }
    }

    @Test
    void keepsTheFileOfEachNetworkAndMakesADamagedOneAgain() throws Exception {
        float[] expected = logits(ours(RUNTIME).build(), TestModels.INPUT);
        Path file = kept.resolve(keptFiles().get(0));
        FileTime old = FileTime.fromMillis(1_000_000_000_000L);
        Files.setLastModifiedTime(file, old);
        assertThat(logits(ours(RUNTIME).build(), TestModels.INPUT)).isEqualTo(expected);
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(old);

        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        assertThat(logits(ours(RUNTIME).build(), TestModels.INPUT)).isEqualTo(expected);
        assertThat(keptFiles()).containsExactly(file.getFileName().toString());
        assertThat(Files.readAllBytes(file)).isNotEqualTo(bytes);

        TestModels.weights(weights, 6);
        assertThat(logits(ours(RUNTIME).build(), TestModels.INPUT)).isNotEqualTo(expected);
        assertThat(keptFiles()).hasSize(2);
    }

    @Test
    void takesTheArgumentsOfALookUp() throws Exception {
        NetworkOptions options = TestModels.OPTIONS.withWidth(0.5).withClasses(7);
        TestModels.weights(weights, TestModels.NAME, options, 3);
        for (String stride : List.of("4", "1")) {
            float[][] found = new float[2][];
            for (int i = 0; i < 2; i++) {
                found[i] =
                        logits(
                                ours(i == 0 ? Engines.PYTORCH : RUNTIME)
                                        .optArgument("width", "0.5")
                                        .optArgument("classes", "7")
                                        .optArgument("stemStride", stride)
                                        .build(),
                                TestModels.INPUT);
            }
            assertNear(found[1], found[0]);
        }
        assertThat(keptFiles()).hasSize(2);
    }

    private <I> Criteria.Builder<I, Classifications> images(String engine, Class<I> type) {
        return TestModels.criteria(engine, type, Classifications.class)
                .optArgument("weightsFile", weights);
    }

    private static <I> Classifications predict(Criteria<I, Classifications> criteria, I image)
            throws Exception {
        try (ZooModel<I, Classifications> model = criteria.loadModel();
                Predictor<I, Classifications> predictor = model.newPredictor()) {
            return predictor.predict(image);
        }
    }

    @Test
    void answersImagesAsPyTorchDoes() throws Exception {
        var expected = predict(images(Engines.PYTORCH, Path.class).build(), photo);
        var ofPath = predict(images(RUNTIME, Path.class).optArgument("topK", "3").build(), photo);
        assertThat(ofPath.getClassNames()).isEqualTo(expected.getClassNames());
        for (int i = 0; i < TestModels.CLASSES; i++) {
            assertThat(ofPath.getProbabilities().get(i))
                    .isCloseTo(expected.getProbabilities().get(i), within(1e-5));
        }
        assertThat(ofPath.topK()).hasSize(3);
        Image image = ImageFactory.getInstance().fromFile(photo);
        assertThat(predict(images(RUNTIME, Image.class).build(), image).getProbabilities())
                .isEqualTo(ofPath.getProbabilities());
        try (InputStream stream = Files.newInputStream(photo)) {
            assertThat(
                            predict(images(RUNTIME, InputStream.class).build(), stream)
                                    .getProbabilities())
                    .isEqualTo(ofPath.getProbabilities());
        }
    }

    @Test
    void answersSeveralImagesAtOnceAsOneByOne() throws Exception {
        Path other = TestImages.patches(folder.resolve("other.png"), 6);
        try (ZooModel<Path, Classifications> model =
                        images(RUNTIME, Path.class).build().loadModel();
                Predictor<Path, Classifications> predictor = model.newPredictor()) {
            TestModels.assertBatchIsOneByOne(predictor, List.of(photo, other));
        }
    }

    @Test
    void keepsNothingOfNetworksWithFreshValues() throws Exception {
        var untrained =
                TestModels.logits(RUNTIME)
                        .optFilter("weights", "none")
                        .optOption("intraOpNumThreads", "1")
                        .build();
        assertThat(logits(untrained, TestModels.INPUT)).hasSize(TestModels.CLASSES);
        var fresh = ours(RUNTIME).optArgument("classes", "4").optArgument("skipHead", "true");
        assertThat(logits(fresh.build(), TestModels.INPUT)).hasSize(4);
        assertThat(kept).doesNotExist();
    }

    /** All in a process of its own, in which there is no engine but ONNX Runtime. */
    @Test
    void needsNoOtherEngine() throws Exception {
        // The jar of the command line names the engines beside it.
        String alone =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(
                                entry ->
                                        !entry.matches(
                                                ".*((pytorch|mxnet)-[^/\\\\]*|efficient-zoo)\\.jar"))
                        .collect(Collectors.joining(File.pathSeparator));
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-DDJL_CACHE_DIR=" + folder.resolve("cache"),
                                "-DOPT_OUT_TRACKING=true",
                                "-cp",
                                alone,
                                OnnxAloneMain.class.getName(),
                                weights.toString(),
                                photo.toString())
                        .redirectErrorStream(true)
                        .start();
        List<String> lines = process.inputReader().lines().toList();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        Map<String, String> said =
                lines.stream()
                        .filter(line -> line.contains(" = "))
                        .map(line -> line.split(" = ", 2))
                        .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
        assertThat(said.get("engines"))
                .as("engines, of what was printed: %s", lines)
                .contains("OnnxRuntime")
                .doesNotContain("PyTorch", "MXNet");
        List<Double> expected =
                predict(images(Engines.PYTORCH, Path.class).build(), photo).getProbabilities();
        String[] shares = said.get("shares").split(",", -1);
        assertThat(shares).hasSize(TestModels.CLASSES);
        IntStream.range(0, shares.length)
                .forEach(
                        i ->
                                assertThat(Double.parseDouble(shares[i]))
                                        .isCloseTo(expected.get(i), within(1e-5)));
        assertThat(keptFiles()).hasSize(1);
        logits(ours(RUNTIME).build(), TestModels.INPUT);
        assertThat(keptFiles()).as("with the one that PyTorch was compared with").hasSize(2);
        assertThat(said.get("untrained"))
                .isEqualTo(
                        "fresh values of a network come from PyTorch or MXNet, found neither on the class path");
        assertThat(said.get("other"))
                .isEqualTo("the engine PyTorch is not on the class path; there is OnnxRuntime");
    }
}
