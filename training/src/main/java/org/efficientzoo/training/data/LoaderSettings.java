package org.efficientzoo.training.data;

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

    /** Which decoded images are kept in memory for the next epoch. */
    public enum CacheMode {
        /** None. */
        OFF,
        /** All, as many as there is room for. */
        ON,
        /** Those of at most 128×128 pixels, as many as there is room for. */
        AUTO
    }

    /** Checks the numbers. */
    public LoaderSettings {
        positive("a batch", batchSize, "images");
        positive("workers", workers, "threads");
        positive("batchesAhead", batchesAhead, "batches");
        if (!(mostUnreadable >= 0 && mostUnreadable <= 1)) {
            throw new IllegalArgumentException(
                    "the share of unreadable files must lie within 0 and 1, found "
                            + mostUnreadable);
        }
        if (cache == null) {
            throw new IllegalArgumentException("cache must be given, found none");
        }
        if (cacheBytes < 0) {
            throw new IllegalArgumentException(
                    "cacheBytes must be at least 0, found " + cacheBytes);
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
                seed, batchSize, false, workers, 3, 0.01, CacheMode.AUTO, quarter);
    }
}
