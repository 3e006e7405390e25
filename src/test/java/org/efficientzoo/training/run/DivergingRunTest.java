package org.efficientzoo.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.zoo.TestModels;
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

    private TrainingRun begin(String engine, String... changes) throws IOException {
        var recipe = TinyRuns.recipe(changes);
        return TinyRuns.begin(shared, folder.resolve("run"), engine, recipe, new Quiet());
    }

    /** A run at one rate all the time. */
    private TrainingRun beginAt(String engine, String rate, String key, String value)
            throws IOException {
        String constant = "{\"type\": \"constant\"}";
        return begin(engine, "learningRate", rate, "schedule", constant, key, value);
    }

    private RunFolder runFolder() {
        return new RunFolder(folder.resolve("run"));
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void stopsAtALossThatIsNoNumberAndKeepsTheLastCheckpoint(String engine) throws Exception {
        TrainingRun run = beginAt(engine, "1e30", "epochs", "4");
        assertThatThrownBy(run::run)
                .isInstanceOf(TrainingFailure.class)
                .hasMessage(
                        "the loss is not a number in step 2 (epoch 1) at the learning rate 1.0E30;"
                                + " there is no checkpoint yet; a lower --learning-rate or a limit"
                                + " of the gradients may help");
        assertThat(runFolder().states()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void writesNoWeightsDownThatAreNoNumbers(String engine) throws Exception {
        TrainingRun run = beginAt(engine, "3e38", "batch", "40");
        assertThatThrownBy(run::run)
                .isInstanceOf(TrainingFailure.class)
                .hasMessageStartingWith(
                        "a weight is not a number in step 1 (epoch 1) at the learning rate 3.0E38;"
                                + " there is no checkpoint yet;");
        try (Stream<Path> files = Files.list(folder.resolve("run/checkpoints"))) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void keepsNoCheckpointOfAFirstEpochWhoseLogitsAreNoNumbers() throws Exception {
        TrainingRun run = beginAt(Engines.PYTORCH, "1e30", "batch", "40");
        assertThatThrownBy(run::run)
                .isInstanceOf(TrainingFailure.class)
                .hasMessageStartingWith("a logit of a validation image is not a number in step 1")
                .hasMessageContaining("; there is no checkpoint yet;");
        assertThat(runFolder().states()).isEmpty();
    }

    @Test
    void namesTheLastGoodCheckpointWhereALaterEpochDiverges() throws Exception {
        TrainingRun run =
                begin(
                        Engines.PYTORCH,
                        "learningRate",
                        "0.001",
                        "schedule",
                        "{\"type\": \"multistep\", \"epochs\": [1], \"factor\": 1e33}",
                        "batch",
                        "40",
                        "epochs",
                        "3");
        assertThatThrownBy(run::run)
                .isInstanceOf(TrainingFailure.class)
                .hasMessageContaining(
                        "a logit of a validation image is not a number in step 2 (epoch 2) at")
                .hasMessageContaining("; the last checkpoint is " + runFolder().state(1) + ";");
        assertThat(runFolder().states()).containsExactly(runFolder().state(1));
    }

    @Test
    void warnsOfANetworkThatTellsNothingApart() throws Exception {
        Path weights = TestModels.deaf(folder.resolve("deaf.safetensors"));
        Quiet told = new Quiet();
        var recipe =
                TinyRuns.recipe(
                        "network.name",
                        "squeezenet1_1",
                        "start.weightsFile",
                        weights.toString(),
                        "frozen",
                        "[\"classifier.*\"]",
                        "epochs",
                        "1");
        TinyRuns.begin(shared, folder.resolve("run"), Engines.PYTORCH, recipe, told).run();
        assertThat(told.warnings)
                .containsExactly(
                        "the network gives the same logits whatever the image (10 images); a layer is dead, as after too high a learning rate");
        Quiet lively = new Quiet();
        var other = TinyRuns.recipe("epochs", "1");
        TinyRuns.begin(shared, folder.resolve("other"), Engines.PYTORCH, other, lively).run();
        assertThat(lively.warnings).isEmpty();
    }
}
