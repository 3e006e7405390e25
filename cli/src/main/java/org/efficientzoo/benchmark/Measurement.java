package org.efficientzoo.benchmark;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * What was measured of a contender with one size of the batch.
 *
 * @param contender what was measured
 * @param batch the images of a call
 * @param threads the threads of the engine
 * @param calls the calls that were measured
 * @param medianMs the median of their times in milliseconds
 * @param p95Ms the time that 95 of 100 calls did not exceed
 * @param ratio the median of what a turn took by what the same turn took the first contender
 * @param layouts the layouts that PyTorch's scripts took; empty where none ran
 * @param peakBytes the most memory that its process has held, Java and natives; empty where the
 *     system does not tell
 */
public record Measurement(
        Contender contender,
        int batch,
        int threads,
        int calls,
        double medianMs,
        double p95Ms,
        double ratio,
        List<String> layouts,
        OptionalLong peakBytes) {

    /** Copies the list. */
    public Measurement {
        layouts = List.copyOf(layouts);
    }

    /**
     * The throughput.
     *
     * @return images a second at the median
     */
    public double imagesPerSecond() {
        return 1000 * batch / medianMs;
    }

    /** A quantile of sorted values, between neighbours by its distance to them. */
    static double quantile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    /** The median of what each turn took by what it took the first contender. */
    static double ratio(double[] turns, double[] firstTurns) {
        double[] ratios = new double[turns.length];
        Arrays.setAll(ratios, turn -> turns[turn] / firstTurns[turn]);
        return median(ratios);
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return quantile(sorted, 0.5);
    }
}
