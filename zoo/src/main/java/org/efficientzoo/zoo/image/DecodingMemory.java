package org.efficientzoo.zoo.image;

import java.util.concurrent.Semaphore;

/**
 * The part of Java's heap in which images are decoded. What one image may take depends on the size
 * of the heap alone, so that the same files are readable whenever they are read; threads whose
 * images do not fit in together wait for one another.
 */
final class DecodingMemory {

    /** A third of the heap: the rest is for batches, for kept images and for everything else. */
    static final long BYTES = Runtime.getRuntime().maxMemory() / 3;

    private static final long UNIT = 1 << 16; // bytes
    private static final int UNITS = (int) Math.min(Integer.MAX_VALUE, BYTES / UNIT);
    private static final Semaphore FREE = new Semaphore(UNITS, true);

    private DecodingMemory() {}

    /** Waits until there is so much room and takes it; returns what {@link #release} takes. */
    static int acquire(long bytes) {
        int units = (int) Math.min(UNITS, (bytes + UNIT - 1) / UNIT);
        FREE.acquireUninterruptibly(units);
        return units;
    }

    static void release(int units) {
        FREE.release(units);
    }
}
