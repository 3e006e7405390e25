package org.efficientzoo.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.LambdaBlock;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.training.Evaluation.Counts;
import org.efficientzoo.training.data.ClassFolders;
import org.efficientzoo.zoo.ClassNames;
import org.efficientzoo.zoo.TestImages;
import org.efficientzoo.zoo.image.EvaluationTransform;
import org.efficientzoo.zoo.image.Interpolation;
import org.efficientzoo.zoo.image.Resize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Evaluates a network that answers how red, green and blue an image is. */
class EvaluatorTest {

    private static final ClassNames COLOURS =
            new ClassNames(List.of("red", "green", "blue"), List.of("red", "green", "blue"));

    private static final EvaluationTransform SMALL =
            new EvaluationTransform(
                    new Resize.ShorterSide(10),
                    8,
                    8,
                    Interpolation.BILINEAR,
                    List.of(0f, 0f, 0f),
                    List.of(1f, 1f, 1f));

    private static final int[] ROWS = {2};
    private static final int[] COLUMNS = {2}; // once the rows are gone

    @TempDir private Path folder;

    private static ZooModel<NDList, NDList> colours(String engine) {
        Model model = Model.newInstance("colours", engine);
        LambdaBlock mean =
                new LambdaBlock(
                        list -> new NDList(list.singletonOrThrow().mean(ROWS).mean(COLUMNS)),
                        "mean");
        mean.initialize(
                model.getNDManager(), ai.djl.ndarray.types.DataType.FLOAT32, new Shape(1, 3, 8, 8));
        model.setBlock(mean);
        return new ZooModel<>(model, new NoopTranslator());
    }

    private void save(String name, Color colour) throws IOException {
        TestImages.plain(folder.resolve(name), colour);
    }

    /** Seven pictures, of which the network takes one for another colour, and a broken one. */
    private void savePictures() throws IOException {
        save("red/1.png", Color.RED);
        save("red/2.png", new Color(200, 50, 60));
        save("red/3.png", Color.RED);
        save("green/1.png", Color.GREEN);
        save("green/2.png", Color.BLUE);
        save("green/3.png", new Color(10, 90, 80));
        save("blue/1.png", Color.BLUE);
        Files.writeString(folder.resolve("blue/2.png"), "no picture");
    }

    private Evaluation run(String engine, int batch, int threads, List<Integer> progress)
            throws Exception {
        try (ZooModel<NDList, NDList> model = colours(engine)) {
            return new Evaluator(new PredictedNetwork(model), SMALL, batch, threads)
                    .run(ClassFolders.of(folder, COLOURS), progress::add);
        }
    }

    @ParameterizedTest
    @CsvSource({"PyTorch, 1, 1", "PyTorch, 3, 2", "PyTorch, 100, 4", "MXNet, 3, 2", "MXNet, 7, 1"})
    void countsTheSameWhateverTheBatch(String engine, int batch, int threads) throws Exception {
        savePictures();
        List<Integer> progress = new ArrayList<>();
        Evaluation evaluation = run(engine, batch, threads, progress);

        assertThat(evaluation.total()).isEqualTo(new Counts(7, 6, 7));
        assertThat(evaluation.perClass())
                .containsExactly(new Counts(3, 3, 3), new Counts(3, 2, 3), new Counts(1, 1, 1));
        assertThat(progress).allMatch(step -> step >= 1 && step <= batch);
        assertThat(progress.stream().mapToInt(step -> step).sum()).isEqualTo(7);
        assertThat(evaluation.seconds()).isPositive();
        assertThat(evaluation.imagesPerSecond()).isCloseTo(7 / evaluation.seconds(), within(1e-9));
    }

    @Test
    void countsEveryAnswerAmongTheBestFiveOfThree() throws Exception {
        save("red/1.png", Color.BLUE);
        save("green/1.png", Color.BLUE);
        Evaluation evaluation = run(Engines.PYTORCH, 4, 1, new ArrayList<>());
        assertThat(evaluation.total()).isEqualTo(new Counts(2, 0, 2));
        assertThat(evaluation.perClass()).last().isEqualTo(Counts.NONE);
    }

    @Test
    void notesTheImagesThatItCouldNotRead() throws Exception {
        savePictures();
        assertThat(run(Engines.PYTORCH, 2, 2, new ArrayList<>()).skipped())
                .singleElement()
                .satisfies(
                        skipped -> {
                            Path file = folder.resolve("blue/2.png");
                            assertThat(skipped.sample().file()).isEqualTo(file);
                            assertThat(skipped.sample().label()).isEqualTo(2);
                            assertThat(skipped.reason())
                                    .startsWith(file + ": an image must be a JPEG");
                        });
    }

