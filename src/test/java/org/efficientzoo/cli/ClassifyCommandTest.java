package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

class ClassifyCommandTest {

    @TempDir private Path folder;

    private Path weights;
    private Path first;
    private Path second;
    private Path broken;

    @BeforeEach
    void writeFiles() throws IOException {
        weights = TestModels.weights(folder.resolve("w.safetensors"), 1);
        first = TestImages.patches(folder.resolve("first.png"), 1);
        second = TestImages.patches(folder.resolve("zw\u00f6lf.png"), 12);
        broken = Files.writeString(folder.resolve("broken.jpg"), "no image at all");
    }

    /** Classifies by the small network. */
    private Result classify(Object... more) {
        List<Object> arguments = new ArrayList<>();
        arguments.addAll(List.of("classify", "--model", TestModels.NAME));
        arguments.addAll(List.of("--width", TestModels.WIDTH, "--weights-file", weights));
        if (!Arrays.asList(more).contains("--classes-file")) {
            arguments.addAll(List.of("--classes", TestModels.CLASSES));
        }
        arguments.addAll(List.of(more));
        return Shell.run(arguments.toArray());
    }

    private static List<JsonObject> classes(JsonObject answer) {
        return References.objects(answer.get("classes"));
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void printsADocumentWithTheKeysOfTheInterfaces(String engine) {
        List<JsonObject> answers =
                References.objects(
                        classify(first, second, "--engine", engine, "--top-k", 50, "--json")
                                .json());
        assertThat(answers).hasSize(2);
        assertThat(answers.get(0).get("file").getAsString()).isEqualTo(first.toString());
        assertThat(answers.get(1).get("file").getAsString()).isEqualTo(second.toString());
        for (JsonObject answer : answers) {
            assertThat(answer.keySet()).containsExactly("file", "classes");
            assertThat(classes(answer)).hasSize(TestModels.CLASSES);
            double sum = 0;
            double last = 1;
            for (JsonObject row : classes(answer)) {
                assertThat(row.keySet()).containsExactly("index", "name", "probability");
                assertThat(row.get("name").getAsString()).isEqualTo(row.get("index").getAsString());
                double share = row.get("probability").getAsDouble();
                assertThat(share).isBetween(0.0, last);
                last = share;
                sum += share;
            }
            assertThat(sum).isCloseTo(1, within(1e-5));
        }
        assertThat(classes(answers.get(0))).isNotEqualTo(classes(answers.get(1)));
    }

    @Test
    void answersTheSameOnBothEngines() {
        List<JsonObject> torch =
                References.objects(classify(first, "--engine", "pytorch", "--json").json());
        List<JsonObject> mxnet =
                References.objects(classify(first, "--engine", "MXNET", "--json").json());
        for (int i = 0; i < 5; i++) {
            JsonObject a = classes(torch.get(0)).get(i);
            JsonObject b = classes(mxnet.get(0)).get(i);
            assertThat(a.get("index")).isEqualTo(b.get("index"));
            assertThat(a.get("probability").getAsDouble())
                    .isCloseTo(b.get("probability").getAsDouble(), within(1e-5));
        }
    }

    @Test
    void printsTheBestFiveClassesOfEachImage() {
        Result result = classify(first, second);
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        List<String> lines = result.out().lines().toList();
        assertThat(lines).hasSize(12);
        assertThat(lines.get(0)).isEqualTo(first.toString());
        assertThat(lines.subList(1, 6))
                .allMatch(line -> line.matches(" +\\d+\\.\\d\\d % +\\d  \\d"));
        assertThat(classify(first, "--top-k", 2).out()).hasLineCount(3);
    }

    @Test
    void namesTheClassesAsTheListDoes() throws IOException {
        Path list = folder.resolve("classes.txt");
        Files.writeString(list, "a\nb\tB\u00e4r\nc\nd\ne\nf\ng\nh\ni\nj\n");
        List<JsonObject> rows =
                classes(
                        References.objects(
                                        classify(
                                                        first,
                                                        "--classes-file",
                                                        list,
                                                        "--top-k",
                                                        10,
                                                        "--json")
                                                .json())
                                .get(0));
        assertThat(rows)
                .filteredOn(row -> row.get("index").getAsInt() == 1)
                .singleElement()
                .satisfies(row -> assertThat(row.get("name").getAsString()).isEqualTo("B\u00e4r"));
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void classifiesTheOthersWhereOneIsNoImage(String engine) {
        Result result = classify(first, broken, second, "--engine", engine, "--json");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).isEmpty();
        List<JsonObject> answers = References.objects(result.document());
        assertThat(answers).hasSize(3);
        assertThat(answers.get(0).keySet()).containsExactly("file", "classes");
        assertThat(answers.get(1).keySet()).containsExactly("file", "error");
        assertThat(answers.get(1).get("error").getAsString())
                .startsWith(
                        broken + ": an image must be a JPEG, PNG, GIF, BMP, WebP or TIFF, found ");
        assertThat(answers.get(2).keySet()).containsExactly("file", "classes");
    }

    @Test
    void reportsWhatIsNoImageOnStandardError() {
        Path missing = folder.resolve("missing.jpg");
        Result result = classify(broken, missing, folder, first);
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).startsWith(first.toString()).hasLineCount(6);
        assertThat(result.err().lines().toList())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("efficient-zoo: " + broken),
                        line -> assertThat(line).startsWith("efficient-zoo: " + missing),
                        line -> assertThat(line).startsWith("efficient-zoo: " + folder));
    }

    @Test
    void reportsAnAnswerThatIsNotANumber() throws IOException {
        byte[] bytes = Files.readAllBytes(weights); // the last tensor is the classifier's bias
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(bytes.length - Float.BYTES, Float.NaN);
        Files.write(weights, bytes);
        Result result = classify(first, "--json", "--argument", "force=true");
        assertThat(result.status()).isEqualTo(1);
        assertThat(References.objects(result.document()))
                .singleElement()
                .satisfies(
                        answer ->
                                assertThat(answer.get("error").getAsString())
                                        .isEqualTo(
                                                first + ": the network's output is not a number"));
    }

    @Test
    void takesTheUntrainedNetworkWhereAskedTo() {
        Result result =
                Shell.run(
                        "classify",
                        first,
                        "--model",
                        "shufflenet_v2_x0_5",
                        "--weights",
                        "none",
                        "--json");
        assertThat(classes(References.objects(result.json()).get(0))).hasSize(5);
    }

    @Test
    void failsWithoutWeights() {
        Shell.run("classify", first, "--model", "darknet19")
                .failed(
                        "darknet19 has no published weights for this look-up; the argument"
                                + " weightsFile (--weights-file) names a checkpoint to load, and the"
                                + " filter weights=none (--weights none) asks for the untrained"
                                + " network");
    }

    @Test
    void failsWhereTheTagIsUnknown() {
        Shell.run("classify", first, "--model", "squeezenet1_0", "--weights", "imagenet1k_v2")
                .failed(
                        "squeezenet1_0 has no weights=imagenet1k_v2; there is"
                                + " weights=imagenet1k_v1 and weights=none");
    }

    @Test
    void failsWhereTheEngineIsUnknown() {
        classify(first, "--engine", "TensorFlow")
                .failed("unknown engine TensorFlow; there is PyTorch, MXNet and OnnxRuntime");
    }

    @Test
    void failsWhereTheNetworkIsUnknown() {
        Result result = Shell.run("classify", first, "--model", "resnext50", "--weights", "none");
        assertThat(result.err())
                .startsWith(
                        "efficient-zoo: unknown network resnext50; did you mean resnext50_32x4d ")
                .hasLineCount(1);
        assertThat(result.status()).isEqualTo(1);
    }

    @Test
    void failsWhereTheWeightsAreMissing() {
        Path missing = folder.resolve("missing.safetensors");
        Shell.run("classify", first, "--model", "resnet50", "--weights-file", missing)
                .failed("there is no such weights file: " + missing);
    }

    @Test
    void failsWhereTheWeightsAreNone() {
        Shell.run("classify", first, "--model", "resnet50", "--weights-file", first)
                .failed(first + " is no weights file: it is a PNG image");
    }

    @Test
    void failsWhereTheWeightsDoNotFit() {
        Result result =
                Shell.run(
                        "classify",
                        first,
                        "--model",
                        "mobilenet_v2",
                        "--classes",
                        TestModels.CLASSES,
                        "--weights-file",
                        weights);
        assertThat(result.err())
                .startsWith(
                        "efficient-zoo: the tensors of " + weights + " do not fit mobilenet_v2: ")
                .contains(
                        " misshapen: features.0.0.weight (expected (32, 3, 3, 3), found (8, 3, 3, 3)), ")
                .endsWith("; it fits mobilenet_v2 of width 0.25 with 10 classes\n")
                .hasLineCount(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.status()).isEqualTo(1);
    }

    @Test
    void failsWhereThereIsNothingToShow() {
        classify(first, "--top-k", 0).failed("--top-k must be positive, found 0");
    }

    @Test
    void failsWhereTheClassListIsAnother() throws IOException {
        Path list = Files.writeString(folder.resolve("two.txt"), "a\nb\n");
        classify(first, "--classes-file", list, "--classes", 10)
                .failed(
                        "the class list must have a name for each class, found 2 names, 10 classes");
        Path missing = folder.resolve("missing.txt");
        classify(first, "--classes-file", missing)
                .failed("there is no such class list: " + missing);
    }
}
