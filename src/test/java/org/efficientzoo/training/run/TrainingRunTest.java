package org.efficientzoo.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.efficientzoo.Slow;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.training.recipe.Recipes;
import org.efficientzoo.training.report.MetricsCsv;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole, stopped, resumed and failing runs. */
@Slow
class TrainingRunTest {

    private static final List<String> TIMES =
            List.of("images_per_second", "data_wait_share", "seconds", "peak_memory_mb");

    @TempDir private static Path shared;

    @TempDir private Path folder;

    @BeforeAll
    static void draw() throws IOException {
        TinyRuns.draw(shared.resolve("data"));
        // From when MXNet is loaded PyTorch computes on one thread, and rounds in another order.
        Engines.names().forEach(engine -> Engines.manager(engine).close());
    }

    private static Path data() {
        return shared.resolve("data");
    }

    /** An uninterrupted run, made once an engine. */
    private static synchronized Path whole(String engine) throws Exception {
        Path output = shared.resolve(engine);
        if (!Files.exists(output)) {
            assertThat(TinyRuns.begin(data(), output, engine, TinyRuns.recipe(), new Quiet()).run())
                    .isTrue();
        }
        return output;
    }

    private static void assertSameResults(Path found, Path expected) throws IOException {
        for (String name : List.of("last", "best", "average")) {
            String file = "checkpoints/" + name + ".safetensors";
            assertThat(found.resolve(file)).as(file).hasSameBinaryContentAs(expected.resolve(file));
        }
        assertThat(rows(found)).isEqualTo(rows(expected)).hasSize(2);
    }

    private static List<Map<String, String>> rows(Path run) throws IOException {
        List<Map<String, String>> rows = MetricsCsv.read(run.resolve("metrics.csv"));
        rows.forEach(row -> row.keySet().removeAll(TIMES));
        return rows;
    }

