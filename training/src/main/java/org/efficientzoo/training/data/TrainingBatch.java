package org.efficientzoo.training.data;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.efficientzoo.training.optim.Targets;

/**
 * Images to learn from. Its memory is used again for a later batch once it is closed: close it when
 * nothing made of {@link #pixels()} is in use any more, an array of an engine included.
 */
public final class TrainingBatch implements AutoCloseable {

    private final int epoch;
    private final int number;
    private final ByteBuffer pixels;
    private final List<Integer> labels;
    private final double ownShare;
    private final Consumer<ByteBuffer> release;
    private boolean closed;

    TrainingBatch(
            int epoch,
            int number,
            ByteBuffer pixels,
            List<Integer> labels,
            double ownShare,
            Consumer<ByteBuffer> release) {
        this.epoch = epoch;
        this.number = number;
        this.pixels = pixels;
        this.labels = List.copyOf(labels);
        this.ownShare = ownShare;
        this.release = release;
    }

    /**
     * The epoch.
     *
     * @return its number, from 0
     */
    public int epoch() {
        return epoch;
    }

    /**
     * The place in the epoch.
     *
     * @return the number of the batch, from 0
     */
    public int number() {
        return number;
    }

    /**
     * The number of images.
     *
     * @return N
     */
    public int size() {
        return labels.size();
    }

    /**
     * The planes of all images.
     *
     * @return (N, 3, H, W) floats in a direct buffer of the machine's byte order
     * @throws IllegalStateException if the batch is closed
     */
    public ByteBuffer pixels() {
        if (closed) {
            throw new IllegalStateException("the batch is closed");
        }
        return pixels;
    }

    /**
     * The class of each image; of a mixed one the class of which it keeps {@link #ownShare()}.
     *
     * @return the labels
     */
    public List<Integer> labels() {
        return labels;
    }

    /**
     * The share of its own that each image keeps in mixup or cutmix; the rest is that of the image
     * before it in the batch, of the first that of the last.
     *
     * @return the share, 1 where nothing is mixed
     */
    public double ownShare() {
        return ownShare;
    }

    /**
     * What a network should answer.
     *
     * @param classes the number of classes
     * @return a share of each class for each image
     * @throws IllegalArgumentException if a label is no class
     */
    public Targets targets(int classes) {
        Targets own = Targets.of(labels, classes);
        if (ownShare == 1) {
            return own;
        }
        List<Integer> before = new ArrayList<>(labels);
        Collections.rotate(before, 1);
        return own.mixedWith(Targets.of(before, classes), ownShare);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            release.accept(pixels);
        }
    }
}
