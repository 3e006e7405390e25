package org.efficientzoo.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.training.data.LoaderSettings.CacheMode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a run writes its checkpoints, and which it keeps. */
class CheckpointTimesTest {

    @TempDir private static Path data;

    @TempDir private Path folder;

    @BeforeAll
    static void draw() throws IOException {
        TinyRuns.draw(data);
    }

    private RunFolder runFolder() {
        return new RunFolder(folder.resolve("run"));
    }

    private TrainingRun begin(Duration saveEvery, int kept, Quiet listener) throws IOException {
        RunSettings settings =
                new RunSettings(Engines.PYTORCH, 2, saveEvery, kept, 0.01, CacheMode.AUTO, 128);
        return TinyRuns.begin(data, runFolder().root(), settings, TinyRuns.recipe(), listener);
    }

    private TrainingRun begin(Path output) throws IOException {
        return TinyRuns.begin(data, output, Engines.PYTORCH, TinyRuns.recipe(), new Quiet());
    }

    private List<Path> states(int... steps) {
        List<Path> states = new ArrayList<>();
        for (int step : steps) {
            states.add(runFolder().state(step));
        }
        return states;
    }

    @Test
    void areAsManyAsTheTimeBetweenThemAllows() throws Exception {
        Quiet listener = new Quiet();
        begin(Duration.ofMillis(1), 3, listener).run(); // a step takes longer
        assertThat(listener.saved.stream().distinct()).isEqualTo(states(1, 2, 3, 4, 5, 6));
        assertThat(runFolder().states()).isEqualTo(states(6, 5, 4));
    }

    @Test
    void areWrittenForOneWhoStopsARunFromItsFirstStepOn() throws Exception {
        Quiet listener = new Quiet();
        TrainingRun run = begin(Duration.ofDays(1), 1, listener);
        List<Boolean> willBe = new ArrayList<>();
        listener.afterStep = step -> willBe.add(run.stop());
        assertThat(run.run()).isFalse();
        assertThat(willBe).containsExactly(true);
        assertThat(runFolder().states()).isEqualTo(states(1));
        assertThat(begin(folder.resolve("other")).stop()).as("before the first step").isFalse();
    }

    @Test
    void areWrittenBeforeAValidationAndAfterIt() throws Exception {
        Quiet listener = new Quiet();
        List<List<Path>> before = new ArrayList<>();
        listener.inValidation = () -> before.add(states(runFolder()));
        begin(Duration.ofDays(1), 1, listener).run();
        assertThat(listener.saved).isEqualTo(states(3, 6));
        assertThat(before.stream().distinct()).containsExactly(states(3), states(6, 3));
        assertThat(runFolder().states()).isEqualTo(states(6));
    }

    @Test
    void stayWhereAValidationIsInterrupted() throws Exception {
        Quiet listener = new Quiet();
        listener.inValidation = () -> Thread.currentThread().interrupt();
        TrainingRun run = begin(Duration.ofDays(1), 1, listener);
        assertThatThrownBy(run::run).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).as("what the exception says, said twice").isFalse();
        assertThat(runFolder().states()).isEqualTo(states(3));
    }

    /** Killed between a row of the metrics and the checkpoint behind it. */
    @Test
    void doNotDoubleEventsWhereTheLastIsFromBeforeTheValidation() throws Exception {
        Quiet listener = new Quiet();
        Path kept = folder.resolve("kept");
        listener.inValidation =
                () -> {
                    if (listener.rows.size() == 1) {
                        copy(runFolder().state(6), kept);
                    }
                };
        begin(Duration.ofDays(1), 1, listener).run();
        copy(kept, runFolder().state(6));
        assertThat(TinyRuns.resume(runFolder().root(), Engines.PYTORCH, new Quiet()).run())
                .isTrue();
        assertThat(stepsThatEventFilesStartAt()).containsExactly(0, 6); // TensorBoard drops it
    }

    /** The step of the second record of each file, behind the time of that record. */
    private List<Integer> stepsThatEventFilesStartAt() throws IOException {
        List<Integer> steps = new ArrayList<>();
        try (Stream<Path> files = Files.list(runFolder().root())) {
            for (Path file : files.sorted().toList()) {
                if (file.getFileName().toString().startsWith("events.")) {
                    byte[] bytes = Files.readAllBytes(file);
                    int second = 12 + bytes[0] + 4; // length and checksum, content, checksum
                    byte[] record = Arrays.copyOfRange(bytes, second + 12, second + 12 + 11);
                    assertThat(record[0]).isEqualTo((byte) 0x09);
                    assertThat(record[9]).isEqualTo((byte) 0x10);
                    steps.add((int) record[10]);
                }
            }
        }
        return steps;
    }

    private static void copy(Path from, Path to) {
        try {
            Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Path> states(RunFolder folder) {
        try {
            return folder.states();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void needAFolderThatMayBeWritten() throws Exception {
        boolean readOnly = folder.toFile().setWritable(false) && !Files.isWritable(folder);
        if (!readOnly) {
            System.out.println("Skipped: this user may write to a read-only folder");
        }
        assumeThat(readOnly).isTrue();
        try {
            assertThatThrownBy(() -> begin(Duration.ofDays(1), 1, new Quiet()).run())
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessage(runFolder().root().toString());
        } finally {
            assertThat(folder.toFile().setWritable(true)).isTrue();
        }
    }
}
