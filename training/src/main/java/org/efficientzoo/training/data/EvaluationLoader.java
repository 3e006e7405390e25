package org.efficientzoo.training.data;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.efficientzoo.training.data.ClassFolders.Sample;
import org.efficientzoo.zoo.image.EncodedImage;
import org.efficientzoo.zoo.image.EvaluationTransform;
import org.efficientzoo.zoo.image.ImageDecoder;
import org.efficientzoo.zoo.image.ImageDecodingException;

/**
 * Decodes and preprocesses images ahead of their use, in order, on a pool of workers. Images that
 * cannot be decoded are noted and left out.
 */
public final class EvaluationLoader implements Iterator<Batch>, AutoCloseable {

    private final EvaluationTransform transform;
    private final ImageDecoder decoder = new ImageDecoder();
    private final int batchSize;
    private final int imagesAhead;
    private final ExecutorService workers;
    private final Iterator<Sample> remaining;
    private final Queue<Future<Loaded>> ahead = new ArrayDeque<>();
    private final List<Skipped> skipped = new ArrayList<>();
    private Optional<Batch> next;

    /**
     * An image that was left out.
     *
     * @param sample the image
     * @param reason why
     */
    public record Skipped(Sample sample, String reason) {}

    private record Loaded(Sample sample, FloatBuffer pixels, String failure) {}

    /**
     * Starts to load.
     *
     * @param samples the images
     * @param transform the preprocessing
     * @param batchSize the most images of a batch
     * @param threads the workers
     * @throws IllegalArgumentException if the limit of pixels that the user has set is none
     * @throws IllegalStateException if memory is too short for an image, or the thread is
     *     interrupted; {@link #next} does, too
     */
    public EvaluationLoader(
            List<Sample> samples, EvaluationTransform transform, int batchSize, int threads) {
        this.transform = transform;
        this.batchSize = batchSize;
        this.imagesAhead = batchSize * LoaderSettings.batchesAhead(batchSize, transform.length());
        this.workers = DaemonPool.of(threads, "image-loader");
        this.remaining = samples.iterator();
        try {
            this.next = load();
        } catch (RuntimeException | Error e) {
            workers.shutdownNow();
            throw e;
        }
    }

    private Loaded decode(Sample sample) {
        try {
            FloatBuffer pixels = FloatBuffer.allocate(transform.length());
            decoder.open(sample.file()).inTurn(image -> transformed(image, pixels));
            return new Loaded(sample, pixels.flip(), null);
        } catch (IOException | RuntimeException e) {
            return new Loaded(sample, null, Failure.describe(e));
        } catch (OutOfMemoryError e) { // to leave it out would depend on the moment
            throw new IllegalStateException(Failure.notEnoughMemory(sample.file()), e);
        }
    }

    private FloatBuffer transformed(EncodedImage image, FloatBuffer pixels)
            throws ImageDecodingException {
        transform.apply(image.decode(), pixels);
        return pixels;
    }

    private Optional<Batch> load() {
        List<Loaded> images = new ArrayList<>();
        while (images.size() < batchSize) {
            while (ahead.size() < imagesAhead && remaining.hasNext()) {
                Sample sample = remaining.next();
                ahead.add(workers.submit(() -> decode(sample)));
            }
            if (ahead.isEmpty()) {
                break;
            }
            Loaded loaded = await(ahead.remove());
            if (loaded.pixels != null) {
                images.add(loaded);
            } else {
                skipped.add(new Skipped(loaded.sample, loaded.failure));
            }
        }
        return images.isEmpty() ? Optional.empty() : Optional.of(batch(images));
    }

    private static Loaded await(Future<Loaded> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while images were loaded", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "an image could not be loaded: " + Failure.describe(e.getCause()),
                    e.getCause());
        }
    }

    private Batch batch(List<Loaded> images) {
        FloatBuffer pixels =
                FloatBuffer.allocate(Math.multiplyExact(images.size(), transform.length()));
        images.forEach(image -> pixels.put(image.pixels));
        return new Batch(
                pixels.flip(), images.stream().map(image -> image.sample.label()).toList());
    }

    @Override
    public boolean hasNext() {
        return next.isPresent();
    }

    @Override
    public Batch next() {
        Batch batch = next.orElseThrow(NoSuchElementException::new);
        next = load();
        return batch;
    }

    /**
     * The images left out so far.
     *
     * @return the images, in order
     */
    public List<Skipped> skipped() {
        return List.copyOf(skipped);
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }
}
