package org.efficientzoo.training.optim;

import java.util.Arrays;
import java.util.List;

/**
 * What a network should answer: a share of each class for each image, 1 in sum.
 *
 * <p>The losses of {@code torch.nn.CrossEntropyLoss} follow from it: plain labels, label smoothing,
 * and the mixed labels of mixup and cutmix.
 */
public final class Targets {

    private final int classes;
    private final float[] shares;

    private Targets(int classes, float[] shares) {
        this.classes = classes;
        this.shares = shares;
    }

    /**
     * Targets that are one class each.
     *
     * @param labels the class of each image
     * @param classes the number of classes
     * @return the targets
     * @throws IllegalArgumentException if there is no label or one is no class
     */
    public static Targets of(List<Integer> labels, int classes) {
        if (labels.isEmpty()) {
            throw new IllegalArgumentException("targets need at least one label, found none");
        }
        float[] shares = new float[Math.multiplyExact(labels.size(), classes)];
        for (int i = 0; i < labels.size(); i++) {
            int label = labels.get(i);
            if (label < 0 || label >= classes) {
                throw new IllegalArgumentException(
                        "a label must be in 0..%d, found %d".formatted(classes - 1, label));
            }
            shares[i * classes + label] = 1;
        }
        return new Targets(classes, shares);
    }

    /**
     * Mixes each target with that of another image.
     *
     * @param others the targets of the other images, one for each
     * @param share the share in 0..1 that this image's own target keeps
     * @return the mixed targets
     * @throws IllegalArgumentException if the others are more or fewer or of other classes, or the
     *     share does not lie in 0..1
     */
    public Targets mixedWith(Targets others, double share) {
        Numbers.share("the share of a mix", share);
        if (others.classes != classes || others.size() != size()) {
            throw new IllegalArgumentException(
                    "targets must be of one shape to be mixed, found (%d, %d) and (%d, %d)"
                            .formatted(size(), classes, others.size(), others.classes));
        }
        float[] mixed = new float[shares.length];
        for (int i = 0; i < mixed.length; i++) {
            mixed[i] = (float) (share * shares[i] + (1 - share) * others.shares[i]);
        }
        return new Targets(classes, mixed);
    }

    /**
     * Takes a share of each target and spreads it evenly over all classes.
     *
     * @param smoothing the share in 0..1, ε in the paper
     * @return the smoothed targets
     * @throws IllegalArgumentException if the share does not lie in 0..1
     * @see <a href="https://arxiv.org/abs/1512.00567">Szegedy et al., section 7</a>
     */
    public Targets smoothed(double smoothing) {
        Numbers.share("label smoothing", smoothing);
        float[] smoothed = new float[shares.length];
        for (int i = 0; i < smoothed.length; i++) {
            smoothed[i] = (float) ((1 - smoothing) * shares[i] + smoothing / classes);
        }
        return new Targets(classes, smoothed);
    }

    /**
     * The targets of some of the images.
     *
     * @param from the first image
     * @param to the end index, exclusive
     * @return their targets
     */
    public Targets range(int from, int to) {
        return new Targets(classes, Arrays.copyOfRange(shares, from * classes, to * classes));
    }

    /**
     * The class with the largest share, of equal ones the first: what a right answer is.
     *
     * @param image the index of the image
     * @return the class
     */
    public int label(int image) {
        int best = 0;
        for (int c = 1; c < classes; c++) {
            if (shares[image * classes + c] > shares[image * classes + best]) {
                best = c;
            }
        }
        return best;
    }

    /**
     * The number of images.
     *
     * @return N
     */
    public int size() {
        return shares.length / classes;
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
     * The shares of the classes.
     *
     * @return (N, classes), image by image
     */
    public float[] shares() {
        return shares.clone();
    }

    /** The shares, image by image, times a factor. */
    float[] scaled(double factor) {
        float[] scaled = new float[shares.length];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = (float) (factor * shares[i]);
        }
        return scaled;
    }
}