    @Test
    void failsWhereNoImageCouldBeRead() throws Exception {
        Path first = folder.resolve("red/1.png");
        Files.createDirectory(first.getParent());
        Files.writeString(first, "no picture");
        Files.writeString(folder.resolve("red/2.png"), "nor this");
        assertThatThrownBy(() -> run(Engines.PYTORCH, 2, 2, new ArrayList<>()))
                .isExactlyInstanceOf(IOException.class)
                .hasMessageStartingWith(
                        "none of the 2 images of %s could be read; the first: %s: an image must be",
                        folder, first);
    }

    @Test
    void refusesMoreClassesThanTheNetworkHas() throws Exception {
        save("red/1.png", Color.RED);
        List<String> four = List.of("red", "green", "blue", "white");
        ClassFolders images = ClassFolders.of(folder, new ClassNames(four, four));
        try (ZooModel<NDList, NDList> model = colours(Engines.PYTORCH)) {
            Evaluator evaluator = new Evaluator(new PredictedNetwork(model), SMALL, 1, 1);
            assertThatThrownBy(() -> evaluator.run(images, step -> {}))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "the network must have an output for each class, "
                                    + "found 3 outputs, 4 classes");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 'a batch must have 1 to 1024 images, found 0'",
        "1025, 1, 'a batch must have 1 to 1024 images, found 1025'",
        "1, 0, 'threads must be positive, found 0'"
    })
    void refusesABatchOrAPoolOfNothing(int batch, int threads, String message) {
        try (ZooModel<NDList, NDList> model = colours(Engines.PYTORCH)) {
            assertThatThrownBy(
                            () -> new Evaluator(new PredictedNetwork(model), SMALL, batch, threads))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage(message);
        }
    }

    @Test
    void stopsWhereTheOutputIsNotANumber() throws IOException {
        savePictures();
        Model model = Model.newInstance("broken", Engines.PYTORCH);
        LambdaBlock nothing =
                new LambdaBlock(
                        list -> {
                            NDArray mean = list.singletonOrThrow().mean(ROWS).mean(COLUMNS);
                            return new NDList(mean.mul(Float.NaN));
                        },
                        "nothing");
        model.setBlock(nothing);
        try (ZooModel<NDList, NDList> broken = new ZooModel<>(model, new NoopTranslator())) {
            Evaluator evaluator = new Evaluator(new PredictedNetwork(broken), SMALL, 2, 1);
            ClassFolders images = ClassFolders.of(folder, COLOURS);
            assertThatThrownBy(() -> evaluator.run(images, step -> {}))
                    .isExactlyInstanceOf(TranslateException.class)
                    .hasMessage("the network's output is not a number");
        }
    }

    /** A network of the mean colour, scaled by class and shifted. */
    private Evaluation scaled(float scale, float... shifts) throws Exception {
        Model model = Model.newInstance("scaled", Engines.PYTORCH);
        model.setBlock(
                new LambdaBlock(
                        list -> {
                            NDArray mean = list.singletonOrThrow().mean(ROWS).mean(COLUMNS);
                            NDArray shift = mean.getManager().create(shifts);
                            return new NDList(mean.mul(scale).add(shift));
                        },
                        "scaled"));
        try (ZooModel<NDList, NDList> network = new ZooModel<>(model, new NoopTranslator())) {
            return new Evaluator(new PredictedNetwork(network), SMALL, 2, 1)
                    .run(ClassFolders.of(folder, COLOURS), step -> {});
        }
    }

    @Test
    void seesThatTheNetworkTellsNothingApart() throws Exception {
        save("red/1.png", Color.RED);
        save("green/1.png", Color.GREEN);
        save("blue/1.png", Color.BLUE);
        assertThat(scaled(0, 0, 0, 0).warning())
                .hasValueSatisfying(
                        line ->
                                assertThat(line)
                                        .contains("same logits whatever the image (3 images)"));
        assertThat(scaled(0, 1, 2, 3).constant()).as("of a bias alone").isTrue();
        assertThat(scaled(1e-3f, 1, 2, 3).warning()).isEmpty();
        Files.delete(folder.resolve("green/1.png"));
        Files.delete(folder.resolve("blue/1.png"));
        assertThat(scaled(0, 2, 2, 2).constant()).as("of one image").isTrue();
        assertThat(scaled(0, 1, 2, 3).constant()).as("of one image, maybe").isFalse();
    }
}