    @ParameterizedTest
    @CsvSource({"PyTorch, 1", "PyTorch, 3", "PyTorch, 5", "MXNet, 2", "MXNet, 4"})
    void goesOnBitForBitWhereItWasStopped(String engine, long step) throws Exception {
        Path output = folder.resolve("run");
        AtomicReference<TrainingRun> run = new AtomicReference<>();
        Quiet listener = new Quiet();
        listener.afterStep =
                done -> {
                    if (done == step) {
                        run.get().stop();
                    }
                };
        run.set(TinyRuns.begin(data(), output, engine, TinyRuns.recipe(), listener));
        assertThat(run.get().run()).isFalse();
        assertThat(new RunFolder(output).latestState()).contains(new RunFolder(output).state(step));

        Quiet later = new Quiet();
        assertThat(TinyRuns.resume(output, engine, later).run()).isTrue();
        assertThat(later.plan.orElseThrow().stepsDone()).isEqualTo(step);
        assertSameResults(output, whole(engine));
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void goesOnWithValidationWhereItWasStoppedInIt(String engine) throws Exception {
        Path output = folder.resolve("run");
        AtomicReference<TrainingRun> run = new AtomicReference<>();
        Quiet listener = new Quiet();
        listener.inValidation = () -> run.get().stop();
        run.set(TinyRuns.begin(data(), output, engine, TinyRuns.recipe(), listener));
        assertThat(run.get().run()).isFalse();
        assertThat(listener.rows).isEmpty();

        assertThat(TinyRuns.resume(output, engine, new Quiet()).run()).isTrue();
        assertSameResults(output, whole(engine));
    }

    @Test
    void repeatsARunByItsRecipe() throws Exception {
        Path first = whole(Engines.PYTORCH);
        Path output = folder.resolve("again");
        var recipe = Recipes.read(Recipes.find(first.resolve("recipe.json").toString()));
        TinyRuns.begin(data(), output, Engines.PYTORCH, recipe, new Quiet()).run();
        assertThat(output.resolve("recipe.json"))
                .hasSameTextualContentAs(first.resolve("recipe.json"));
        assertSameResults(output, first);
    }

    @Test
    void leavesAFolderWithAllThatWasAskedFor() throws Exception {
        Path output = whole(Engines.PYTORCH);
        try (Stream<Path> files = Files.list(output)) {
            assertThat(
                            files.map(
                                    file ->
                                            file.getFileName()
                                                    .toString()
                                                    .replaceAll("tfevents.*", "")))
                    .containsExactlyInAnyOrder(
                            "recipe.json",
                            "environment.json",
                            "classes.txt",
                            "metrics.csv",
                            "curves.png",
                            "events.out.",
                            "checkpoints",
                            ".lock");
        }
        try (Stream<Path> files = Files.list(output.resolve("checkpoints"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "last.safetensors",
                            "best.safetensors",
                            "average.safetensors",
                            "state-00000003.safetensors",
                            "state-00000006.safetensors");
        }
        Map<String, String> row = MetricsCsv.read(output.resolve("metrics.csv")).get(1);
        assertThat(row).containsEntry("epoch", "2").containsEntry("step", "6");
        double accuracy = Double.parseDouble(row.get("val_top1"));
        assertThat(accuracy + Double.parseDouble(row.get("val_top1_error"))).isEqualTo(1);
        Environment environment = Environment.read(output.resolve("environment.json"));
        assertThat(environment.fingerprint().trainImages()).isEqualTo(40);
        assertThat(environment.seed()).isEqualTo(TinyRuns.recipe().seed());
        assertThat(environment.sessions())
                .singleElement()
                .satisfies(session -> assertThat(session.engineVersion()).isEqualTo("2.7.1"));
    }

    @Test
    void saysThatAnEndedRunHasNothingLeftToDo() throws Exception {
        Quiet listener = new Quiet();
        assertThat(TinyRuns.resume(whole(Engines.MXNET), Engines.MXNET, listener).run()).isTrue();
        assertThat(listener.rows).isEmpty();
        assertThat(listener.plan.orElseThrow().stepsDone()).isEqualTo(TinyRuns.STEPS);
    }

    /** Weights bring dropout and stem with them, which the recipe then says, too. */
    @Test
    void goesOnBitForBitWithARunThatStartedFromWeights() throws Exception {
        var recipe =
                TinyRuns.recipe(
                        "network.dropout",
                        "null",
                        "network.stemStride",
                        "null",
                        "start.weightsFile",
                        whole(Engines.PYTORCH).resolve("checkpoints/best.safetensors").toString());
        Path output = folder.resolve("run");
        AtomicReference<TrainingRun> run = new AtomicReference<>();
        Quiet listener = new Quiet();
        listener.afterStep = done -> run.get().stop();
        run.set(TinyRuns.begin(data(), output, Engines.PYTORCH, recipe, listener));
        assertThat(run.get().run()).isFalse();
        var written = Recipes.read(Recipes.find(new RunFolder(output).recipe().toString()));
        assertThat(written.network()).isEqualTo(TinyRuns.recipe().network());

        assertThat(TinyRuns.resume(output, Engines.PYTORCH, new Quiet()).run()).isTrue();
        Path uninterrupted = folder.resolve("uninterrupted");
        TinyRuns.begin(data(), uninterrupted, Engines.PYTORCH, recipe, new Quiet()).run();
        assertSameResults(output, uninterrupted);
    }

    /** Whatever the weights were trained on before, this run sees red first and its own crop. */
    @Test
    void saysHowItsOwnImagesWerePrepared() throws Exception {
        Path weights = whole(Engines.PYTORCH).resolve("checkpoints/best.safetensors");
        String text = Files.readString(weights, StandardCharsets.ISO_8859_1);
        assertThat(text).contains("\"channelOrder\":\"rgb\"", "\"cropHeight\":\"32\"");
        Path others = folder.resolve("others.safetensors");
        Files.writeString(
                others,
                text.replace("\"channelOrder\":\"rgb\"", "\"channelOrder\":\"bgr\"")
                        .replace("\"cropHeight\":\"32\"", "\"cropHeight\":\"24\""),
                StandardCharsets.ISO_8859_1);
        Path output = folder.resolve("run");
        var recipe = TinyRuns.recipe("start.weightsFile", others.toString(), "epochs", "1");
        TinyRuns.begin(data(), output, Engines.PYTORCH, recipe, new Quiet()).run();
        assertThat(
                        Files.readString(
                                output.resolve("checkpoints/last.safetensors"),
                                StandardCharsets.ISO_8859_1))
                .contains("\"channelOrder\":\"rgb\"", "\"cropHeight\":\"32\"");
    }

    @Test
    void clearsAwayWhatAKilledProcessWasWriting() throws Exception {
        Path output = copyOf(whole(Engines.PYTORCH));
        Path unfinished = output.resolve("checkpoints/.efficient-zoo-1.tmp");
        Files.writeString(unfinished, "half");
        TinyRuns.resume(output, Engines.PYTORCH, new Quiet()).run();
        assertThat(unfinished).doesNotExist();
    }

    @Test
    void remembersWhereTheDataSetIsNow() throws Exception {
        Path output = copyOf(whole(Engines.PYTORCH));
        Path moved = folder.resolve("moved");
        TinyRuns.draw(moved);
        new TrainingRuns(output, RunSettings.of(Engines.PYTORCH, 1))
                .resume(Optional.of(moved), new Quiet())
                .run();
        assertThat(Environment.read(new RunFolder(output).environment()).data())
                .isEqualTo(moved.toString());
    }

    @Test
    void refusesAnotherEngine() throws Exception {
        Path run = whole(Engines.PYTORCH);
        assertThatThrownBy(() -> TinyRuns.resume(run, Engines.MXNET, new Quiet()))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(run + " was begun on PyTorch and must go on there, found MXNet");
    }

    @Test
    void goesOnFromTheStateBeforeADamagedOne() throws Exception {
        Path output = copyOf(whole(Engines.PYTORCH));
        Path state = new RunFolder(output).state(TinyRuns.STEPS);
        byte[] bytes = Files.readAllBytes(state);
        Files.write(state, Arrays.copyOf(bytes, bytes.length / 2));
        Quiet listener = new Quiet();
        assertThat(TinyRuns.resume(output, Engines.PYTORCH, listener).run()).isTrue();
        assertThat(listener.warnings)
                .singleElement()
                .asString()
                .startsWith(state.toString())
                .endsWith(
                        "; kept as damaged-state-00000006.safetensors; going on from"
                                + " state-00000003.safetensors");
        assertThat(listener.plan.orElseThrow().stepsDone()).isEqualTo(3);
        assertThat(new RunFolder(output).states())
                .extracting(file -> file.getFileName().toString())
                .containsExactly("state-00000006.safetensors", "state-00000003.safetensors");
        assertThat(state.resolveSibling("damaged-" + state.getFileName()))
                .hasBinaryContent(Arrays.copyOf(bytes, bytes.length / 2));
        assertSameResults(output, whole(Engines.PYTORCH));
    }

    @Test
    void refusesToGoOnWhereNoStateCanBeRead() throws Exception {
        Path output = copyOf(whole(Engines.PYTORCH));
        for (Path state : new RunFolder(output).states()) {
            Files.copy(
                    output.resolve("checkpoints/last.safetensors"),
                    state,
                    StandardCopyOption.REPLACE_EXISTING);
        }
        Quiet listener = new Quiet();
        assertThatThrownBy(() -> TinyRuns.resume(output, Engines.PYTORCH, listener).run())
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(new RunFolder(output).state(TinyRuns.STEPS) + " is no state of a run");
        assertThat(listener.warnings).isEmpty();
    }

    private Path copyOf(Path run) throws IOException {
        Path copy = folder.resolve("copy");
        try (Stream<Path> files = Files.walk(run)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(run.relativize(file).toString()));
            }
        }
        return copy;
    }

