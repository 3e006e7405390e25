package org.efficientzoo.training.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.efficientzoo.training.data.augment.Augmentation;
import org.efficientzoo.training.data.augment.Draws;

/** A batch that workers are filling. Each place is filled by one task, in any order. */
final class PendingBatch {

    private final int epoch;
    private final int number;
    private final int[] images;
    private final int[] filledWith;
    private final ByteBuffer pixels;
    private final FloatBuffer floats;
    private final AtomicInteger unfilled;
    private final Map<Integer, String> failures = new ConcurrentHashMap<>();
    private final CompletableFuture<Double> ownShare = new CompletableFuture<>();

    /** Takes the indices of its images and a buffer for their pixels. */
    PendingBatch(int epoch, int number, int[] images, ByteBuffer buffer, int bytes) {
        this.epoch = epoch;
        this.number = number;
        this.images = images;
        filledWith = new int[images.length];
        pixels = buffer.clear().limit(bytes);
        floats = pixels.asFloatBuffer();
        unfilled = new AtomicInteger(images.length);
    }

    int epoch() {
        return epoch;
    }

    int number() {
        return number;
    }

    int size() {
        return images.length;
    }

    int image(int place) {
        return images[place];
    }

    ByteBuffer pixels() {
        return pixels;
    }

    /** The index of the image that was put into a place, or -1. */
    int filledWith(int place) {
        return filledWith[place];
    }

    /** Why an image could not be read, if so. */
    String failure(int image) {
        return failures.getOrDefault(image, "");
    }

    /** Completed when all places are filled, with the share that mixing left to each image. */
    CompletableFuture<Double> ownShare() {
        return ownShare;
    }

    /** The places whose images could not be read. */
    List<Integer> failedPlaces() {
        List<Integer> places = new ArrayList<>();
        for (int place = 0; place < images.length; place++) {
            if (failures.containsKey(images[place])) {
                places.add(place);
            }
        }
        return places;
    }

    boolean isEmpty() {
        return Arrays.stream(filledWith).allMatch(image -> image < 0);
    }

    /** Fills a place with its image, or the next of the batch that can be read. */
    void fill(int place, TrainingImages source, long seed, Augmentation augmentation) {
        try {
            filledWith[place] = -1;
            for (int i = 0; i < images.length && filledWith[place] < 0; i++) {
                int image = images[(place + i) % images.length];
                try {
                    Draws draws = Draws.ofImage(seed, epoch, images[place]);
                    float[] planes = source.load(image, draws);
                    floats.put(place * planes.length, planes);
                    filledWith[place] = image;
                } catch (IOException
                        | IllegalArgumentException e) { // unreadable, or not to be resized
                    failures.put(image, Failure.describe(e));
                } catch (OutOfMemoryError e) { // to leave it out would depend on the moment
                    throw new UncheckedIOException(
                            new IOException(Failure.notEnoughMemory(source.file(image)), e));
                }
            }
            if (unfilled.decrementAndGet() == 0) {
                ownShare.complete(
                        augmentation
                                .mixing()
                                .apply(
                                        floats,
                                        images.length,
                                        augmentation.cropHeight(),
                                        augmentation.cropWidth(),
                                        Draws.ofBatch(seed, epoch, number)));
            }
        } catch (RuntimeException | Error e) {
            ownShare.completeExceptionally(e);
        }
    }
}
