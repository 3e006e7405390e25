package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoopTranslator;
import ai.onnx.proto.OnnxMl;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.efficientzoo.cli.Shell.Result;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.zoo.TestModels;
import org.efficientzoo.zoo.file.Sha256;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code export --format onnx} and {@code torchscript}: a network, not only its weights. */
class ExportNetworkTest {

    private static final String RUNTIME = "OnnxRuntime";
    private static final Shape INPUT = new Shape(1, 3, 224, 224);

    @TempDir private Path work;
    @TempDir private Path folder;

    private Path weights;

    @BeforeEach
    void writeWeights() throws IOException {
        weights = TestModels.weights(work.resolve("w.safetensors"), 1);
    }

    private Result export(String format, Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("export", "--format", format));
        arguments.addAll(List.of("--model", TestModels.NAME, "--width", TestModels.WIDTH));
        arguments.addAll(List.of("--weights-file", weights, "--classes", TestModels.CLASSES));
        arguments.addAll(List.of(more));
        return Shell.run(arguments.toArray());
    }

    private static float[] input() {
        return Formula.input(INPUT, 4);
    }

    /** What the network of the zoo says. */
    private float[] expected() throws Exception {
        return expected(input(), INPUT);
    }

    private float[] expected(float[] values, Shape shape) throws Exception {
        try (ZooModel<NDList, NDList> model =
                TestModels.logits(Engines.PYTORCH)
                        .optArgument("weightsFile", weights)
                        .build()
                        .loadModel()) {
            return TestModels.answer(model, values, shape);
        }
    }

    private static float[] run(String engine, Path file) throws Exception {
        try (Model model = Model.newInstance("exported", engine);
                NDArray x = model.getNDManager().create(input(), INPUT)) {
            return run(model, file, x);
        }
    }

    private static float[] run(Model model, Path file, NDArray x) throws Exception {
        model.load(file);
        try (Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator());
                NDList output = predictor.predict(new NDList(x))) {
            return output.singletonOrThrow().toFloatArray();
        }
    }

    private static void assertNear(float[] found, float[] expected, double tolerance) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat((double) found[i]).isCloseTo(expected[i], within(tolerance));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "onnx, PyTorch, OnnxRuntime, --fold",
        "onnx, MXNet, OnnxRuntime, --no-fold",
        "torchscript, PyTorch, PyTorch, --fold",
        "torchscript, MXNet, PyTorch, --no-fold"
    })
    void writesANetworkThatOthersRun(String format, String engine, String reader, String fold)
            throws Exception {
        Path file = folder.resolve("out");
        JsonObject document =
                export(format, "--engine", engine, fold, "--json", file).json().getAsJsonObject();
        assertThat(document.keySet())
                .containsExactly("path", "sha256", "max_abs_difference", "max_difference_in_std");
        assertThat(document.get("path").getAsString()).isEqualTo(file.toString());
        assertThat(document.get("sha256").getAsString()).isEqualTo(Sha256.of(file));
        assertThat(document.get("max_abs_difference").getAsDouble()).isBetween(0.0, 1e-4);
        assertThat(document.get("max_difference_in_std").getAsDouble()).isBetween(0.0, 1e-4);
        assertThat(folder.toFile().list()).containsExactly("out");
        assertNear(run(reader, file), expected(), 1e-4); // logits of a few units in float32
    }

    @ParameterizedTest
    @ValueSource(strings = {"onnx", "torchscript"})
    void writesANetworkOfOneClass(String format) {
        Path file = folder.resolve("out");
        Object[] one = {"--model", TestModels.NAME, "--width", TestModels.WIDTH, "--classes", 1};
        List<Object> arguments = new ArrayList<>(List.of("export", "--format", format));
        arguments.addAll(List.of(one));
        arguments.addAll(List.of("--weights", "none", "--json", file));
        JsonObject document = Shell.run(arguments.toArray()).json().getAsJsonObject();
        assertThat(document.get("max_difference_in_std").getAsDouble()).isBetween(0.0, 1e-4);
        assertThat(file).exists();
    }

    @Test
    void foldsBatchNormsUnlessToldNotTo() throws IOException {
        for (String format : List.of("onnx", "torchscript")) {
            Path folded = folder.resolve("folded." + format);
            Path kept = folder.resolve("kept." + format);
            export(format, folded);
            export(format, "--no-fold", kept);
            assertThat(Files.size(folded)).isLessThan(Files.size(kept));
        }
    }

    @Test
    void writesProbabilitiesOfPixelsWhereThatIsAskedFor() throws Exception {
        Path file = folder.resolve("out.onnx");
        export("onnx", "--softmax", "--pixel-input", "--half", "--dynamic-size", "--json", file)
                .json();
        Shape shape = new Shape(1, 65, 40, 3);
        byte[] pixels = new byte[(int) shape.size()];
        float[] planes = new float[pixels.length];
        double[] mean = {0.485, 0.456, 0.406};
        double[] std = {0.229, 0.224, 0.225};
        for (int i = 0; i < pixels.length; i++) {
            int value = i * 37 % 251;
            pixels[i] = (byte) value;
            int plane = i % 3;
            planes[plane * 65 * 40 + i / 3] = (float) ((value / 255.0 - mean[plane]) / std[plane]);
        }
        float[] logits = expected(planes, new Shape(1, 3, 65, 40));
        try (Model model = Model.newInstance("exported", RUNTIME);
                NDArray x =
                        model.getNDManager()
                                .create(ByteBuffer.wrap(pixels), shape, DataType.UINT8)) {
            float[] found = run(model, file, x);
            assertThat(found).hasSameSizeAs(logits);
            for (int c = 0; c < found.length; c++) {
                double sum = 0;
                for (float logit : logits) {
                    sum += Math.exp((double) logit - logits[c]);
                }
                assertThat(found[c] * sum).isCloseTo(1, within(0.01)); // weights of 11 bits
            }
        }
    }

    @Test
    void writesTheWeightsBesideTheGraphWhereThatIsAskedFor() throws Exception {
        Path file = folder.resolve("out.onnx");
        Path data = folder.resolve("out.onnx.data");
        JsonObject document =
                export("onnx", "--external-weights", "--json", file).json().getAsJsonObject();
        assertThat(document.get("data").getAsString()).isEqualTo(data.toString());
        assertThat(Files.size(data)).isGreaterThan(Files.size(file));
        assertNear(run(RUNTIME, file), expected(), 1e-4);
        Files.delete(file);
        export("onnx", "--external-weights", file)
                .failed(data + " exists already; --force replaces it");
        assertThat(file).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"onnx", "torchscript"})
    void tellsWhatItWrote(String format) {
        Path file = folder.resolve("out");
        Result result = export(format, file);
        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines().toList())
                .satisfiesExactly(
                        line -> assertThat(line).matches(".*out, " + format + ", \\d+ bytes"),
                        line -> assertThat(line).matches("sha256      [0-9a-f]{64}"),
                        line ->
                                assertThat(line)
                                        .matches(
                                                "difference  \\S+ \\(\\S+ standard deviations\\)"));
    }

    @Test
    void needsAnEngineThatHasBlocks() {
        export("onnx", "--engine", "onnxruntime", folder.resolve("out"))
                .failed("export needs the engine PyTorch or MXNet, found onnxruntime");
    }

    @ParameterizedTest
    @CsvSource({
        "torchscript, --half, safetensors and pth and onnx",
        "torchscript, --softmax, onnx",
        "pth, --no-fold, torchscript and onnx",
        "safetensors, --external-weights, onnx"
    })
    void refusesOptionsOfOtherFormats(String format, String option, String formats) {
        Result result = export(format, option, folder.resolve("out"));
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err().lines().findFirst().orElseThrow())
                .isEqualTo(
                        "efficient-zoo: %s is for %s, found the format %s"
                                .formatted(option.replace("--no-", "--"), formats, format));
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"onnx", "torchscript"})
    void replacesAFileOnlyWhereItIsForcedTo(String format) throws IOException {
        Path file = Files.writeString(folder.resolve("out"), "old");
        export(format, file).failed(file + " exists already; --force replaces it");
        assertThat(file).hasContent("old");
        export(format, "--force", "--json", file).json();
        assertThat(Files.size(file)).isGreaterThan(1000);
        export(format, "--force", folder).failed(folder + " is a directory; name a file in it");
        Path nowhere = folder.resolve("a/b");
        export(format, nowhere)
                .failed("there is no folder %s; create it first".formatted(nowhere.getParent()));
    }

    @Test
    void writesTheOpsetThatIsAskedForAndSaysThatTheGraphNormalizes() throws Exception {
        Path file = folder.resolve("net.onnx");
        export("onnx", "--opset", 12, "--pixel-input", "--json", file).json();
        OnnxMl.ModelProto model;
        try (InputStream in = Files.newInputStream(file)) {
            model = OnnxMl.ModelProto.parseFrom(in);
        }
        assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(12);
        assertThat(model.getMetadataPropsList())
                .extracting(OnnxMl.StringStringEntryProto::getKey)
                .contains("normalization", "classes")
                .doesNotContain("mean", "std", "class_names");
        export("onnx", "--opset", 23, folder.resolve("new.onnx"))
                .failed("the opset must be 11 to 22, found 23");
        Result elsewhere = export("pth", "--opset", 13, folder.resolve("x.pth"));
        assertThat(elsewhere.status()).isEqualTo(2);
        assertThat(elsewhere.err())
                .startsWith("efficient-zoo: --opset is for onnx, found the format pth");
    }
}
