package org.efficientzoo.zoo.network;

import java.util.ArrayList;
import java.util.List;

/** What a network answers, of one image or of several. */
public final class Logits {

    private static final double LEAST_SHARE = 0.1;
    private static final int FEW = 2; // of one class two images have so many

    private final float[] values;

    private Logits(float[] values) {
        this.values = values.clone();
    }

    /**
     * How far other logits are from these.
     *
     * @param absolute the largest difference of two values; not a number if a value is none
     * @param deviations the same in units of {@link Logits#scale}, mostly the standard deviation
     */
    public record Difference(double absolute, double deviations) {

        /**
         * The larger of two.
         *
         * @param other the other
         * @return the larger absolute one, and the larger one in deviations
         */
        public Difference or(Difference other) {
            return new Difference(
                    Math.max(absolute, other.absolute), Math.max(deviations, other.deviations));
        }
    }

    /**
     * Takes logits.
     *
     * @param values the logits
     * @return the same
     */
    public static Logits of(float[] values) {
        return new Logits(values);
    }

    /**
     * Their standard deviation.
     *
     * @return the root of the mean square distance from the mean
     */
    public double deviation() {
        double mean = 0;
        double square = 0;
        for (float value : values) {
            mean += value / (double) values.length;
            square += (double) value * value / values.length;
        }
        return Math.sqrt(Math.max(0, square - mean * mean));
    }

    /**
     * What differences are measured in: the standard deviation. That of one or two values says
     * little, as the only one of a network of one class has none; for them it is no less than a
     * tenth of the root of the mean square, since rounding goes by their size.
     *
     * @return the unit, positive; not a number if a value is none
     */
    public double scale() {
        double unit = Math.max(deviation(), Float.MIN_NORMAL);
        if (values.length > FEW) {
            return unit;
        }
        double square = 0;
        for (float value : values) {
            square += (double) value * value / values.length;
        }
        return Math.max(unit, LEAST_SHARE * Math.sqrt(square));
    }

    /**
     * Compares.
     *
     * @param found other logits, as many
     * @return how far they are from these
     * @throws IllegalArgumentException if there are more or fewer
     */
    public Difference difference(float[] found) {
        if (found.length != values.length) {
            throw new IllegalArgumentException(
                    "compared logits must be %d, found %d".formatted(values.length, found.length));
        }
        double largest = 0;
        for (int i = 0; i < values.length; i++) {
            largest = Math.max(largest, Math.abs((double) values[i] - found[i]));
        }
        return new Difference(largest, largest / scale());
    }

    /**
     * The shares of the classes, the logits being of one image.
     *
     * @return the softmax, which adds up to 1
     */
    public List<Double> softmax() {
        double best = Double.NEGATIVE_INFINITY;
        for (float logit : values) {
            best = Math.max(best, logit); // not a number if one is not
        }
        double sum = 0;
        for (float logit : values) {
            sum += Math.exp(logit - best);
        }
        List<Double> shares = new ArrayList<>(values.length);
        for (float logit : values) {
            shares.add(Math.exp(logit - best) / sum);
        }
        return shares;
    }
}
