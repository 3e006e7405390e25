package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.efficientzoo.cli.Shell.Result;
import org.efficientzoo.reference.References;
import org.efficientzoo.zoo.TestImages;
import org.efficientzoo.zoo.TestModels;
import org.efficientzoo.zoo.image.RgbImage;
import org.efficientzoo.zoo.weights.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A network of one input channel, and other arguments of a look-up, on the command line. */
class GrayNetworkTest {

    @TempDir private Path work;
    @TempDir private Path folder;

    private Path weights;
    private Path photo;

    @BeforeEach
    void writeFiles() throws IOException {
        weights =
                TestModels.weights(
                        work.resolve("w.safetensors"),
                        TestModels.NAME,
                        TestModels.OPTIONS.withInputChannels(1),
                        1);
        photo = TestImages.patches(work.resolve("images/3/photo.png"), 5);
        TestImages.patches(work.resolve("images/4/photo.png"), 6);
    }

    private static Result run(String command, Path weights, Object... more) {
        List<Object> all = new ArrayList<>(List.of(command, "--model", TestModels.NAME));
        all.addAll(List.of("--width", TestModels.WIDTH, "--classes", TestModels.CLASSES));
        all.addAll(List.of("--weights-file", weights));
        all.addAll(List.of(more));
        return Shell.run(all.toArray());
    }

    private Result gray(String command, Object... more) {
        List<Object> all = new ArrayList<>(List.of(more));
        all.addAll(List.of("--input-channels", 1));
        return run(command, weights, all.toArray());
    }

    private static List<Double> shares(Result result) {
        JsonObject answer = References.objects(result.json()).get(0);
        return References.objects(answer.get("classes")).stream()
                .map(row -> row.get("probability").getAsDouble())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PyTorch", "MXNet", "OnnxRuntime"})
    void seesTheBrightnessOfColours(String engine) throws Exception {
        RgbImage colours = RgbImage.of(ImageIO.read(photo.toFile()));
        BufferedImage brightness =
                new BufferedImage(colours.width(), colours.height(), BufferedImage.TYPE_3BYTE_BGR);
        for (int y = 0; y < colours.height(); y++) {
            for (int x = 0; x < colours.width(); x++) {
                int gray = // Pillow's convert("L")
                        (19595 * colours.value(x, y, 0)
                                        + 38470 * colours.value(x, y, 1)
                                        + 7471 * colours.value(x, y, 2)
                                        + 32768)
                                >> 16;
                brightness.setRGB(x, y, gray * 0x10101);
            }
        }
        Path plain = work.resolve("plain.png");
        ImageIO.write(brightness, "png", plain.toFile());

        List<Double> seen = shares(gray("classify", photo, "--json", "--engine", engine));
        List<Double> expected = shares(gray("classify", plain, "--json", "--engine", engine));
        assertThat(seen).hasSize(5).isEqualTo(expected);
        Path other = TestImages.patches(work.resolve("other.png"), 9);
        assertThat(shares(gray("classify", other, "--json", "--engine", engine)))
                .isNotEqualTo(seen);
    }

    @ParameterizedTest
    @ValueSource(strings = {"safetensors", "pth", "torchscript", "onnx"})
    void goesThroughEveryFormat(String format) throws Exception {
        Path file = folder.resolve("gray." + format);
        JsonElement document = gray("export", file, "--format", format, "--json").json();
        assertThat(document.getAsJsonObject().get("max_abs_difference").getAsDouble())
                .isCloseTo(0, within(1e-4));
        if (format.equals("safetensors")) {
            try (SafetensorsFile read = SafetensorsFile.open(file)) {
                assertThat(read.metadata()).containsEntry("inputChannels", "1");
            }
            assertThat(shares(run("classify", file, photo, "--json")))
                    .isEqualTo(shares(gray("classify", photo, "--json")));
        }
    }

    @Test
    void becomesIntegersAndIsMeasured() throws Exception {
        Path images = work.resolve("images");
        Path file = folder.resolve("gray.onnx");
        Result result =
                gray(
                        "export",
                        file,
                        "--format",
                        "onnx",
                        "--int8",
                        "--calibrate",
                        images,
                        "--force-drop",
                        "--json");
        JsonObject int8 = result.json().getAsJsonObject().getAsJsonObject("int8");
        assertThat(int8.get("images").getAsInt()).isEqualTo(2);
        JsonObject evaluation = gray("evaluate", images, "--json").json().getAsJsonObject();
        assertThat(evaluation.get("images").getAsInt()).isEqualTo(2);
    }

    @Test
    void hasNoPixelsOfThreeColours() throws Exception {
        gray("export", folder.resolve("x.onnx"), "--format", "onnx", "--pixel-input")
                .failed("pixels have 3 channels, found a network whose input is (1, 1, 224, 224)");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void isNotTrained() throws Exception {
        for (String part : List.of("train", "val")) {
            TestImages.patches(folder.resolve("data/" + part + "/a/1.png"), 1);
            TestImages.patches(folder.resolve("data/" + part + "/b/1.png"), 2);
        }
        Path file = work.resolve("card.safetensors");
        gray("export", file, "--format", "safetensors", "--json").json();
        Shell.run(
                        "train",
                        folder.resolve("data"),
                        "--output",
                        folder.resolve("run"),
                        "--model",
                        TestModels.NAME,
                        "--width",
                        TestModels.WIDTH,
                        "--weights-file",
                        file,
                        "--fresh-head",
                        "--epochs",
                        1,
                        "--batch",
                        2)
                .failed("images are trained on in 3 channels, found weights of a network with 1");
    }

    @Test
    void isSummarized() {
        String text = Shell.run("summary", "squeezenet1_1", "--input-channels", 1, "--json").out();
        assertThat(text).contains("\"input\": [", "1");
        Shell.run("summary", "squeezenet1_1", "--input", "1x3x64x64", "--input-channels", 1)
                .failed("--input and --input-channels must agree, found 1x3x64x64 and 1");
    }

    @Test
    void takesOtherArgumentsOfALookUp() throws Exception {
        Path file = folder.resolve("x.safetensors");
        gray(
                        "export",
                        file,
                        "--format",
                        "safetensors",
                        "--argument",
                        "mean=0.5",
                        "--argument",
                        "std=0.25",
                        "--argument",
                        "crop=96",
                        "--json")
                .json();
        try (SafetensorsFile read = SafetensorsFile.open(file)) {
            Map<String, String> metadata = read.metadata();
            assertThat(metadata).containsEntry("mean", "0.5").containsEntry("crop", "96");
        }
        assertThat(shares(run("classify", file, photo, "--json")))
                .isNotEqualTo(shares(gray("classify", photo, "--json")));
    }

    @ParameterizedTest
    @CsvSource({
        "meen=0.5, 'unknown argument meen; did you mean mean?'",
        "mean=0.5;0.5, 'mean must be a number, found 0.5;0.5'",
        "width=1, 'the argument width is given twice, as an option, too'",
        "classes=3, 'the argument classes has an option of its own, --classes'",
        "inputChannels=0, 'the argument inputChannels is given twice, as an option, too'",
        "dropout=2, 'dropout must be'"
    })
    void refusesAnArgumentInOneLine(String argument, String message) {
        Result result = gray("classify", photo, "--argument", argument);
        assertThat(result.err()).startsWith("efficient-zoo: " + message).hasLineCount(1);
        assertThat(result.status()).isEqualTo(1);
    }
}
