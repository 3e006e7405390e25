package org.efficientzoo.zoo.weights;

/**
 * A part of a file: bytes as they are, or deflated ones.
 *
 * @param begin where it begins in the file
 * @param stored how many bytes it takes in the file
 * @param size how many bytes it holds
 * @param deflated whether it has to be inflated
 */
record Section(long begin, long stored, long size, boolean deflated) {

    private static final long ALWAYS_INFLATED = 1 << 20;
    private static final long MOST_GROWTH = 100; // weights shrink to nine tenths, zeros to 1/1000

    static Section plain(long begin, long size) {
        return new Section(begin, size, size, false);
    }

    /** Whether inflating it takes no more memory than a file of its size may ask for. */
    boolean isWarranted() {
        return !deflated || size <= ALWAYS_INFLATED || size / MOST_GROWTH <= stored;
    }
}
