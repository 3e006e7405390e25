package org.efficientzoo.training.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.efficientzoo.training.data.ClassFolders.Sample;
import org.efficientzoo.training.data.EvaluationLoader.Skipped;
import org.efficientzoo.training.data.augment.Draws;
import org.efficientzoo.training.data.augment.TrainTransform;

/**
 * Gives the batches of one epoch after another, loaded ahead by a pool of workers. The order and
 * every pixel depend on the seed, the epoch and the image alone: a loader that starts in the middle
 * of an epoch, with more or fewer workers, gives the same batches from there on.
 *
 * <p>An image that cannot be read is reported, once, and its place in the batch taken by the next
 * one of the same batch, so that batches keep their size.
 *
 * <p>One thread takes the batches.
 */
public final class TrainingLoader implements AutoCloseable {

    private static final long CLOSING_SECONDS = 10;

    private final List<Sample> samples;
    private final TrainTransform transform;
    private final LoaderSettings settings;
    private final Consumer<Skipped> report;
    private final TrainingImages images;
    private final ExecutorService workers;
    private final Queue<PendingBatch> ahead = new ArrayDeque<>();
    private final Queue<ByteBuffer> free = new ConcurrentLinkedQueue<>();
    private final Set<Integer> unreadable = new HashSet<>();
    private int epoch;
    private int batch;
    private int[] order = {};
    private long waitNanos;

    /**
     * Starts to load.
     *
     * @param samples the images
     * @param transform what is done to them
     * @param settings how they are loaded
     * @param epoch the epoch to begin with, from 0
     * @param batch the batch of this epoch to begin with, from 0
     * @param report is told each image that cannot be read, in the thread that takes the batches
     * @throws IllegalArgumentException if there are fewer images than a batch has, a batch has more
     *     than 2 GB, or there is no such batch
     * @throws IOException if there is no memory for the batches
     */
    public TrainingLoader(
            List<Sample> samples,
            TrainTransform transform,
            LoaderSettings settings,
            int epoch,
            int batch,
            Consumer<Skipped> report)
            throws IOException {
        LoaderSettings.checkBatch(settings.batchSize(), samples.size(), transform.length());
        this.samples = List.copyOf(samples);
        this.transform = transform;
        this.settings = settings;
        this.report = report;
        if (epoch < 0 || batch < 0 || batch >= batches()) {
            throw new IllegalArgumentException(
                    "a place must be an epoch from 0 and one of its %d batches, found epoch %d, batch %d"
                            .formatted(batches(), epoch, batch));
        }
        this.epoch = epoch;
        this.batch = batch;
        this.images = new TrainingImages(this.samples, transform, settings);
        if (batch > 0) {
            order = order();
        }
        workers = DaemonPool.of(settings.workers(), "training-loader");
        try {
            loadAhead();
        } catch (IOException | RuntimeException | Error e) {
            workers.shutdownNow();
            throw e;
        }
    }

    /**
     * The number of batches of an epoch.
     *
     * @return how many
     */
    public int batches() {
        return settings.batches(samples.size());
    }

    /**
     * The time that {@link #next()} has waited for workers so far.
     *
     * @return nanoseconds
     */
    public long waitNanos() {
        return waitNanos;
    }

    /**
     * The decoded images kept in memory.
     *
     * @return their bytes
     */
    public long cachedBytes() {
        return images.keptBytes();
    }

    /**
     * Takes the next batch, that of the next epoch after the last of one.
     *
     * @return the batch, to be closed
     * @throws IOException if too many images cannot be read, the message says which was the last,
     *     or there is no memory for a batch or an image
     * @throws InterruptedException if the thread is interrupted while it waits
     * @throws IllegalStateException if a worker failed otherwise, or the loader is closed
     */
    public TrainingBatch next() throws IOException, InterruptedException {
        if (workers.isShutdown()) {
            throw new IllegalStateException("the loader is closed");
        }
        PendingBatch pending = ahead.element();
        double ownShare = await(pending);
        ahead.remove();
        loadAhead();
        reportFailures(pending);
        List<Integer> labels =
                IntStream.range(0, pending.size())
                        .mapToObj(place -> samples.get(pending.filledWith(place)).label())
                        .toList();
        return new TrainingBatch(
                pending.epoch(), pending.number(), pending.pixels(), labels, ownShare, free::add);
    }

    private double await(PendingBatch pending) throws IOException, InterruptedException {
        long start = System.nanoTime();
        try {
            return pending.ownShare().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            if (e.getCause() instanceof UncheckedIOException unchecked) {
                throw unchecked.getCause();
            }
            throw new IllegalStateException(
                    "an image could not be prepared: " + Failure.describe(e.getCause()),
                    e.getCause());
        } finally {
            waitNanos += System.nanoTime() - start;
        }
    }

    private void reportFailures(PendingBatch pending) throws IOException {
        for (int place : pending.failedPlaces()) {
            int image = pending.image(place);
            String reason = pending.failure(image);
            if (unreadable.add(image)) {
                report.accept(new Skipped(samples.get(image), reason));
            }
            LoaderSettings.checkUnreadable(
                    unreadable.size(), samples.size(), settings.mostUnreadable(), reason);
        }
        if (pending.isEmpty()) {
            throw new IOException(
                    "a batch must have an image that can be read, found none of %d, the first: %s"
                            .formatted(pending.size(), pending.failure(pending.image(0))));
        }
    }

    private void loadAhead() throws IOException {
        while (ahead.size() < settings.batchesAhead()) {
            ahead.add(startNext(buffer()));
        }
    }

    private ByteBuffer buffer() throws IOException {
        ByteBuffer used = free.poll();
        if (used != null) {
            return used;
        }
        int bytes = settings.batchSize() * transform.length() * Float.BYTES;
        try {
            return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        } catch (OutOfMemoryError e) {
            throw new IOException(
                    "not enough memory for batches of %d images, %d MB each; java -Xmx gives more"
                            .formatted(settings.batchSize(), bytes / 1_000_000),
                    e);
        }
    }

    private PendingBatch startNext(ByteBuffer buffer) {
        if (batch == 0) {
            order = order();
        }
        int from = batch * settings.batchSize();
        int to = Math.min(samples.size(), from + settings.batchSize());
        int imageBytes = transform.length() * Float.BYTES;
        var pending =
                new PendingBatch(
                        epoch,
                        batch,
                        Arrays.copyOfRange(order, from, to),
                        buffer,
                        (to - from) * imageBytes);
        for (int i = 0; i < pending.size(); i++) {
            int place = i;
            workers.execute(
                    () -> pending.fill(place, images, settings.seed(), transform.augmentation()));
        }
        batch++;
        if (batch == batches()) {
            batch = 0;
            epoch++;
        }
        return pending;
    }

    private int[] order() {
        return Draws.ofOrder(settings.seed(), epoch).permutation(samples.size());
    }

    /** Stops the workers and waits for them to end. */
    @Override
    public void close() {
        workers.shutdownNow();
        try {
            workers.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
