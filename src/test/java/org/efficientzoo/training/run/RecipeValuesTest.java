package org.efficientzoo.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;
import org.efficientzoo.Slow;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.training.recipe.Recipe;
import org.efficientzoo.zoo.TestModels;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.weights.Checkpoints;
import org.efficientzoo.zoo.weights.GivenTensors;
import org.efficientzoo.zoo.weights.NetworkTensors;
import org.efficientzoo.zoo.weights.TensorSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each value of a recipe reaches the training. */
@Slow
class RecipeValuesTest {

    private static final String NETWORK = "shufflenet_v2_x0_5";
    private static final String LAST = "checkpoints/last.safetensors";
    private static final String AVERAGE = "checkpoints/average.safetensors";

    @TempDir private static Path shared;

    @TempDir private Path folder;

    @BeforeAll
    static void run() throws Exception {
        TinyRuns.draw(shared.resolve("data"));
        train(shared.resolve("run"));
    }

    private static void train(Path output, String... changes) throws Exception {
        String[] all = new String[changes.length + 2];
        all[0] = "epochs";
        all[1] = "1";
        System.arraycopy(changes, 0, all, 2, changes.length);
        Recipe recipe = TinyRuns.recipe(all);
        TinyRuns.begin(shared.resolve("data"), output, Engines.PYTORCH, recipe, new Quiet()).run();
    }

    /** Compares the tensors alone: what the files say besides may differ for other reasons. */
    private static boolean isSame(Path output, String file) throws IOException {
        try (TensorSource one = Checkpoints.open(output.resolve(file));
                TensorSource other = Checkpoints.open(shared.resolve("run").resolve(file))) {
            assertThat(one.tensors()).isEqualTo(other.tensors()).isNotEmpty();
            for (String name : one.tensors().keySet()) {
                if (!one.read(name).equals(other.read(name))) {
                    return false;
                }
            }
            return true;
        }
    }

    @Test
    void theSameOnesGiveTheSameWeights() throws Exception {
        Path output = folder.resolve("run");
        train(output);
        assertThat(isSame(output, LAST)).isTrue();
        assertThat(isSame(output, AVERAGE)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "seed | 1",
                "batch | 20",
                "part | 8",
                "dropLast | true",
                "learningRate | 0.05",
                "schedule | {\"type\": \"constant\"}",
                "optimizer.momentum | 0.5",
                "optimizer.weightDecay | 0.1",
                "rules | [{\"kinds\": [\"norm\"], \"names\": \"*\", \"rate\": 0.5, \"decay\": 1}]",
                "frozen | [\"conv1.*\"]",
                "start.headRate | 3",
                "clipping | {\"kind\": \"norm\", \"limit\": 0.01}",
                "labelSmoothing | 0.3",
                "network.dropout | 0",
                "augmentation.mixup | 0",
                "augmentation.cutmix | 1",
                "augmentation.flip | 0",
                "augmentation.policy | trivial",
                "augmentation.jpeg.probability | 1",
                "augmentation.erasing.probability | 1",
            })
    void anotherOneGivesOtherWeights(String key, String value) throws Exception {
        Path output = folder.resolve("run");
        train(output, key, value);
        assertThat(isSame(output, LAST)).isFalse();
    }

    @Test
    void anotherAverageGivesAnotherAverageOfTheSameWeights() throws Exception {
        Path output = folder.resolve("run");
        train(output, "average", "{\"decay\": 0.5, \"every\": 1}");
        assertThat(isSame(output, LAST)).isTrue();
        assertThat(isSame(output, AVERAGE)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "batch | 39 | 40 images in batches of 39",
                "part | 1 | 40 images in batches of 16 in parts of 1",
                "batch | 1 | 40 images in batches of 1"
            })
    void mustNotLeaveABatchNormASingleValue(String key, String value, String found)
            throws Exception {
        Path output = folder.resolve("run");
        String[] changes = {"network.stemStride", "4", key, value};
        assertThatThrownBy(() -> train(output, changes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "batch norms of maps of one pixel need 2 images or more at once, found 1: "
                                + found
                                + "; choose another batch or part, or dropLast");
        assertThat(output).doesNotExist();
        train(output, key, value); // maps of more than a pixel are left with the other stem
    }

    @Test
    void mayLeaveALastBatchOfOneImageOut() throws Exception {
        Path output = folder.resolve("run");
        train(output, "network.stemStride", "4", "batch", "39", "dropLast", "true");
        assertThat(output.resolve(LAST)).exists();
    }

    /** The loss is a number where the squares of the gradients are none any more. */
    @Test
    void areBlamedForWhatTheyDid() throws Exception {
        NetworkOptions options = NetworkOptions.DEFAULT.withClasses(10).withStemStride(1);
        Path weights = folder.resolve("large.safetensors");
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            EfficientBlock network = Networks.get(NETWORK).build(options);
            network.initialize(manager, DataType.FLOAT32, new Shape(1, 3, 32, 32));
            GivenTensors tensors = GivenTensors.of(new NetworkTensors(network));
            float[] head = tensors.values("fc.weight");
            for (int i = 0; i < head.length; i++) {
                head[i] *= 1e22f;
            }
            TestModels.write(tensors, weights);
        }
        String[] changes = {
            "start.weightsFile",
            weights.toString(),
            "clipping",
            "{\"kind\": \"norm\", \"limit\": 1}"
        };
        assertThatThrownBy(() -> train(folder.resolve("run"), changes))
                .isInstanceOf(TrainingFailure.class)
                .hasMessageStartingWith("the length of the gradients is not a number in step 1");
    }
}
