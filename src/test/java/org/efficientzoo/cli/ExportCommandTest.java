package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDList;
import ai.djl.repository.zoo.ZooModel;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.efficientzoo.Slow;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.cli.Shell.Result;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.reference.Formula.ScaleRule;
import org.efficientzoo.zoo.TestModels;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.weights.Precision;
import org.efficientzoo.zoo.weights.SafetensorsFile;
import org.efficientzoo.zoo.weights.SafetensorsFileWriter;
import org.efficientzoo.zoo.weights.TensorSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Slow
class ExportCommandTest {

    @TempDir private Path work;
    @TempDir private Path folder;

    private Path weights;
    private Path file;

    @BeforeEach
    void writeWeights() throws IOException {
        weights = TestModels.weights(work.resolve("w.safetensors"), 1);
        file = folder.resolve("out.safetensors");
    }

    /** Exports the small network. */
    private Result export(Path from, String format, Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("export", "--format", format));
        arguments.addAll(List.of("--model", TestModels.NAME, "--width", TestModels.WIDTH));
        arguments.addAll(List.of("--weights-file", from));
        if (!List.of(more).contains("--classes-file")) {
            arguments.addAll(List.of("--classes", TestModels.CLASSES));
        }
        arguments.addAll(List.of(more));
        return Shell.run(arguments.toArray());
    }

    private static JsonObject header(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        String json = new String(bytes, 8, length, StandardCharsets.UTF_8);
        return JsonParser.parseString(json).getAsJsonObject();
    }

    private static Map<String, String> metadata(Path file) throws IOException {
        return header(file).getAsJsonObject("__metadata__").asMap().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().getAsString()));
    }

    private static float[] logits(Path file) throws Exception {
        try (ZooModel<NDList, NDList> model =
                TestModels.logits(Engines.PYTORCH)
                        .optArgument("weightsFile", file)
                        .build()
                        .loadModel()) {
            return TestModels.answer(model);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void writesAFileThatLoads(String engine) throws Exception {
        JsonObject document =
                export(weights, "safetensors", "--engine", engine, "--json", file)
                        .json()
                        .getAsJsonObject();
        assertThat(document.keySet()).containsExactly("path", "sha256", "max_abs_difference");
        assertThat(document.get("path").getAsString()).isEqualTo(file.toString());
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        assertThat(document.get("sha256").getAsString()).isEqualTo(HexFormat.of().formatHex(hash));
        assertThat(document.get("max_abs_difference").getAsDouble()).isZero();
        assertThat(logits(file)).isEqualTo(logits(weights));
        assertThat(folder.toFile().list()).containsExactly("out.safetensors");
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void writesAFileOfPyTorchThatLoads(String engine) throws Exception {
        Path state = folder.resolve("out.pth");
        JsonObject document =
                export(weights, "pth", "--engine", engine, "--json", state)
                        .json()
                        .getAsJsonObject();
        assertThat(document.get("max_abs_difference").getAsDouble()).isZero();
        assertThat(logits(state)).isEqualTo(logits(weights));
        assertThat(export(state, "pth", "--half", folder.resolve("half.pth")).status()).isZero();
    }

    /** What a checkpoint says of itself goes on to the file that is made of it. */
    @Test
    void handsOnWhatTheFileSaysOfItself() throws IOException {
        Map<String, String> before =
                Map.of("source", "a friend", "license", "BSD-2-Clause", "classes", "10");
        Path described = work.resolve("described.safetensors");
        try (TensorSource source = SafetensorsFile.open(weights)) {
            new SafetensorsFileWriter(Precision.FLOAT32, before).write(source, described);
        }
        export(described, "safetensors", file);
        assertThat(metadata(file))
                .containsEntry("source", "a friend")
                .containsEntry("license", "BSD-2-Clause");
        Path again = folder.resolve("again.safetensors");
        export(file, "safetensors", again);
        assertThat(again).hasSameBinaryContentAs(file);
    }

    @Test
    void writesTheSameBytesOnBothEngines() {
        Path other = folder.resolve("other.safetensors");
        export(weights, "safetensors", file);
        export(weights, "safetensors", "--engine", "MXNet", other);
        assertThat(file).hasSameBinaryContentAs(other);
    }

    @Test
    void saysOfTheFileWhatItPrints() {
        Result result = export(weights, "safetensors", file);
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        assertThat(result.out().lines().toList())
                .satisfiesExactly(
                        line ->
                                assertThat(line)
                                        .matches(".*out.safetensors, safetensors, \\d+ bytes"),
                        line -> assertThat(line).matches("sha256      [0-9a-f]{64}"),
                        line -> assertThat(line).isEqualTo("difference  0.00"));
    }

    @Test
    void describesTheModelWithTheArgumentsOfALookUp() throws IOException {
        export(weights, "safetensors", file);
        Map<String, String> metadata = metadata(file);
        assertThat(metadata.remove("producer")).startsWith("efficient-zoo ");
        assertThat(metadata)
                .isEqualTo(
                        Map.of(
                                "format", "pt",
                                "network", TestModels.NAME,
                                "classes", "10",
                                "width", "0.25",
                                "resize", "256",
                                "crop", "224",
                                "interpolation", "bilinear",
                                "mean", "0.485,0.456,0.406",
                                "std", "0.229,0.224,0.225",
                                "source", "w.safetensors"));
    }

    @Test
    void writesTheNamesOfTheClassesThatItIsGiven() throws IOException {
        Path list = Files.writeString(work.resolve("list"), "a\tA, a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n");
        export(weights, "safetensors", "--classes-file", list, file);
        assertThat(metadata(file))
                .containsEntry(
                        "classNames",
                        "[\"a\\tA, a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\"]")
                .containsEntry("classes", "10");
    }

    @Test
    void exportsAnUntrainedNetwork() throws IOException {
        Shell.run(
                        "export",
                        "--model",
                        "squeezenet1_1",
                        "--weights",
                        "none",
                        "--format",
                        "SAFETENSORS",
                        "--json",
                        file)
                .json();
        assertThat(metadata(file)).containsEntry("source", "untrained");
    }

    @Test
    void storesHalvesInHalfTheSize() throws Exception {
        export(weights, "safetensors", file);
        Path half = folder.resolve("half.safetensors");
        JsonObject document =
                export(weights, "safetensors", "--half", "--json", half).json().getAsJsonObject();
        float largest = 0;
        for (float logit : logits(weights)) {
            largest = Math.max(largest, Math.abs(logit));
        }
        // the rounding of a value is 2^-11 of it at most; 52 layers do not add up to 2 percent
        assertThat(document.get("max_abs_difference").getAsDouble())
                .isPositive()
                .isLessThan(0.02 * largest);
        assertThat(Files.size(half)).isLessThan(Files.size(file) * 6 / 10);
        assertThat(header(half).asMap().values())
                .extracting(JsonElement::getAsJsonObject)
                .filteredOn(entry -> entry.has("dtype"))
                .extracting(entry -> entry.get("dtype").getAsString())
                .containsOnly("F16", "I64");
    }

    @Test
    void namesTheTensorThatHalvesCannotHold() throws IOException {
        var shapes =
                ParameterShapes.of(
                        Networks.get(TestModels.NAME).build(TestModels.OPTIONS), TestModels.INPUT);
        var huge = List.of(new ScaleRule("classifier.1.bias", 1e7));
        try (Formula formula = new Formula(shapes, 1, huge)) {
            new SafetensorsFileWriter(Precision.FLOAT32, Map.of()).write(formula, weights);
        }
        Result result = export(weights, "safetensors", "--half", file);
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err())
                .startsWith(
                        "efficient-zoo: the values of the tensor classifier.1.bias must be within 65504.0")
                .hasLineCount(1);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void replacesAFileOnlyWhereItIsForcedTo() throws IOException {
        Files.writeString(file, "old");
        export(weights, "safetensors", file).failed(file + " exists already; --force replaces it");
        assertThat(file).hasContent("old");
        export(weights, "safetensors", "--force", "--json", file).json();
        assertThat(metadata(file)).containsEntry("network", TestModels.NAME);
    }

    @Test
    void keepsAFileThatItFailsToReplace() throws IOException {
        Files.writeString(file, "old");
        Result result = export(work.resolve("missing"), "safetensors", "--force", file);
        assertThat(result.status()).isEqualTo(1);
        assertThat(file).hasContent("old");
        assertThat(folder.toFile().list()).containsExactly("out.safetensors");
    }

    @Test
    void failsWhereThereCanBeNoFile() throws IOException {
        export(weights, "safetensors", folder)
                .failed(folder + " is a directory; name a file in it");
        export(weights, "safetensors", "--force", folder)
                .failed(folder + " is a directory; name a file in it");
        export(weights, "safetensors", folder.resolve("a/b"))
                .failed("there is no folder %s; create it first".formatted(folder.resolve("a")));
        Files.writeString(file, "old");
        export(weights, "safetensors", file.resolve("b"))
                .failed(file + " is no folder; name another place");
    }

    @ParameterizedTest
    @ValueSource(strings = {"safetensors", "pth", "torchscript", "onnx"})
    void failsInAFolderThatTakesNoFiles(String format) {
        Path system = Path.of("/proc/self/out"); // even for the superuser
        boolean linux = Files.isDirectory(system.getParent());
        if (!linux) {
            System.out.println("Skipped: only Linux has a folder that nobody can write in");
        }
        assumeThat(linux).isTrue();
        for (Object[] more : new Object[][] {{system}, {"--force", system}}) {
            Result result = export(weights, format, more);
            assertThat(result.status()).isEqualTo(1);
            assertThat(result.err())
                    .startsWith("efficient-zoo: cannot write in the folder /proc/")
                    .endsWith("; name another place" + System.lineSeparator())
                    .hasLineCount(1);
            assertThat(result.out()).isEmpty();
        }
    }

    /** It is the folder that says who may put a file there, whatever the format. */
    @ParameterizedTest
    @ValueSource(strings = {"safetensors", "pth", "torchscript", "onnx"})
    void replacesAFileBehindALink(String format) throws IOException {
        boolean links = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        if (!links) {
            System.out.println("Skipped: this system may not let a test make links");
        }
        assumeThat(links).isTrue();
        Path old = Files.writeString(work.resolve("old"), "old");
        Files.createSymbolicLink(file, old);
        export(weights, format, "--force", "--json", file).json();
        assertThat(file).isSymbolicLink();
        assertThat(Files.size(old)).isGreaterThan(100_000);
        assertThat(folder.toFile().list()).containsExactly("out.safetensors");
    }

    @ParameterizedTest
    @CsvSource({"safetensor", "onnxx", "''"})
    void listsTheFormatsThereAre(String format) {
        Result result = export(weights, format, file);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err().lines().findFirst().orElseThrow())
                .endsWith(
                        "unknown format %s; there is safetensors, pth, torchscript, onnx"
                                .formatted(format));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void keepsOnlyWhatGivesTheSameLogits() throws MalformedModelException {
        float nan = Float.NaN;
        float infinity = Float.POSITIVE_INFINITY;
        float[] some = {1, -2, nan, infinity, 0};
        assertThat(CheckpointExport.difference(some, some.clone(), false)).isZero();
        assertThat(
                        CheckpointExport.difference(
                                some, new float[] {1, -2, nan, infinity, -0f}, false))
                .isZero();
        float[] near = {1, -2.25f, nan, infinity, 0};
        assertThat(CheckpointExport.difference(some, near, true)).isEqualTo(0.25);
        assertThatThrownBy(() -> CheckpointExport.difference(some, near, false))
                .isInstanceOf(MalformedModelException.class)
                .hasMessage("its logits must differ by 0, found 0.25");
        for (float[] far : List.of(new float[] {nan}, new float[] {infinity})) {
            assertThatThrownBy(() -> CheckpointExport.difference(new float[] {1}, far, true))
                    .isInstanceOf(MalformedModelException.class)
                    .hasMessageStartingWith("its logits must differ by a finite number, found ");
        }
    }
}
