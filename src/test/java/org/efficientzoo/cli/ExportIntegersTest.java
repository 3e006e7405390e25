package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.efficientzoo.Slow;
import org.efficientzoo.cli.Shell.Result;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.zoo.TestImages;
import org.efficientzoo.zoo.TestModels;
import org.efficientzoo.zoo.file.Sha256;
import org.efficientzoo.zoo.weights.Checkpoints;
import org.efficientzoo.zoo.weights.GivenTensors;
import org.efficientzoo.zoo.weights.TensorSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code export --int8}. */
@Slow
class ExportIntegersTest {

    // The network has no names for its classes, and says 3 whatever it sees.

    @TempDir private Path work;
    @TempDir private Path folder;

    private Path weights;
    private Path images;
    private Path file;

    @BeforeEach
    void writeFiles() throws IOException {
        weights = TestModels.weights(work.resolve("w.safetensors"), 1);
        images = pictures("1", "3", "3");
        file = folder.resolve("out.onnx");
    }

    /** Two pictures in each folder named, one by one. */
    private Path pictures(String... folders) throws IOException {
        Path root = work.resolve(String.join("-", folders));
        for (int i = 0; i < 2 * folders.length; i++) {
            TestImages.patches(root.resolve(folders[i / 2]).resolve(i + ".png"), i);
        }
        return root;
    }

    private static double top1Before(Result result) {
        return result.json()
                .getAsJsonObject()
                .getAsJsonObject("int8")
                .get("top1_before")
                .getAsDouble();
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
        assertThat(int8.get("top1_before").getAsDouble()).isEqualTo(4 / 6.0);
        assertThat(int8.get("top1_after").getAsDouble()).isEqualTo(4 / 6.0);
        assertThat(folder.toFile().list()).containsExactly("out.onnx");
    }

