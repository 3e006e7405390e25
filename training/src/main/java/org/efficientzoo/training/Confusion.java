package org.efficientzoo.training;

import java.util.Collections;
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
    private final Map<Integer, Map<Integer, Integer>> counts = new HashMap<>();

    /**
     * Starts with no image.
     *
     * @param classes the number of classes, those of the network included that no image has
     */
    public Confusion(int classes) {
        this.classes = classes;
    }

    void add(int label, int answer) {
        counts.computeIfAbsent(label, l -> new HashMap<>()).merge(answer, 1, Integer::sum);
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
        return answers(label).getOrDefault(Objects.checkIndex(answer, classes), 0);
    }

    /**
     * The answers that images of a class had.
     *
     * @param label the class of the images
     * @return how many images had each answer, 1 or more
     * @throws IndexOutOfBoundsException if there is no such class
     */
    public Map<Integer, Integer> answers(int label) {
        Map<Integer, Integer> found = counts.get(Objects.checkIndex(label, classes));
        return found == null ? Map.of() : Collections.unmodifiableMap(found);
    }
}
