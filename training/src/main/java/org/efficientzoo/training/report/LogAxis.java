package org.efficientzoo.training.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A logarithmic axis.
 *
 * @param low the value at its beginning, above 0
 * @param high the value at its end, above the lower
 * @param from the pixel of its beginning
 * @param to the pixel of its end
 */
record LogAxis(double low, double high, double from, double to) {

    private static final int[] FACTORS = {1, 2, 5};
    private static final double ROOM = 1.25; // beyond the least and the largest value

    /** An axis that shows values above 0. */
    static LogAxis of(double[] values, double from, double to) {
        double least = Arrays.stream(values).min().orElseThrow();
        double largest = Arrays.stream(values).max().orElseThrow();
        return new LogAxis(least / ROOM, largest * ROOM, from, to);
    }

    /** The pixel of a value. */
    double place(double value) {
        return from + (to - from) * Math.log(value / low) / Math.log(high / low);
    }

    /** 1, 2, 5, 10, 20 and so on within the axis; decimal powers alone where it is long. */
    List<Double> ticks() {
        boolean dense = high / low < 1e4;
        List<Double> ticks = new ArrayList<>();
        int first = (int) Math.floor(Math.log10(low));
        int last = (int) Math.ceil(Math.log10(high));
        for (int power = first; power <= last; power++) {
            for (int factor : FACTORS) {
                double tick = factor * Math.pow(10, power);
                if (tick >= low && tick <= high && (dense || factor == 1)) {
                    ticks.add(tick);
                }
            }
        }
        return ticks;
    }

    static String label(double tick) {
        return new BigDecimal(tick).round(new MathContext(1)).toPlainString();
    }
}
