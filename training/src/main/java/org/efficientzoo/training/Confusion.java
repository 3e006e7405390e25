package org.efficientzoo.training;

import java.util.Arrays;

/**
 * How often images of one class were taken for another.
 *
 * <p>Instances are not safe for use by several threads.
 */
public final class Confusion {

    private final int[][] counts;

    /**
     * Starts with no image.
     *
     * @param classes the number of classes, those of the network included that no image has
     */
    public Confusion(int classes) {
        counts = new int[classes][classes];
    }

    void add(int label, int answer) {
        counts[label][answer]++;
    }

    /**
     * The number of classes.
     *
     * @return the classes
     */
    public int classes() {
        return counts.length;
    }

    /**
     * How many images of a class had an answer.
     *
     * @param label the class of the images
     * @param answer the best answer
     * @return the images
     */
    public int count(int label, int answer) {
        return counts[label][answer];
    }

    /**
     * All counts, of the first so many classes.
     *
     * @param classes how many classes
     * @return a copy: a row for each class, a column for each answer
     */
    public int[][] counts(int classes) {
        return Arrays.stream(counts, 0, classes)
                .map(row -> Arrays.copyOf(row, classes))
                .toArray(int[][]::new);
    }
}
