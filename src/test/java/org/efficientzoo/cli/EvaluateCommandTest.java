package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.efficientzoo.cli.Shell.Result;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.References;
import org.efficientzoo.zoo.TestImages;
import org.efficientzoo.zoo.TestModels;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluateCommandTest {

    @TempDir private Path work;

    private Path folder;
    private Path weights;
    private Path list;

    @BeforeEach
    void writeFiles() throws IOException {
        folder = Files.createDirectory(work.resolve("val"));
        weights = TestModels.weights(work.resolve("w.safetensors"), 1);
        list = Files.writeString(work.resolve("classes.txt"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n");
    }

    private Path picture(String name, long seed) throws IOException {
        return TestImages.patches(folder.resolve(name), seed);
    }

    private Path broken(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, "no image at all");
    }

    /** Runs the small network. */
    private Result small(String command, Object... more) {
        List<Object> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of("--model", TestModels.NAME, "--width", TestModels.WIDTH));
        arguments.addAll(List.of("--weights-file", weights));
        if (!Arrays.asList(more).contains("--classes-file")) {
            arguments.addAll(List.of("--classes", TestModels.CLASSES));
        }
        arguments.addAll(List.of(more));
        return Shell.run(arguments.toArray());
    }

    /** The best class of an image by the other command. */
    private int best(Path image) {
        JsonObject answer = References.objects(small("classify", image, "--json").json()).get(0);
        return References.objects(answer.get("classes")).get(0).get("index").getAsInt();
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void printsADocumentWithTheKeysOfTheInterfaces(String engine) throws IOException {
        Path first = picture("a/1.png", 1);
        Path second = picture("b/2.png", 2);
        Path third = picture("b/3.png", 3);
        Path none = broken("b/4.png");
        double hits =
                (best(first) == 0 ? 1 : 0)
                        + (best(second) == 1 ? 1 : 0)
                        + (best(third) == 1 ? 1 : 0);

        Result result =
                small(
                        "evaluate",
                        folder,
                        "--classes-file",
                        list,
                        "--engine",
                        engine,
                        "--batch",
                        2,
                        "--json");
        JsonObject document = result.json().getAsJsonObject();
        assertThat(document.keySet())
                .containsExactly(
                        "model",
                        "weights",
                        "engine",
                        "folder",
                        "class_order",
                        "passed_over",
                        "images",
                        "skipped",
                        "top1",
                        "top5",
                        "top1_error",
                        "top5_error",
                        "loss",
                        "images_per_second",
                        "per_class",
                        "confusion");
        assertThat(document.get("model").getAsString()).isEqualTo(TestModels.NAME);
        assertThat(document.get("weights").getAsString()).isEqualTo(weights.toString());
        assertThat(document.get("engine").getAsString()).isEqualTo(engine);
        assertThat(document.get("images").getAsInt()).isEqualTo(3);
        double top1 = document.get("top1").getAsDouble();
        double top5 = document.get("top5").getAsDouble();
        assertThat(top1).isCloseTo(hits / 3, within(1e-12));
        assertThat(top5).isBetween(top1, 1.0);
        assertThat(document.get("top1_error").getAsDouble()).isEqualTo(1 - top1);
        assertThat(document.get("top5_error").getAsDouble()).isEqualTo(1 - top5);
        assertThat(document.get("images_per_second").getAsDouble()).isPositive();
        assertThat(document.get("folder").getAsString()).isEqualTo(folder.toString());
        assertThat(document.get("class_order").getAsString()).isEqualTo("classes_file");
        assertThat(document.get("passed_over").getAsInt()).isZero();
        assertThat(document.get("loss").getAsDouble()).isPositive();

        assertThat(References.objects(document.get("skipped")))
                .singleElement()
                .satisfies(
                        skipped -> {
                            assertThat(skipped.keySet()).containsExactly("file", "reason");
                            assertThat(skipped.get("file").getAsString())
                                    .isEqualTo(none.toString());
                            assertThat(skipped.get("reason").getAsString())
                                    .startsWith(none + ": an image must be");
                        });
        List<JsonObject> classes = References.objects(document.get("per_class"));
        assertThat(classes).hasSize(2);
        assertThat(classes.get(1).keySet())
                .containsExactly("index", "folder", "name", "images", "top1", "top5");
        assertThat(classes.get(1).get("index").getAsInt()).isEqualTo(1);
        assertThat(classes.get(1).get("folder").getAsString()).isEqualTo("b");
        assertThat(classes.get(1).get("images").getAsInt()).isEqualTo(2);
    }

    @Test
    void findsTheAnswerThatTheNetworkGives() throws IOException {
        Path photo = picture("x/1.png", 5);
        int answer = best(photo);
        for (int label = 0; label < 3; label++) {
            List<String> names = new ArrayList<>(List.of("c0 1 2 3 4 5 6 7 8 9".split(" ")));
            names.set((answer + label) % TestModels.CLASSES, "x");
            Files.write(list, names);
            JsonObject document =
                    small("evaluate", folder, "--classes-file", list, "--json")
                            .json()
                            .getAsJsonObject();
            assertThat(document.get("top1").getAsDouble()).isEqualTo(label == 0 ? 1 : 0);
            assertThat(References.objects(document.get("per_class")))
                    .singleElement()
                    .satisfies(
                            row ->
                                    assertThat(row.get("index").getAsInt())
                                            .isEqualTo(names.indexOf("x")));
        }
    }

    @Test
    void printsTheFiguresAndTheSkippedApart() throws IOException {
        picture("a/1.png", 1);
        Path none = broken("a/2.png");
        Result result = small("evaluate", folder, "--classes-file", list);
        assertThat(result.status()).isZero();
        assertThat(result.err().lines().toList())
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("class order: the class list's"),
                        line -> assertThat(line).startsWith("skipped: " + none + ": an image"));
        assertThat(result.out().lines().toList())
                .satisfiesExactly(
                        line ->
                                assertThat(line)
                                        .isEqualTo("mobilenet_v2, %s, PyTorch".formatted(weights)),
                        line ->
                                assertThat(line)
                                        .matches(
                                                "images  1 in 1 classes, 1 skipped, [\\d.]+ a second"),
                        line -> assertThat(line).matches("Top-1 +[\\d.]+ % +error +[\\d.]+ %"),
                        line -> assertThat(line).matches("Top-5 +[\\d.]+ % +error +[\\d.]+ %"),
                        line -> assertThat(line).matches("loss +\\d+\\.\\d{4}"));
    }

    @Test
    void takesTheOrderOfImageNetForItsFolders() throws IOException {
        picture("n15075141/1.png", 1);
        Result result =
                Shell.run(
                        "evaluate",
                        folder,
                        "--model",
                        "shufflenet_v2_x0_5",
                        "--weights",
                        "none",
                        "--json");
        JsonObject document = result.json().getAsJsonObject();
        assertThat(References.objects(document.get("per_class")))
                .singleElement()
                .satisfies(
                        row -> {
                            assertThat(row.get("index").getAsInt()).isEqualTo(999);
                            assertThat(row.get("name").getAsString()).isEqualTo("toilet tissue");
                        });
        assertThat(document.get("weights").getAsString()).isEqualTo("none");
    }

    @Test
    void failsWhereEveryImageIsBroken() throws IOException {
        Path first = broken("a/1.png");
        broken("b/2.png");
        Result quiet = small("evaluate", folder, "--classes-file", list, "--json");
        assertThat(quiet.status()).isEqualTo(1);
        assertThat(quiet.out()).isEmpty();
        assertThat(quiet.err())
                .startsWith(
                        "efficient-zoo: none of the 2 images of %s could be read; the first: %s: an image"
                                .formatted(folder, first))
                .hasLineCount(1);
        Result verbose = small("evaluate", folder, "--classes-file", list, "--verbose");
        assertThat(verbose.err()).startsWith(quiet.err()).contains("    at org.efficientzoo.");
    }

    @Test
    void failsWhereTheFolderIsNone() throws IOException {
        Path missing = work.resolve("missing");
        small("evaluate", missing).failed("there is no such folder: " + missing);
        small("evaluate", weights).failed(weights + " is no folder");
        small("evaluate", folder).failed(folder + " must have a folder a class, found none");
        picture("1.png", 1);
        small("evaluate", folder)
                .failed(folder + " must have a folder a class, found images without one");
    }

    @Test
    void failsWhereTheListDoesNotKnowAFolder() throws IOException {
        picture("cat/1.png", 1);
        picture("dog/1.png", 2);
        Path list =
                Files.writeString(work.resolve("classes.txt"), "c\ncat\nd\ne\nf\ng\nh\ni\nj\nk\n");
        small("evaluate", folder, "--classes-file", list)
                .failed("the class list does not know 1 of 2 class folders of " + folder + ": dog");
    }

    @Test
    void failsWhereThereAreMoreFoldersThanClasses() throws IOException {
        for (int i = 0; i < 3; i++) {
            picture("c" + i + "/1.png", i);
        }
        Shell.run(
                        "evaluate",
                        folder,
                        "--model",
                        "shufflenet_v2_x0_5",
                        "--weights",
                        "none",
                        "--classes",
                        2)
                .failed(
                        folder
                                + " has more class folders than the network has classes: "
                                + "3 folders, 2 classes");
    }

    @Test
    void failsWhereNobodyWorks() throws IOException {
        picture("a/1.png", 1);
        small("evaluate", folder, "--classes-file", list, "--batch", 0)
                .failed("a batch must have 1 to 1024 images, found 0");
        // said before weights are looked for, which may have to be fetched
        Shell.run(
                        "evaluate",
                        folder,
                        "--model",
                        "resnet50",
                        "--weights-file",
                        "no.pth",
                        "--batch",
                        0)
                .failed("a batch must have 1 to 1024 images, found 0");
        Shell.run(
                        "evaluate",
                        folder,
                        "--model",
                        "resnet50",
                        "--weights-file",
                        "no.pth",
                        "--workers",
                        0)
                .failed("threads must be positive, found 0");
        small("evaluate", folder, "--classes-file", list, "--workers", 0)
                .failed("threads must be positive, found 0");
    }

    @Test
    void saysThatFewerFoldersThanClassesAreTakenForTheFirst() throws IOException {
        picture("x/1.png", 1);
        Result result = small("evaluate", folder);
        assertThat(result.status()).isZero();
        assertThat(result.err())
                .startsWith(
                        "note: the 1 class folders in sorted order are taken as the first of 10")
                .hasLineCount(1);
        assertThat(result.out()).hasLineCount(5);
        assertThat(small("evaluate", folder, "--json").json().isJsonObject()).isTrue();
    }

    private JsonObject imagenet(String... more) {
        List<Object> arguments = new ArrayList<>(List.of("evaluate", folder, "--json"));
        arguments.addAll(List.of("--model", "shufflenet_v2_x0_5", "--weights", "none"));
        arguments.addAll(List.of((Object[]) more));
        return Shell.run(arguments.toArray()).json().getAsJsonObject();
    }

    private static List<Integer> indices(JsonObject document) {
        return References.objects(document.get("per_class")).stream()
                .map(row -> row.get("index").getAsInt())
                .toList();
    }

    /** As ImageNetV2 has them; sorted as texts 10 would be the second class. */
    @Test
    void takesWholeNumbersForClassIndices() throws IOException {
        picture("7/1.png", 1);
        picture("10/2.png", 2);
        picture("999/3.png", 3);

        JsonObject document = imagenet();

        assertThat(document.get("class_order").getAsString()).isEqualTo("indices");
        assertThat(indices(document)).containsExactly(7, 10, 999);
        assertThat(References.objects(document.get("per_class")).get(2).get("name").getAsString())
                .isEqualTo("toilet tissue");
    }

    @Test
    void namesTheFolderThatTheWeightsDoNotKnowBesideOthers() throws IOException {
        picture("n15075141/1.png", 1);
        picture("n0144076/2.png", 2); // a digit is missing

        Shell.run("evaluate", folder, "--model", "shufflenet_v2_x0_5", "--weights", "none")
                .failed(
                        "the network does not know 1 of 2 classes of %s: n0144076; the nearest that it knows is n01440764; --classes-file gives another order"
                                .formatted(folder));
    }

    @Test
    void saysWhichOrderOfClassesItTook() throws IOException {
        picture("9/1.png", 1);
        Result numbers = small("evaluate", folder);
        assertThat(numbers.err())
                .isEqualTo("class order: the names are class indices" + System.lineSeparator());
        picture("x/1.png", 2);
        Files.writeString(folder.resolve("x/notes.txt"), "a text");
        Files.createDirectories(folder.resolve("x/.git"));
        List<String> ten = List.of("x 9 a b c d e f g h".split(" "));
        Result listed = small("evaluate", folder, "--classes-file", Files.write(list, ten));
        assertThat(listed.err().lines())
                .containsExactly(
                        "class order: the class list's",
                        "note: passed over: 1 that are not images, such as %s; 1 hidden files or folders"
                                .formatted(folder.resolve("x/notes.txt")));
    }

    @Test
    void readsTheClassesOfImagesFromATextBesideThem() throws IOException {
        picture("a.png", 1);
        picture("b.png", 2);
        Files.writeString(work.resolve("val_labels.csv"), "file,class\na.png,7\nb.png,2\n");

        JsonObject document = small("evaluate", folder, "--json").json().getAsJsonObject();

        assertThat(document.get("class_order").getAsString()).isEqualTo("indices");
        assertThat(indices(document)).containsExactly(2, 7);
    }
}
