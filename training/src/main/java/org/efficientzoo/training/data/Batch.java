package org.efficientzoo.training.data;

import java.nio.FloatBuffer;
import java.util.List;

/**
 * Images ready for a network.
 *
 * @param pixels the planes of all images, (N, 3, H, W)
 * @param labels the class of each image
 */
public record Batch(FloatBuffer pixels, List<Integer> labels) {

    /** Copies the labels; the pixels are handed over. */
    public Batch {
        labels = List.copyOf(labels);
    }

    /**
     * The number of images.
     *
     * @return N
     */
    public int size() {
        return labels.size();
    }
}
