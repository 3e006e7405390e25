package org.efficientzoo.training.report;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * The ends of an axis, at multiples of a round step, and its labels.
 *
 * @param low the lower end
 * @param high the upper end, above the lower
 */
record Axis(double low, double high) {

    private static final int STEPS = 6;

    /**
     * An axis that shows all finite values, or 0..1 where there are none.
     *
     * @param least what no value is below
     * @param most what no value is above
     */
    static Axis of(DoubleStream values, double least, double most) {
        double[] finite = values.filter(Double::isFinite).sorted().toArray();
        if (finite.length == 0) {
            return new Axis(0, 1);
        }
        double low = finite[0];
        double high = finite[finite.length - 1];
        if (low == high) {
            double room = low == 0 ? 1 : Math.abs(low) / 2;
            low -= room;
            high += room;
        }
        double step = roundStep((high - low) / STEPS);
        return new Axis(
                Math.max(least, Math.floor(low / step) * step),
                Math.min(most, Math.ceil(high / step) * step));
    }

    /** The least of 1, 2, 5 times a power of ten that is not below a step. */
    static double roundStep(double step) {
        double power = Math.pow(10, Math.floor(Math.log10(step)));
        for (double factor : new double[] {1, 2, 5}) {
            if (factor * power >= step) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    /** A label of this axis: 0.05, 12, 2E-5. */
    String label(double value) {
        double most = Math.max(Math.abs(low), Math.abs(high));
        if (Math.abs(value) < most * 1e-9) {
            return "0";
        }
        String pattern = most < 0.002 || most >= 1e5 ? "0.###E0" : "0.######";
        return new DecimalFormat(pattern, DecimalFormatSymbols.getInstance(Locale.ROOT))
                .format(value);
    }
}
