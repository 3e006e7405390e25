package org.efficientzoo.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.efficientzoo.reference.Engines;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs whose values stop being numbers. */
class DivergingRunTest {

    @TempDir private static Path shared;

    @TempDir private Path folder;

    @BeforeAll
    static void draw() throws IOException {
        TinyRuns.draw(shared);
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void stopsAtALossThatIsNoNumberAndKeepsTheLastCheckpoint(String engine) throws Exception {
        Path output = folder.resolve("run");
        var recipe =
                TinyRuns.recipe(
                        "learningRate",
                        "1e30",
                        "schedule",
                        "{\"type\": \"constant\"}",
                        "epochs",
                        "4");
        TrainingRun run = TinyRuns.begin(shared, output, engine, recipe, new Quiet());
        assertThatThrownBy(run::run)
                .isInstanceOf(TrainingFailure.class)
                .hasMessage(
                        "the loss is not a number in step 2 (epoch 1) at the learning rate 1.0E30;"
                                + " there is no checkpoint yet; a lower --learning-rate or a limit"
                                + " of the gradients may help");
        assertThat(new RunFolder(output).states()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void writesNoWeightsDownThatAreNoNumbers(String engine) throws Exception {
        Path output = folder.resolve("run");
        var recipe =
                TinyRuns.recipe(
                        "learningRate",
                        "3e38",
                        "schedule",
                        "{\"type\": \"constant\"}",
                        "batch",
                        "40");
        TrainingRun run = TinyRuns.begin(shared, output, engine, recipe, new Quiet());
        assertThatThrownBy(run::run)
                .isInstanceOf(TrainingFailure.class)
                .hasMessageStartingWith(
                        "a weight is not a number in step 1 (epoch 1) at the learning rate 3.0E38;"
                                + " there is no checkpoint yet;");
        try (Stream<Path> files = Files.list(output.resolve("checkpoints"))) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void namesTheLastGoodCheckpointWhereALaterEpochDiverges() throws Exception {
        Path output = folder.resolve("run");
        var recipe =
                TinyRuns.recipe(
                        "learningRate",
                        "0.001",
                        "schedule",
                        "{\"type\": \"multistep\", \"epochs\": [1], \"factor\": 1e33}",
                        "batch",
                        "40",
                        "epochs",
                        "3");
        TrainingRun run = TinyRuns.begin(shared, output, Engines.PYTORCH, recipe, new Quiet());
        assertThatThrownBy(run::run)
                .isInstanceOf(TrainingFailure.class)
                .hasMessageContaining(
                        "a logit of a validation image is not a number in step 2 (epoch 2) at")
                .hasMessageContaining(
                        "; the last checkpoint is " + new RunFolder(output).state(1) + ";");
        assertThat(new RunFolder(output).states()).containsExactly(new RunFolder(output).state(1));
    }
}
