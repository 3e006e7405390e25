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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** A folder that somebody else has packed. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                ".lock",
                "recipe.json",
                "environment.json",
                "classes.txt",
                "metrics.csv",
                "curves.png",
                "checkpoints",
                "checkpoints/best.safetensors",
                "checkpoints/last.safetensors",
                "checkpoints/average.safetensors",
                "checkpoints/state-00000003.safetensors"
            })
    void writesThroughNoLinkThatLeadsOutOfTheFolder(String name) throws IOException {
        RunFolder run = new RunFolder(folder.resolve("run"));
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Path mine = Files.writeString(outside.resolve("mine"), "mine");
        Path link = run.root().resolve(name);
        Files.createDirectories(link.getParent());
        for (Path target : List.of(mine, outside.resolve("nothing"), outside)) {
            Files.createSymbolicLink(link, target);
            assertThatThrownBy(run::take)
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessage(
                            "%s must not be a link out of the run's folder, found a link to %s; put the file itself there"
                                    .formatted(link, target));
            Files.delete(link);
        }
        assertThat(mine).hasContent("mine");
        assertThat(outside)
                .isDirectoryContaining(mine::equals)
                .isDirectoryNotContaining("glob:**nothing");
    }

    @Test
    void followsLinksWithinTheFolderAndToTheFolder() throws IOException {
        Path root = Files.createDirectory(folder.resolve("run"));
        Path kept = Files.createDirectory(root.resolve("kept"));
        Files.createSymbolicLink(root.resolve("checkpoints"), kept);
        Path link = Files.createSymbolicLink(folder.resolve("link"), root);
        try (FileLock lock = new RunFolder(link).take()) {
            assertThat(lock.isHeld()).isTrue();
        }
    }

    @Test
    void namesAStateWithMoreDigitsThanAStepHas() throws IOException {
        RunFolder run = new RunFolder(folder);
        Files.createDirectories(run.checkpoints());
        Path small = Files.createFile(run.state(99_999_999));
        Path large = Files.createFile(run.state(999_999_999_999_999_999L));
        assertThat(run.states()).containsExactly(large, small);
        Path state =
                Files.createFile(
                        run.checkpoints().resolve("state-12345678901234567890123.safetensors"));
        assertThatThrownBy(run::states)
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(state + " must be named after a step of at most 18 digits, found 23");
    }
}
