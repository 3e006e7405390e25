package org.efficientzoo.zoo.onnx;

/** How often an inner value of a network lies where. */
final class Histogram {

    private static final int BINS = 2048;
    private static final int SAMPLE = 100_000; // values of an image that are counted, about

    private double min;
    private double max;
    private final long[] counts = new long[BINS];

    /** Widens the range, which always has the zero in it. */
    void widen(float[] values) {
        for (float value : values) {
            min = Math.min(min, value);
            max = Math.max(max, value);
        }
        if (!Double.isFinite(max - min)) {
            throw new IllegalArgumentException(
                    "a network must compute finite numbers to be quantised, found %s to %s"
                            .formatted(min, max));
        }
    }

    /** Counts values that the range has been widened for; of very many some. */
    void count(float[] values) {
        double scale = max > min ? BINS / (max - min) : 0;
        int step = 1 + values.length / SAMPLE;
        for (int i = 0; i < values.length; i += step) {
            counts[Math.min(BINS - 1, (int) ((values[i] - min) * scale))]++;
        }
    }

    double min() {
        return min;
    }

    double max() {
        return max;
    }

    /**
     * The mean square error, but for a factor, of rounding and clipping to 256 levels.
     *
     * @param low the lowest level
     * @param high the highest level
     */
    double error(double low, double high) {
        double step = (high - low) / Quantized.LEVELS;
        double error = 0;
        double bin = (max - min) / BINS;
        for (int i = 0; i < BINS; i++) {
            if (counts[i] > 0) {
                double value = min + (i + 0.5) * bin;
                double beyond = Math.max(0, Math.max(low - value, value - high));
                error += counts[i] * (beyond > 0 ? beyond * beyond : step * step / 12);
            }
        }
        return error;
    }
}
