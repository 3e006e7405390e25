package org.efficientzoo.training.data;

import java.io.IOException;
import java.util.Locale;

/**
 * How training images are loaded.
 *
 * @param seed the seed of the order and of all augmentation
 * @param batchSize the images of a batch
 * @param dropLast whether the last batch of an epoch is left out if it is smaller
 * @param workers the threads that decode and augment; their number changes no pixel
 * @param batchesAhead how many batches may be loaded before they are asked for, which bounds the
 *     memory
 * @param mostUnreadable the share of the files that may be unreadable before the run stops, 0 to 1
 * @param cache which decoded images are kept
 * @param cacheBytes the most bytes of decoded images to keep
 */
public record LoaderSettings(
        long seed,
        int batchSize,
        boolean dropLast,
        int workers,
        int batchesAhead,
        double mostUnreadable,
        CacheMode cache,
        long cacheBytes) {

    private static final int BATCHES_AHEAD = 3;
    private static final int SHARES_OF_HEAP = 16; // one for each of some batches at once

    /** Which decoded images are kept in memory for the next epoch. */
    public enum CacheMode {
        /** None. */
        OFF,
        /** All, as many as there is room for. */
        ON,
        /** Those of at most 128×128 pixels, as many as there is room for. */
        AUTO
    }

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public LoaderSettings {
        positive("a batch", batchSize, "images");
        positive("workers", workers, "threads");
        positive("batchesAhead", batchesAhead, "batches");
        checkShare(mostUnreadable);
        if (cache == null) {
            throw new IllegalArgumentException("cache must be given, found none");
        }
        if (cacheBytes < 0) {
            throw new IllegalArgumentException(
                    "cacheBytes must be at least 0, found " + cacheBytes);
        }
    }

    /**
     * Checks the share of files that may be unreadable.
     *
     * @param mostUnreadable the share
     * @throws IllegalArgumentException if it does not lie within 0 and 1
     */
    public static void checkShare(double mostUnreadable) {
        if (!(mostUnreadable >= 0 && mostUnreadable <= 1)) {
            throw new IllegalArgumentException(
                    "the share of unreadable files must lie within 0 and 1, found "
                            + mostUnreadable);
        }
    }

    /**
     * The number of batches of an epoch.
     *
     * @param images the images of the data set
     * @return how many
     */
    public int batches(int images) {
        int full = images / batchSize;
        return images % batchSize > 0 && !dropLast ? full + 1 : full;
    }

    /**
     * Checks that a data set can be loaded in such batches.
     *
     * @param batch the images of a batch
     * @param images the images of the data set
     * @param length the values of an image
     * @throws IllegalArgumentException if a batch is larger than the data set or than an array of
     *     the engines
     */
    public static void checkBatch(int batch, int images, int length) {
        if (batch > images) {
            throw new IllegalArgumentException(
                    "a batch must not be larger than the training set, found a batch of %d, %d images"
                            .formatted(batch, images));
        }
        long bytes = (long) batch * length * Float.BYTES;
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "a batch must have at most %d images of %d values, 2 GB, found %d"
                            .formatted(Integer.MAX_VALUE / Float.BYTES / length, length, batch));
        }
    }

    /**
     * How many batches may be loaded before they are asked for: three, or fewer where they would
     * take more than half of the memory that Java has for them.
     *
     * @param batch the images of a batch
     * @param length the values of an image
     * @return how many, at least one
     */
    public static int batchesAhead(int batch, int length) {
        long bytes = (long) batch * length * Float.BYTES;
        long room = Runtime.getRuntime().maxMemory() / 2; // as much beside the heap as in it
        return (int) Math.max(1, Math.min(BATCHES_AHEAD, room / bytes - 1));
    }

    /**
     * How many images may be in a batch so that it takes a small share of the heap.
     *
     * @param batch how many are wanted, at least 1
     * @param length the values of an image
     * @return as many, or fewer, at least 1
     */
    public static int fitting(int batch, int length) {
        long room = Runtime.getRuntime().maxMemory() / SHARES_OF_HEAP;
        return (int) Math.max(1, Math.min(batch, room / ((long) length * Float.BYTES)));
    }

    /**
     * Checks how many images could not be read.
     *
     * @param unreadable how many
     * @param images the images of the data set
     * @param most the share of them that may be unreadable
     * @param last why the last one could not be read
     * @throws IOException if they are too many
     */
    public static void checkUnreadable(int unreadable, int images, double most, String last)
            throws IOException {
        if (unreadable > most * images) {
            throw new IOException(
                    String.format(
                            Locale.ROOT,
                            "at most %.1f %% of the images may be unreadable, found %d of %d, the last: %s; --most-unreadable allows more",
                            100 * most,
                            unreadable,
                            images,
                            last));
        }
    }

    private static void positive(String name, int value, String unit) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    "%s must have at least 1 of %s, found %d".formatted(name, unit, value));
        }
    }

    /**
     * Usual settings: whole epochs, three batches ahead, at most 1 % of the files unreadable, small
     * images kept in at most a quarter of the heap.
     *
     * @param seed the seed
     * @param batchSize the images of a batch
     * @param workers the threads
     * @return the settings
     */
    public static LoaderSettings of(long seed, int batchSize, int workers) {
        long quarter = Runtime.getRuntime().maxMemory() / 4;
        return new LoaderSettings(
                seed, batchSize, false, workers, BATCHES_AHEAD, 0.01, CacheMode.AUTO, quarter);
    }
}
