package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.efficientzoo.Slow;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.References;
import org.efficientzoo.zoo.EfficientModelZoo;
import org.efficientzoo.zoo.TestModels;
import org.efficientzoo.zoo.image.EvaluationTransform;
import org.efficientzoo.zoo.image.ImageDecoder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * ImageNet weights on photos, against what torchvision answers. Weights and photos lie beside the
 * project, if at all.
 */
@Slow
class SqueezeNetPhotosTest {

    private static final Path SHARED =
            Path.of(System.getProperty("project.root"), "../shared").normalize();
    private static final Path WEIGHTS =
            SHARED.resolve("weights/squeezenet1_0-imagenet.safetensors");
    private static final Path EXPECTED = SHARED.resolve("weights/expected_squeezenet1_0.json");
    private static final Path PHOTOS = SHARED.resolve("data/imagenet-samples.tar");
    private static final Path CLASSES = SHARED.resolve("data/imagenet_classes.txt");
    private static final Shape INPUT = new Shape(1, 3, 224, 224);

    /**
     * The pixels agree bit for bit, so the logits differ by float32 noise alone: 1e-4 is ample, as
     * the README beside the weights says, and what is printed there has five decimals.
     */
    private static final double NOISE = 1e-4;

    @TempDir private static Path folder;

    @BeforeAll
    static void unpackPhotos() throws IOException {
        for (Path file : List.of(WEIGHTS, EXPECTED, PHOTOS, CLASSES)) {
            if (!Files.isRegularFile(file)) {
                System.out.println("Skipped: there are no weights or photos, " + file);
            }
            assumeThat(file).isRegularFile();
        }
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new BufferedInputStream(Files.newInputStream(PHOTOS)))) {
            for (TarArchiveEntry entry = tar.getNextEntry();
                    entry != null;
                    entry = tar.getNextEntry()) {
                if (entry.isFile()) {
                    Path file = folder.resolve(entry.getName()).normalize();
                    assertThat(file).startsWithRaw(folder);
                    Files.createDirectories(file.getParent());
                    Files.copy(tar, file);
                }
            }
        }
    }

    private static JsonObject expected() throws IOException {
        return JsonParser.parseString(Files.readString(EXPECTED)).getAsJsonObject();
    }

    private static ZooModel<NDList, NDList> squeezeNet(String engine) throws Exception {
        return Criteria.builder()
                .setTypes(NDList.class, NDList.class)
                .optArtifactId("org.efficientzoo:squeezenet1_0")
                .optArgument("weightsFile", WEIGHTS)
                .optEngine(engine)
                .build()
                .loadModel();
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET, "OnnxRuntime"})
    void evaluatesToThePublishedAccuracy(String engine) {
        JsonObject document =
                Shell.run(
                                "evaluate",
                                folder.resolve("val"),
                                "--model",
                                "squeezenet1_0",
                                "--weights-file",
                                WEIGHTS,
                                "--classes-file",
                                CLASSES,
                                "--engine",
                                engine,
                                "--json")
                        .json()
                        .getAsJsonObject();
        assertThat(document.get("images").getAsInt()).isEqualTo(100);
        assertThat(document.getAsJsonArray("skipped")).isEmpty();
        double photo = 0.01 + 1e-9;
        assertThat(document.get("top1").getAsDouble()).isCloseTo(0.59, within(photo));
        assertThat(document.get("top5").getAsDouble()).isCloseTo(0.85, within(photo));
        assertThat(document.get("top1_error").getAsDouble()).isCloseTo(0.41, within(photo));
        assertThat(document.get("top5_error").getAsDouble()).isCloseTo(0.15, within(photo));
        assertThat(References.objects(document.get("per_class"))).hasSize(100);
    }

    @Test
    void losesLittleOnIntegers() {
        Object[] line = {
            "export",
            "--model",
            "squeezenet1_0",
            "--weights-file",
            WEIGHTS,
            "--format",
            "onnx",
            "--int8",
            "--calibrate",
            folder.resolve("val"),
            "--calibration-images",
            20,
            "--max-drop",
            4,
            "--json",
            folder.resolve("int8.onnx")
        };
        JsonObject int8 = Shell.run(line).json().getAsJsonObject().getAsJsonObject("int8");
        assertThat(int8.get("images").getAsInt()).isEqualTo(100);
        assertThat(int8.get("top1_before").getAsDouble()).isCloseTo(0.59, within(1e-9));
        assertThat(int8.get("top1_after").getAsDouble()).isGreaterThanOrEqualTo(0.55);
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET, "OnnxRuntime"})
    void answersEachPhotoAsTorchvisionDoes(String engine) throws Exception {
        Map<String, JsonObject> photos = new TreeMap<>();
        expected()
                .getAsJsonObject("photos")
                .entrySet()
                .forEach(entry -> photos.put(entry.getKey(), entry.getValue().getAsJsonObject()));
        assertThat(photos).hasSize(100);
        int bestCompared = 0;
        int fiveCompared = 0;
        try (ZooModel<NDList, NDList> model = squeezeNet(engine)) {
            EvaluationTransform transform = EfficientModelZoo.transform(model);
            for (Map.Entry<String, JsonObject> entry : photos.entrySet()) {
                String name = entry.getKey();
                JsonObject answer = entry.getValue();
                float[] pixels = new float[transform.length()];
                transform.apply(new ImageDecoder().decode(folder.resolve(name)), pixels, 0);
                float[] logits = TestModels.answer(model, pixels, INPUT);

                assertBegins(name, logits, answer);
                List<Integer> best = best(logits);
                double[] top = References.doubles(answer.get("top5"));
                if (answer.get("logit_gap_1_2").getAsDouble() > 2 * NOISE) {
                    bestCompared++;
                    assertThat(best.get(0)).as("best of %s", name).isEqualTo((int) top[0]);
                }
                if (answer.get("logit_gap_5_6").getAsDouble() > 2 * NOISE) {
                    fiveCompared++;
                    assertThat(best).as("best of %s", name).hasSize(5);
                    for (double one : top) {
                        assertThat(best).as("best of %s", name).contains((int) one);
                    }
                }
            }
        }
        assertThat(bestCompared).as("photos with a clear best class").isEqualTo(100);
        assertThat(fiveCompared).as("photos with five clear classes").isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET, "OnnxRuntime"})
    void answersSyntheticInputsAsTorchvisionDoes(String engine) throws Exception {
        float[] zeros = new float[(int) INPUT.size()];
        float[] sawtooth = new float[zeros.length];
        for (int i = 0; i < sawtooth.length; i++) {
            sawtooth[i] = i * 7919L % 256 / 64f - 2;
        }
        JsonObject inputs = expected().getAsJsonObject("synthetic_inputs");
        Map<String, float[]> given = Map.of("zeros", zeros, "sawtooth", sawtooth);
        assertThat(inputs.keySet()).isEqualTo(given.keySet());
        try (ZooModel<NDList, NDList> model = squeezeNet(engine)) {
            for (Map.Entry<String, float[]> input : given.entrySet()) {
                JsonObject answer = inputs.getAsJsonObject(input.getKey());
                float[] logits = TestModels.answer(model, input.getValue(), INPUT);
                assertBegins(input.getKey(), logits, answer);
                double sum = 0;
                for (float logit : logits) {
                    sum += logit;
                }
                assertThat(sum).isCloseTo(answer.get("logits_sum").getAsDouble(), within(1e-2));
                List<Double> top = new ArrayList<>();
                best(logits).forEach(index -> top.add((double) index));
                assertThat(top.stream().mapToDouble(index -> index).toArray())
                        .containsExactly(References.doubles(answer.get("top5")));
            }
        }
    }

    private static void assertBegins(String name, float[] logits, JsonObject answer) {
        assertThat(logits).hasSize(1000);
        double[] first = References.doubles(answer.get("logits_first_10"));
        assertThat(first).hasSize(10);
        for (int i = 0; i < first.length; i++) {
            assertThat((double) logits[i])
                    .as("logit %d of %s", i, name)
                    .isCloseTo(first[i], within(NOISE));
        }
    }

    private static List<Integer> best(float[] logits) {
        return IntStream.range(0, logits.length)
                .boxed()
                .sorted(Comparator.comparing((Integer c) -> -logits[c]))
                .limit(5)
                .toList();
    }
}