    @Test
    void measuresNothingInFoldersOfClassesThatItDoesNotKnow() throws IOException {
        Path unknown = pictures("a", "b", "c");
        String rule =
                "Top-1 cannot be measured: the class list does not know 3 of 3 class folders of %s: a, b, c; --evaluate=FOLDER names other images, --force-drop does without"
                        .formatted(unknown);
        export("--int8", "--calibrate", unknown).failed(rule);
        export("--int8", "--calibrate", images, "--evaluate", unknown).failed(rule);
        Path list = Files.write(work.resolve("names.txt"), List.of("0123456789".split("")));
        Files.writeString(list, Files.readString(list).replace('3', 'b').replace('1', 'd'));
        export("--int8", "--calibrate", unknown, "--classes-file", list)
                .failed(rule.replace("3 of 3", "2 of 3").replace(": a, b, c;", ": a, c;"));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void knowsFoldersByTheNamesOfTheClassesOrByTheirNumber() throws IOException {
        Path list = Files.write(work.resolve("names.txt"), List.of("jihgfedcba".split("")));
        Path some = pictures("a", "g", "j");
        Object[] named = {"--int8", "--calibrate", some, "--classes-file", list, "--json"};
        assertThat(top1Before(export(named))).isEqualTo(2 / 6.0); // g is 3
        Path all = pictures("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
        Object[] numbered = {
            "--int8", "--calibrate", images, "--evaluate", all, "--force", "--json"
        };
        assertThat(top1Before(export(numbered))).isEqualTo(2 / 20.0); // d is 3
    }

    @Test
    void measuresNothingWhereFloatsAreNeverRight() throws IOException {
        Path wrong = pictures("1", "2");
        export("--int8", "--calibrate", images, "--evaluate", wrong)
                .failed(
                        "Top-1 cannot be measured: floats are right on none of 4 images of %s; --evaluate=FOLDER names other images, --force-drop does without"
                                .formatted(wrong));
        assertThat(folder).isEmptyDirectory();
        Object[] forced = {"--int8", "--calibrate", wrong, "--force-drop", "--json"};
        assertThat(top1Before(export(forced))).isZero();
    }

    @Test
    void takesPixelsAndUnlabelledImagesWhereItIsForcedTo() {
        Path flat = images.resolve("1");
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
        assertThat(forced.out()).contains("calibrated  on 1 images", "Top-1       not measured");
        assertThat(file).exists();
    }

    @Test
    void refusesFoldersThatMeasureNothing() throws IOException {
        Path empty = Files.createDirectory(work.resolve("empty"));
        export("--int8", "--calibrate", empty).failed("there are no images in " + empty);
        Path missing = work.resolve("missing");
        export("--int8", "--calibrate", missing).failed("there is no such folder: " + missing);
        export("--int8", "--calibrate", images, "--evaluate", missing, "--force-drop")
                .failed("there is no such folder: " + missing);
        Path one = Files.createDirectories(work.resolve("one/1")).getParent();
        TestImages.patches(one.resolve("1/1.png"), 1);
        export("--int8", "--calibrate", images, "--evaluate", one)
                .failed(
                        "Top-1 cannot be measured: images must be of two classes or more, found 1 in %s; --evaluate=FOLDER names other images, --force-drop does without"
                                .formatted(one));
        Path broken = Files.createDirectories(work.resolve("broken/a"));
        Files.writeString(broken.resolve("1.png"), "no image");
        export("--int8", "--calibrate", broken.getParent(), "--evaluate", images)
                .failed(
                        "none of the 1 images could be read; the first: %s: an image must be a JPEG, PNG, GIF, BMP, WebP or TIFF, found a file that begins with 6e 6f 20 69 6d 61 67 65"
                                .formatted(broken.resolve("1.png")));
        assertThat(folder).isEmptyDirectory();
    }

    /** Images are 100, of which 60 are right with floats. */
    @ParameterizedTest
    @CsvSource({
        "1, 59, true",
        "1, 58, false",
        "1, 61, true",
        "0, 60, true",
        "0, 59, false",
        "0.99, 59, false",
        "1.01, 59, true",
        "60, 0, true",
        "59, 0, false"
    })
    void keepsWhatFallsByTheLimitAtMost(double maxDrop, int after, boolean kept) {
        assertThat(settings(maxDrop, false).keeps(60 / 100.0, after / 100.0)).isEqualTo(kept);
        assertThat(settings(maxDrop, true).keeps(60 / 100.0, after / 100.0)).isTrue();
    }

    private static IntegerExport.Settings settings(double maxDrop, boolean forced) {
        return new IntegerExport.Settings(Path.of("x"), 1, Optional.empty(), maxDrop, forced);
    }

    /** Class 3 is told from the others by weights that are less than half a level. */
    @Test
    void keepsNothingWhereTop1FallsTooFar() throws IOException {
        GivenTensors given;
        try (TensorSource formula = Checkpoints.open(weights)) {
            given = GivenTensors.of(formula);
        }
        float[] rows = given.values("classifier.1.weight");
        int width = rows.length / TestModels.CLASSES;
        for (int i = 0; i < rows.length; i++) {
            rows[i] = i / width == 3 ? 0.002f : 0;
        }
        for (int row = 0; row < rows.length; row += width) {
            rows[row] = 1;
            rows[row + 1] = -1;
        }
        Arrays.fill(given.values("classifier.1.bias"), 0);
        Files.delete(weights);
        TestModels.write(given, weights);
        export("--int8", "--calibrate", images, "--max-drop", 66)
                .failed(
                        "Top-1 must not fall by more than 66.0 percentage points, found 66.67 % to 0.00 % on 6 images, and nothing was kept; --max-drop allows more, --force-drop anything");
        assertThat(folder).isEmptyDirectory();
        Result allowed = export("--int8", "--calibrate", images, "--max-drop", 67);
        assertThat(allowed.out())
                .contains("Top-1       66.67 % with floats, 0.00 % with integers, of 6 images");
        assertThat(file).exists();
    }

    @Test
    void measuresADifferenceOfOneClass() {
        Engine.getEngine(Engines.PYTORCH).setRandomSeed(7); // for the untrained weights
        List<Object> arguments = new ArrayList<>(List.of("export", "--format", "onnx", "--int8"));
        arguments.addAll(List.of("--model", TestModels.NAME, "--width", TestModels.WIDTH));
        arguments.addAll(List.of("--weights", "none", "--classes", 1, "--calibrate", images));
        arguments.addAll(List.of("--force-drop", "--json", file));
        JsonObject document = Shell.run(arguments.toArray()).json().getAsJsonObject();
        assertThat(document.get("max_difference_in_std").getAsDouble()).isBetween(0.0, 10.0);
        assertThat(document.getAsJsonObject("int8").has("top1_before")).isFalse();
    }

    @Test
    void doesWithoutMeasuringWhereItIsForcedTo() throws IOException {
        for (Path folders : List.of(pictures("3"), pictures("a", "b"))) {
            Object[] forced = {"--int8", "--calibrate", folders, "--force", "--force-drop"};
            Result result = export(forced);
            assertThat(result.err()).isEmpty();
            assertThat(result.out())
                    .contains("calibrated  on ")
                    .containsPattern("\nTop-1       not measured: [a-z]");
            assertThat(file).exists();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--calibrate x, --calibrate is for --int8",
        "--max-drop 3, --max-drop is for --int8",
        "--int8, --int8 needs images",
        "--int8 --calibrate x --opset 12, '--int8 needs --opset=13 or a later one, found 12'",
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
