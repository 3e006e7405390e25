package org.efficientzoo.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.efficientzoo.training.data.ClassFolders.Sample;
import org.efficientzoo.training.data.EvaluationLoader.Skipped;
import org.efficientzoo.zoo.TestImages;
import org.efficientzoo.zoo.image.EvaluationTransform;
import org.efficientzoo.zoo.image.ImageDecoder;
import org.efficientzoo.zoo.image.Interpolation;
import org.efficientzoo.zoo.image.Resize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvaluationLoaderTest {

    private static final EvaluationTransform SMALL =
            new EvaluationTransform(
                    new Resize.ShorterSide(20),
                    16,
                    16,
                    Interpolation.BILINEAR,
                    EvaluationTransform.IMAGENET_MEAN,
                    EvaluationTransform.IMAGENET_STD);

    @TempDir private Path folder;

    private List<Sample> pictures(int count) throws IOException {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Path file = TestImages.patches(folder.resolve(i + ".png"), i);
            samples.add(new Sample(file, 100 + i));
        }
        return samples;
    }

    private Sample broken(String name) throws IOException {
        return new Sample(Files.writeString(folder.resolve(name), "no picture"), 0);
    }

    private static float[] alone(Sample sample) throws IOException {
        float[] pixels = new float[SMALL.length()];
        SMALL.apply(new ImageDecoder().decode(sample.file()), pixels, 0);
        return pixels;
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "5, 1", "5, 4", "23, 3", "100, 8"})
    void keepsTheOrderWhateverTheBatchAndTheWorkers(int batchSize, int threads) throws IOException {
        List<Sample> samples = pictures(23);
        int next = 0;
        try (EvaluationLoader loader = new EvaluationLoader(samples, SMALL, batchSize, threads)) {
            while (loader.hasNext()) {
                Batch batch = loader.next();
                assertThat(batch.size()).isEqualTo(Math.min(batchSize, 23 - next));
                FloatBuffer pixels = batch.pixels();
                assertThat(pixels.remaining()).isEqualTo(batch.size() * SMALL.length());
                for (int label : batch.labels()) {
                    assertThat(label).isEqualTo(100 + next);
                    float[] image = new float[SMALL.length()];
                    pixels.get(image);
                    assertThat(image).containsExactly(alone(samples.get(next)));
                    next++;
                }
            }
            assertThat(loader.skipped()).isEmpty();
        }
        assertThat(next).isEqualTo(23);
    }

    @Test
    void fillsItsBatchesPastImagesThatCannotBeRead() throws IOException {
        List<Sample> samples = new ArrayList<>(pictures(5));
        Sample first = broken("first.png");
        Sample middle = broken("middle.png");
        Sample gone = new Sample(folder.resolve("gone.png"), 7);
        samples.add(0, first);
        samples.add(3, middle);
        samples.add(gone);
        List<List<Integer>> labels = new ArrayList<>();
        try (EvaluationLoader loader = new EvaluationLoader(samples, SMALL, 2, 3)) {
            loader.forEachRemaining(batch -> labels.add(batch.labels()));
            assertThat(loader.skipped())
                    .extracting(Skipped::sample)
                    .containsExactly(first, middle, gone);
            assertThat(loader.skipped())
                    .extracting(Skipped::reason)
                    .satisfiesExactly(
                            reason -> assertThat(reason).startsWith(first.file() + ": an image"),
                            reason -> assertThat(reason).startsWith(middle.file() + ": an image"),
                            reason -> assertThat(reason).contains("no such file"));
        }
        assertThat(labels).containsExactly(List.of(100, 101), List.of(102, 103), List.of(104));
    }

    @Test
    void hasNothingWhereThereIsNothing() {
        try (EvaluationLoader loader = new EvaluationLoader(List.of(), SMALL, 2, 2)) {
            assertThat(loader.hasNext()).isFalse();
            assertThatThrownBy(loader::next).isExactlyInstanceOf(NoSuchElementException.class);
        }
    }

    @Test
    void hasNothingWhereNothingCanBeRead() throws IOException {
        try (EvaluationLoader loader =
                new EvaluationLoader(List.of(broken("1.png"), broken("2.png")), SMALL, 2, 2)) {
            assertThat(loader.hasNext()).isFalse();
            assertThat(loader.skipped()).hasSize(2);
        }
    }

    @Test
    void leavesNoWorkersBehind() throws Exception {
        List<Sample> samples = pictures(6);
        EvaluationLoader loader = new EvaluationLoader(samples, SMALL, 1, 3);
        assertThat(workers()).isNotEmpty();
        loader.close();
        for (Thread worker : workers()) {
            worker.join(10_000);
            assertThat(worker.isAlive()).isFalse();
        }
    }

    private static List<Thread> workers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("image-loader"))
                .toList();
    }

    @Test
    void takesSmallerBatchesWhereImagesAreLarge() {
        long heap = Runtime.getRuntime().maxMemory() / Float.BYTES; // in values
        assertThat(LoaderSettings.fitting(128, 3 * 32 * 32)).isEqualTo(128);
        assertThat(LoaderSettings.fitting(128, (int) Math.min(heap / 32, Integer.MAX_VALUE)))
                .isBetween(2, 128);
        assertThat(LoaderSettings.fitting(128, Integer.MAX_VALUE)).isBetween(1, 8);
    }
}