    @Test
    void warnsWhereTheLastBitsMayDiffer() throws Exception {
        Path output = copyOf(whole(Engines.PYTORCH));
        Path file = new RunFolder(output).environment();
        String text = Files.readString(file);
        assertThat(text).containsOnlyOnce("\"engineVersion\": \"2.7.1\"");
        Files.writeString(file, text.replace("\"2.7.1\"", "\"2.7.0\""));
        Quiet listener = new Quiet();
        TinyRuns.resume(output, Engines.PYTORCH, listener).run();
        assertThat(listener.warnings)
                .containsExactly(
                        "the weights may differ in their last bits from those of an uninterrupted"
                                + " run: engine version was 2.7.0, now 2.7.1");
        TinyRuns.resume(output, Engines.PYTORCH, listener).run();
        assertThat(listener.warnings).hasSize(1); // 2.7.1 again
    }

    @Test
    void reportsImagesThatCannotBeReadAndStopsAtTooMany() throws Exception {
        Path damaged = folder.resolve("data");
        TinyRuns.draw(damaged);
        Path broken = damaged.resolve("val").resolve(firstClass(damaged)).resolve("broken.png");
        Files.writeString(broken, "no picture");
        Quiet listener = new Quiet();
        Path output = folder.resolve("run");
        var recipe = TinyRuns.recipe("epochs", "2");
        RunSettings usual = RunSettings.of(Engines.PYTORCH, 2);
        RunSettings lenient =
                new RunSettings(
                        usual.engine(),
                        2,
                        usual.saveEvery(),
                        2,
                        0.1,
                        usual.cache(),
                        usual.validationBatch());
        TinyRuns.begin(damaged, output, lenient, recipe, listener).run();
        assertThat(listener.skipped) // once, however often it is met
                .extracting(skipped -> skipped.sample().file())
                .containsExactly(broken);
        TrainingRun strict =
                TinyRuns.begin(damaged, folder.resolve("strict"), usual, recipe, new Quiet());
        assertThatThrownBy(strict::run)
                .isExactlyInstanceOf(IOException.class)
                .hasMessageStartingWith(
                        "at most 1.0 % of the images may be unreadable, found 1 of 11, the last: ")
                .hasMessageContaining("broken.png")
                .hasMessageEndingWith("; --most-unreadable allows more");
        Path stopped = folder.resolve("strict");
        assertThat(new RunFolder(stopped).states()).hasSize(1); // the epoch is not lost
        var patient = new TrainingRuns(stopped, lenient).resume(Optional.empty(), new Quiet());
        assertThat(patient.run()).isTrue();
        assertThat(stopped.resolve("checkpoints/last.safetensors"))
                .hasSameBinaryContentAs(output.resolve("checkpoints/last.safetensors"));

        Files.move(broken, damaged.resolve("train").resolve(firstClass(damaged)).resolve("b.png"));
        TrainingRun run =
                TinyRuns.begin(
                        damaged,
                        folder.resolve("other"),
                        Engines.PYTORCH,
                        TinyRuns.recipe(),
                        new Quiet());
        assertThatThrownBy(run::run)
                .isExactlyInstanceOf(IOException.class)
                .hasMessageStartingWith(
                        "at most 1.0 % of the images may be unreadable, found 1 of 41");
    }

    private static String firstClass(Path data) throws IOException {
        try (Stream<Path> classes = Files.list(data.resolve("train"))) {
            return classes.sorted().findFirst().orElseThrow().getFileName().toString();
        }
    }

    @Test
    void trainsWithoutValidationImages() throws Exception {
        Path some = folder.resolve("data");
        TinyRuns.draw(some);
        try (Stream<Path> files = Files.walk(some.resolve("val"))) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
        Path output = folder.resolve("run");
        Quiet listener = new Quiet();
        assertThat(
                        TinyRuns.begin(
                                        some,
                                        output,
                                        Engines.PYTORCH,
                                        TinyRuns.recipe("epochs", "1"),
                                        listener)
                                .run())
                .isTrue();
        assertThat(listener.rows.get(0)).containsEntry("val_top1", "");
        assertThat(output.resolve("checkpoints/last.safetensors")).exists();
        assertThat(output.resolve("checkpoints/best.safetensors")).doesNotExist();
    }
}
