package org.efficientzoo.training.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.efficientzoo.training.cli.Shell.Result;
import org.efficientzoo.zoo.TestImages;
import org.efficientzoo.zoo.TestModels;
import org.efficientzoo.zoo.weights.Sha256;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code export --int8}. */
class ExportIntegersTest {

    @TempDir private Path work;
    @TempDir private Path folder;

    private Path weights;
    private Path images;
    private Path file;

    @BeforeEach
    void writeFiles() throws IOException {
        weights = TestModels.weights(work.resolve("w.safetensors"), 1);
        images = work.resolve("images");
        for (int i = 0; i < 6; i++) {
            Path of = Files.createDirectories(images.resolve("abc".substring(i % 3, i % 3 + 1)));
            TestImages.patches(of.resolve(i + ".png"), i);
        }
        file = folder.resolve("out.onnx");
    }

    private Result export(Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("export", "--format", "onnx"));
        arguments.addAll(List.of("--model", TestModels.NAME, "--width", TestModels.WIDTH));
        arguments.addAll(List.of("--weights-file", weights, "--classes", TestModels.CLASSES));
        arguments.addAll(List.of(more));
        arguments.add(file);
        return Shell.run(arguments.toArray());
    }

    @Test
    void measuresWhatIntegersCost() throws IOException {
        JsonObject document =
                export("--int8", "--calibrate", images, "--max-drop", 100, "--json")
                        .json()
                        .getAsJsonObject();
        assertThat(document.get("sha256").getAsString()).isEqualTo(Sha256.of(file));
        assertThat(document.get("max_abs_difference").getAsDouble()).isPositive();
        JsonObject int8 = document.getAsJsonObject("int8");
        assertThat(int8.keySet())
                .containsExactly("calibration_images", "images", "top1_before", "top1_after");
        assertThat(int8.get("calibration_images").getAsInt()).isEqualTo(6);
        assertThat(int8.get("images").getAsInt()).isEqualTo(6);
        assertThat(int8.get("top1_before").getAsDouble()).isBetween(0.0, 1.0);
        assertThat(folder.toFile().list()).containsExactly("out.onnx");
    }

    @Test
    void takesPixelsAndUnlabelledImagesWhereItIsForcedTo() {
        Path flat = images.resolve("a");
        Result unmeasured = export("--int8", "--pixel-input", "--softmax", "--calibrate", flat);
        unmeasured.failed(
                "Top-1 cannot be measured: %s must have a folder a class, found images without one; --evaluate=FOLDER names other images, --force-drop does without"
                        .formatted(flat));
        assertThat(folder).isEmptyDirectory();
        Result forced =
                export(
                        "--int8",
                        "--pixel-input",
                        "--softmax",
                        "--calibrate",
                        flat,
                        "--force-drop",
                        "--calibration-images",
                        1);
        assertThat(forced.err()).isEmpty();
        assertThat(forced.out()).contains("calibrated  on 1 images").doesNotContain("Top-1");
        assertThat(file).exists();
    }

    @Test
    void refusesFoldersThatMeasureNothing() throws IOException {
        Path empty = Files.createDirectory(work.resolve("empty"));
        export("--int8", "--calibrate", empty).failed("there are no images in " + empty);
        Path missing = work.resolve("missing");
        export("--int8", "--calibrate", missing).failed("there is no such folder: " + missing);
        Path one = Files.createDirectories(work.resolve("one/a")).getParent();
        TestImages.patches(one.resolve("a/1.png"), 1);
        export("--int8", "--calibrate", images, "--evaluate", one)
                .failed("Top-1 is measured on images of two classes or more, found 1 in " + one);
        Path broken = Files.createDirectories(work.resolve("broken/a"));
        Files.writeString(broken.resolve("1.png"), "no image");
        export("--int8", "--calibrate", broken.getParent(), "--evaluate", images)
                .failed(
                        "none of the 1 images could be read; the first: %s: an image must be a JPEG, PNG, GIF or BMP, found a file that begins with 6e 6f 20 69 6d 61 67 65"
                                .formatted(broken.resolve("1.png")));
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({
        "--calibrate x, --calibrate is for --int8",
        "--max-drop 3, --max-drop is for --int8",
        "--int8, --int8 needs images",
        "--int8 --calibrate x --half, --half does not go with --int8",
        "--int8 --calibrate x --no-fold, --fold does not go with --int8"
    })
    void refusesOptionsThatDoNotGoTogether(String options, String message) {
        Result result = export((Object[]) options.split(" "));
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).startsWith("efficient-zoo: " + message);
    }

    @ParameterizedTest
    @CsvSource({
        "--calibration-images 0, '--calibration-images must be 1 to 1000, found 0'",
        "--max-drop -1, '--max-drop must be 0 to 100 percentage points, found -1.0'"
    })
    void refusesNumbersOutOfRange(String options, String message) {
        List<Object> all = new ArrayList<>(List.of("--int8", "--calibrate", images));
        all.addAll(List.of((Object[]) options.split(" ")));
        export(all.toArray()).failed(message);
    }
}
