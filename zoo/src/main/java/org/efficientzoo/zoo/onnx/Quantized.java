package org.efficientzoo.zoo.onnx;

import java.util.List;

/**
 * How an inner value of a network becomes uint8: {@code round(x / scale) + zeroPoint}.
 *
 * @param scale the distance of two levels
 * @param zeroPoint the level of zero, 0 to 255
 */
record Quantized(float scale, int zeroPoint) {

    /** The steps between the 256 levels. */
    static final int LEVELS = 255;

    private static final double LEAST_SHARE = 0.3;
    private static final double STEP = 0.05;

    /** The range, of those narrower than what was seen, that costs the least. */
    static Quantized of(List<Histogram> seen) {
        double min = seen.stream().mapToDouble(Histogram::min).min().orElse(0);
        double max = seen.stream().mapToDouble(Histogram::max).max().orElse(0);
        double best = 1;
        double least = Double.POSITIVE_INFINITY;
        for (double share = 1; share > LEAST_SHARE; share -= STEP) {
            double low = min * share;
            double high = max * share;
            double error = seen.stream().mapToDouble(one -> one.error(low, high)).sum();
            if (error < least) {
                least = error;
                best = share;
            }
        }
        return of(min * best, max * best);
    }

    /** The levels from a number that is not positive to one that is not negative. */
    static Quantized of(double low, double high) {
        if (!(high > low)) {
            return new Quantized(1, 0); // all zeros
        }
        double scale = (high - low) / LEVELS;
        return new Quantized((float) scale, (int) Math.round(-low / scale));
    }
}
