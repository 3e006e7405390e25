package org.efficientzoo.training;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * How often images of one class were taken for another. It takes memory for what was, not for what
 * could be, of which there is much with 21,000 classes.
 *
 * <p>Instances are not safe for use by several threads.
 */
public final class Confusion {

    private final int classes;
    private final Map<Long, Integer> counts = new HashMap<>();

    /**
     * Starts with no image.
     *
     * @param classes the number of classes, those of the network included that no image has
     */
    public Confusion(int classes) {
        this.classes = classes;
    }

    void add(int label, int answer) {
        counts.merge(place(label, answer), 1, Integer::sum);
    }

    private long place(int label, int answer) {
        return (long) label * classes + answer;
    }

    /**
     * The number of classes.
     *
     * @return the classes
     */
    public int classes() {
        return classes;
    }

    /**
     * How many images of a class had an answer.
     *
     * @param label the class of the images
     * @param answer the best answer
     * @return the images
     * @throws IndexOutOfBoundsException if there is no such class
     */
    public int count(int label, int answer) {
        Objects.checkIndex(label, classes);
        Objects.checkIndex(answer, classes);
        return counts.getOrDefault(place(label, answer), 0);
    }
}
