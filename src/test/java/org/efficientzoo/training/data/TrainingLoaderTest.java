package org.efficientzoo.training.data;

import static java.awt.image.BufferedImage.TYPE_BYTE_BINARY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.efficientzoo.training.data.ClassFolders.Sample;
import org.efficientzoo.training.data.EvaluationLoader.Skipped;
import org.efficientzoo.training.data.LoaderSettings.CacheMode;
import org.efficientzoo.training.data.augment.Augmentation;
import org.efficientzoo.training.data.augment.Draws;
import org.efficientzoo.training.data.augment.TrainTransform;
import org.efficientzoo.zoo.TestImages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TrainingLoaderTest {

    private static final Gson GSON = new Gson();
    private static final TrainTransform PLAIN = new TrainTransform(Augmentation.imagenet(8));

    @TempDir private Path folder;

    private record Taken(
            int epoch, int number, List<Integer> labels, double own, ByteBuffer pixels) {
        static Taken of(TrainingBatch batch) {
            ByteBuffer copy = ByteBuffer.allocate(batch.pixels().remaining());
            copy.put(batch.pixels().duplicate()).flip();
            return new Taken(batch.epoch(), batch.number(), batch.labels(), batch.ownShare(), copy);
        }
    }

    private List<Sample> pictures(int count) throws IOException {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Path file = folder.resolve(i + ".png");
            if (!Files.exists(file)) {
                TestImages.patches(file, i);
            }
            samples.add(new Sample(file, i));
        }
        return samples;
    }

    private static TrainTransform everything() {
        JsonObject json = GSON.toJsonTree(Augmentation.imagenet(8)).getAsJsonObject();
        json.addProperty("policy", "TRIVIAL");
        json.addProperty("mixup", 0.4);
        json.addProperty("cutmix", 1);
        json.add("jpeg", JsonParser.parseString("{probability:0.5,least:30,greatest:90}"));
        json.add(
                "erasing",
                JsonParser.parseString(
                        "{probability:0.5,scale:{min:0.1,max:0.3},ratio:{min:0.5,max:2},noise:true}"));
        return new TrainTransform(GSON.fromJson(json, Augmentation.class));
    }

    private static LoaderSettings settings(int batchSize, int workers) {
        return new LoaderSettings(5, batchSize, false, workers, 2, 0.2, CacheMode.AUTO, 1 << 20);
    }

    private static List<Taken> take(TrainingLoader loader, int batches) throws Exception {
        List<Taken> taken = new ArrayList<>();
        for (int i = 0; i < batches; i++) {
            try (TrainingBatch batch = loader.next()) {
                taken.add(Taken.of(batch));
            }
        }
        return taken;
    }

    private static List<Taken> take(
            List<Sample> samples,
            TrainTransform transform,
            LoaderSettings settings,
            int epoch,
            int batch,
            int batches)
            throws Exception {
        try (var loader =
                new TrainingLoader(samples, transform, settings, epoch, batch, skipped -> {})) {
            return take(loader, batches);
        }
    }

    @Test
    void showsEveryImageOnceAnEpochInAnotherOrder() throws Exception {
        List<Taken> taken = take(pictures(10), PLAIN, settings(4, 2), 0, 0, 6);

        assertThat(taken)
                .extracting(Taken::epoch, Taken::number)
                .extracting(Object::toString)
                .containsExactly("(0, 0)", "(0, 1)", "(0, 2)", "(1, 0)", "(1, 1)", "(1, 2)");
        assertThat(taken).extracting(t -> t.labels.size()).containsExactly(4, 4, 2, 4, 4, 2);
        List<Integer> first = labels(taken.subList(0, 3));
        List<Integer> second = labels(taken.subList(3, 6));
        assertThat(first).containsExactlyInAnyOrderElementsOf(second).doesNotHaveDuplicates();
        assertThat(first).isNotEqualTo(second).isNotEqualTo(first.stream().sorted().toList());
    }

    private static List<Integer> labels(List<Taken> taken) {
        return taken.stream().flatMap(t -> t.labels.stream()).toList();
    }

    @ParameterizedTest
    @CsvSource({"1, OFF", "3, OFF", "8, OFF", "3, ON", "3, AUTO"})
    void givesTheSamePixelsWhateverTheWorkersAndTheCache(int workers, CacheMode cache)
            throws Exception {
        List<Sample> samples = pictures(9);
        List<Taken> expected = take(samples, everything(), settings(4, 2), 0, 0, 7);

        LoaderSettings other = new LoaderSettings(5, 4, false, workers, 5, 0.2, cache, 1 << 20);

        assertThat(take(samples, everything(), other, 0, 0, 7)).isEqualTo(expected);
        assertThat(expected).extracting(Taken::own).anyMatch(own -> own < 1);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "0, 2", "1, 0", "1, 2"})
    void goesOnFromAnyBatch(int epoch, int batch) throws Exception {
        List<Sample> samples = pictures(9);
        List<Taken> whole = take(samples, everything(), settings(4, 2), 0, 0, 8);
        int start = 3 * epoch + batch;

        List<Taken> rest = take(samples, everything(), settings(4, 3), epoch, batch, 8 - start);

        assertThat(rest).isEqualTo(whole.subList(start, 8));
    }

    @Test
    void givesOtherPixelsForAnotherSeed() throws Exception {
        List<Sample> samples = pictures(4);
        LoaderSettings other = new LoaderSettings(6, 4, false, 2, 2, 0.2, CacheMode.OFF, 0);

        assertThat(take(samples, PLAIN, other, 0, 0, 1))
                .isNotEqualTo(take(samples, PLAIN, settings(4, 2), 0, 0, 1));
    }

    @Test
    void dropsASmallerLastBatchWhereAsked() throws Exception {
        LoaderSettings drop = new LoaderSettings(5, 4, true, 2, 2, 0.2, CacheMode.OFF, 0);

        List<Taken> taken = take(pictures(10), PLAIN, drop, 0, 0, 4);

        assertThat(taken).extracting(Taken::epoch).containsExactly(0, 0, 1, 1);
        assertThat(taken).extracting(t -> t.labels.size()).containsOnly(4);
    }

    @ParameterizedTest
    @CsvSource({"1", "4"})
    void replacesAnImageThatCannotBeReadByTheNextOfItsBatch(int workers) throws Exception {
        List<Sample> samples = new ArrayList<>(pictures(8));
        samples.set(3, new Sample(Files.writeString(folder.resolve("bad.png"), "no picture"), 3));
        List<Skipped> skipped = new ArrayList<>();
        try (var loader =
                new TrainingLoader(samples, PLAIN, settings(4, workers), 0, 0, skipped::add)) {
            List<Taken> taken = take(loader, 8);

            assertThat(taken).extracting(t -> t.labels.size()).containsOnly(4);
            for (int epoch = 0; epoch < 4; epoch++) {
                List<Integer> labels = labels(taken.subList(2 * epoch, 2 * epoch + 2));
                assertThat(labels).doesNotContain(3);
                assertThat(new HashSet<>(labels)).hasSize(7);
            }
            assertThat(skipped).extracting(Skipped::sample).containsExactly(samples.get(3));
            assertThat(skipped.get(0).reason()).contains("bad.png: an image must be a JPEG");
            assertThat(take(samples, PLAIN, settings(4, 2), 0, 0, 8)).isEqualTo(taken);
        }
    }

    @Test
    void stopsWhenTooManyImagesCannotBeRead() throws Exception {
        List<Sample> samples = new ArrayList<>(pictures(8));
        for (int i = 0; i < 2; i++) {
            samples.set(i, new Sample(folder.resolve("gone" + i), i));
        }
        try (var loader = new TrainingLoader(samples, PLAIN, settings(8, 2), 0, 0, skipped -> {})) {
            assertThatThrownBy(loader::next)
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(
                            "at most 20.0 % of the images may be unreadable, found 2 of 8, the"
                                    + " last: ")
                    .hasMessageContaining("no such file");
        }
    }

    @Test
    void stopsWhenNothingOfABatchCanBeRead() throws Exception {
        List<Sample> samples = List.of(new Sample(folder.resolve("a"), 0));
        LoaderSettings lenient = new LoaderSettings(5, 1, false, 1, 2, 1, CacheMode.OFF, 0);
        try (var loader = new TrainingLoader(samples, PLAIN, lenient, 0, 0, skipped -> {})) {
            assertThatThrownBy(loader::next)
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(
                            "a batch must have an image that can be read, found none of 1");
        }
    }

    @Test
    void refusesABatchLargerThanTheSet() throws Exception {
        List<Sample> samples = pictures(3);

        assertThatThrownBy(
                        () ->
                                new TrainingLoader(
                                        samples, PLAIN, settings(4, 1), 0, 0, skipped -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "a batch must not be larger than the training set, found a batch of 4, 3 images");
    }

    @Test
    void usesTheMemoryOfClosedBatchesAgain() throws Exception {
        Set<Integer> buffers = new HashSet<>();
        try (var loader =
                new TrainingLoader(pictures(4), PLAIN, settings(2, 2), 0, 0, skipped -> {})) {
            for (int i = 0; i < 60; i++) {
                try (TrainingBatch batch = loader.next()) {
                    buffers.add(System.identityHashCode(batch.pixels()));
                }
            }
        }
        assertThat(buffers.size()).isLessThanOrEqualTo(3);
    }

    @Test
    void reportsAnImageThatNoMemoryHoldsOnceItIsResized() throws Exception {
        JsonObject json = GSON.toJsonTree(Augmentation.imagenet(8)).getAsJsonObject();
        json.addProperty("crop", "PADDED");
        json.addProperty("resize", 8);
        var padded = new TrainTransform(GSON.fromJson(json, Augmentation.class));
        List<Sample> samples = pictures(4);
        Path line = folder.resolve("line.png");
        ImageIO.write(new BufferedImage(9_000_000, 1, TYPE_BYTE_BINARY), "png", line.toFile());
        samples.add(new Sample(line, 4));
        List<Skipped> skipped = new ArrayList<>();
        try (var loader = new TrainingLoader(samples, padded, settings(5, 2), 0, 0, skipped::add)) {
            take(loader, 1);
        }

        assertThat(skipped).extracting(Skipped::sample).containsExactly(samples.get(4));
        assertThat(skipped.get(0).reason()).contains("a third of Java's heap");
    }

    @Test
    void aClosedBatchCannotBeRead() throws Exception {
        try (var loader =
                new TrainingLoader(pictures(4), PLAIN, settings(2, 2), 0, 0, skipped -> {})) {
            TrainingBatch batch = loader.next();
            batch.close();
            batch.close();

            assertThatThrownBy(batch::pixels).hasMessage("the batch is closed");
        }
    }

    @ParameterizedTest
    @EnumSource
    void keepsAsManyImagesAsMayBe(CacheMode cache) throws Exception {
        int image = 3 * 120 * 90;
        LoaderSettings room = new LoaderSettings(5, 2, false, 2, 2, 0.2, cache, 2 * image + 1);
        try (var loader = new TrainingLoader(pictures(4), PLAIN, room, 0, 0, skipped -> {})) {
            take(loader, 10);

            assertThat(loader.cachedBytes()).isEqualTo(cache == CacheMode.OFF ? 0 : 2 * image);
        }
    }

    @Test
    void givesUpWaitingWhenInterrupted() throws Exception {
        try (var loader =
                new TrainingLoader(pictures(4), PLAIN, settings(2, 1), 0, 0, skipped -> {})) {
            Thread.currentThread().interrupt();

            assertThatThrownBy(
                            () -> {
                                for (int i = 0; i < 1000; i++) {
                                    loader.next().close();
                                }
                            })
                    .isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void leavesNoWorkersBehind() throws Exception {
        var loader = new TrainingLoader(pictures(6), PLAIN, settings(2, 3), 0, 0, skipped -> {});
        loader.next().close();
        assertThat(loader.waitNanos()).isPositive();
        List<Thread> workers =
                Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().equals("training-loader"))
                        .toList();
        assertThat(workers).hasSizeGreaterThanOrEqualTo(3);
        loader.close();

        for (Thread thread : workers) {
            thread.join(10_000);
            assertThat(thread.isAlive()).isFalse();
        }
        assertThatThrownBy(loader::next).hasMessage("the loader is closed");
    }

    @Test
    void givesTheTargetsOfMixedImages() {
        var batch =
                new TrainingBatch(
                        0, 0, ByteBuffer.allocate(0), List.of(2, 0, 0), 0.75, buffer -> {});

        assertThat(batch.targets(3).shares())
                .containsExactly(0.25f, 0, 0.75f, 0.75f, 0, 0.25f, 1, 0, 0);
    }

    @Test
    void aFailureOfAWorkerReachesTheCaller() throws Exception {
        List<Sample> samples = List.of(new Sample(null, 0), new Sample(null, 1)); // a mistake
        try (var loader = new TrainingLoader(samples, PLAIN, settings(2, 1), 0, 0, skipped -> {})) {
            assertThatThrownBy(loader::next)
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("an image could not be prepared: ")
                    .hasCauseInstanceOf(NullPointerException.class);
        }
    }

    @Test
    void decodesAnImageWholeWhetherThereIsRoomToKeepItOrNot() throws Exception {
        Path file = damagedBelow();
        assertThat(unreadable(file, CacheMode.OFF, 0)).isBetween(1, 19); // some crops lie above
        assertThat(unreadable(file, CacheMode.AUTO, 0)).isEqualTo(20);
        assertThat(unreadable(file, CacheMode.AUTO, 1 << 20)).isEqualTo(20);
        assertThat(unreadable(file, CacheMode.ON, 0)).isEqualTo(20);
    }

    /** A JPEG in whose last rows a table begins that is none. */
    private Path damagedBelow() throws IOException {
        byte[] whole;
        try (InputStream jpeg = getClass().getResourceAsStream("/image/420.jpg")) {
            whole = jpeg.readAllBytes();
        }
        int place = whole.length * 9 / 10;
        var damaged = new ByteArrayOutputStream();
        damaged.write(whole, 0, place);
        damaged.write(new byte[] {(byte) 0xFF, (byte) 0xC4, 0, 3, 0});
        damaged.write(whole, place, whole.length - place);
        return Files.write(folder.resolve("damaged.jpg"), damaged.toByteArray());
    }

    /** How many of twenty crops cannot be had. */
    private static int unreadable(Path file, CacheMode cache, long room) {
        var settings = new LoaderSettings(5, 1, false, 1, 1, 1, cache, room);
        var images = new TrainingImages(List.of(new Sample(file, 0)), PLAIN, settings);
        int failures = 0;
        for (int i = 0; i < 20; i++) {
            try {
                images.load(0, Draws.ofImage(5, 0, i));
            } catch (IOException e) {
                failures++;
            }
        }
        return failures;
    }

    @Test
    void refusesBatchesThatNoArrayHolds() {
        assertThatThrownBy(() -> LoaderSettings.checkBatch(4000, 5000, 3 * 224 * 224))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "a batch must have at most 3566 images of 150528 values, 2 GB, found 4000");
        LoaderSettings.checkBatch(3566, 5000, 3 * 224 * 224);
    }

    @Test
    void loadsFewerLargeBatchesAhead() {
        int most = Math.toIntExact(Runtime.getRuntime().maxMemory() / 4 / 100);
        assertThat(LoaderSettings.batchesAhead(1, 1)).isEqualTo(3);
        assertThat(LoaderSettings.batchesAhead(100, most / 2)).isEqualTo(1);
        assertThat(LoaderSettings.batchesAhead(100, most / 6)).isEqualTo(2);
        assertThat(LoaderSettings.batchesAhead(100, 2 * most)).isEqualTo(1);
    }
}
