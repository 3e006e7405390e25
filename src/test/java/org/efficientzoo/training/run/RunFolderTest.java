package org.efficientzoo.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.training.recipe.Recipes;
import org.efficientzoo.training.report.MetricsCsv;
import org.efficientzoo.zoo.file.FileLock;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a run may begin and go on, and how many at once. */
class RunFolderTest {

    @TempDir private static Path shared;

    @TempDir private Path folder;

    @BeforeAll
    static void draw() throws IOException {
        TinyRuns.draw(shared);
    }

    @Test
    void isWorkedOnByOneAtATime() throws Exception {
        Path output = folder.resolve("run");
        TinyRuns.begin(shared, output, Engines.PYTORCH, TinyRuns.recipe("epochs", "1"), new Quiet())
                .run();
        TrainingRun run = TinyRuns.resume(output, Engines.PYTORCH, new Quiet());
        try (FileLock lock = new RunFolder(output).take()) {
            assertThat(lock.isHeld()).isTrue();
            assertThatThrownBy(run::run)
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessage("another process works on the run " + output);
        }
    }

    @Test
    void findsItsCheckpointsInEveryLanguage() throws Exception {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            RunFolder run = new RunFolder(folder);
            Files.createDirectories(run.checkpoints());
            Path state = Files.createFile(run.state(1234));
            assertThat(state).hasFileName("state-00001234.safetensors");
            assertThat(run.states()).containsExactly(state);
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void beginsWhereABeginningWasKilledAndNowhereElse() throws Exception {
        Path output = folder.resolve("run");
        Files.createDirectories(output.resolve("checkpoints"));
        for (String file : List.of(".lock", "classes.txt", ".efficient-zoo-1.tmp")) {
            Files.writeString(output.resolve(file), "half");
        }
        TinyRuns.begin(shared, output, Engines.PYTORCH, TinyRuns.recipe("epochs", "1"), new Quiet())
                .run();
        assertThat(MetricsCsv.read(output.resolve("metrics.csv"))).hasSize(1);

        for (String file : List.of("thesis.txt", "classes.txt", "checkpoints")) {
            Path taken = Files.createDirectories(folder.resolve("taken by " + file));
            Files.writeString(taken.resolve(file), "mine");
            assertThatThrownBy(
                            () ->
                                    TinyRuns.begin(
                                            shared,
                                            taken,
                                            Engines.PYTORCH,
                                            TinyRuns.recipe(),
                                            new Quiet()))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessage(taken + " is not empty; name another folder");
        }
    }

    @Test
    void isBegunByOneAtATime() throws Exception {
        Path output = folder.resolve("run");
        TrainingRun first =
                TinyRuns.begin(
                        shared,
                        output,
                        Engines.PYTORCH,
                        TinyRuns.recipe("epochs", "1"),
                        new Quiet());
        TrainingRun second =
                TinyRuns.begin(shared, output, Engines.PYTORCH, TinyRuns.recipe(), new Quiet());
        Files.createDirectory(output);
        try (FileLock lock = new RunFolder(output).take()) {
            assertThat(lock.isHeld()).isTrue();
            assertThatThrownBy(first::run).hasMessage("another process works on the run " + output);
        }
        assertThat(first.run()).isTrue();
        assertThatThrownBy(second::run).hasMessageStartingWith(output + " holds a run already");
        assertThat(Recipes.read(Recipes.find(new RunFolder(output).recipe().toString())).epochs())
                .isEqualTo(1);
    }

    @Test
    void refusesADataSetThatHasChanged() throws Exception {
        Path changing = folder.resolve("data");
        TinyRuns.draw(changing);
        Path output = folder.resolve("run");
        TinyRuns.begin(
                        changing,
                        output,
                        Engines.PYTORCH,
                        TinyRuns.recipe("epochs", "1"),
                        new Quiet())
                .run();
        try (Stream<Path> files = Files.walk(changing.resolve("train"))) {
            Files.delete(files.filter(Files::isRegularFile).sorted().findFirst().orElseThrow());
        }
        assertThatThrownBy(() -> TinyRuns.resume(output, Engines.PYTORCH, new Quiet()))
                .isExactlyInstanceOf(IOException.class)
                .hasMessageMatching(
                        "the data set must be the same, 40 training and 10 validation images .*,"
                                + " found 39 training and 10 validation images .*");
    }
}
