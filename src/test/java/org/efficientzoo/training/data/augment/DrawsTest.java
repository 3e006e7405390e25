package org.efficientzoo.training.data.augment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DrawsTest {

    private static final int MANY = 40_000;

    @Test
    void areTheSameForTheSamePurpose() {
        assertThat(Draws.ofImage(7, 3, 9).uniform()).isEqualTo(Draws.ofImage(7, 3, 9).uniform());
    }

    @Test
    void differForEverySeedEpochImageAndPurpose() {
        Set<Double> seen = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            for (int k = 0; k < 20; k++) {
                seen.add(Draws.ofImage(i, k, 5).uniform());
                seen.add(Draws.ofImage(0, i + 20, k).uniform());
                seen.add(Draws.ofBatch(i, k, 5).uniform());
                seen.add(Draws.ofOrder(i, k).uniform());
            }
        }
        assertThat(seen).hasSize(4 * 400);
    }

    @Test
    void areThoseWrittenDownHere() {
        Draws draws = Draws.ofImage(1, 2, 3);

        assertThat(draws.uniform()).isEqualTo(first());
    }

    /** SplitMix64 of the JDK, from a state mixed by hand. */
    private static double first() {
        long golden = 0x9E3779B97F4A7C15L;
        long state = mix(mix(mix(1 + 2 * golden) + 2) + 3);
        return (new SplittableRandom(state).nextLong() >>> 11) * 0x1p-53;
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    @ParameterizedTest
    @CsvSource({"1, 0.1", "0.5, 0.2048", "0.2, 0.3369", "2, 0.028"})
    void drawFromTheBetaDistribution(double alpha, double belowOneTenth) {
        double sum = 0;
        double squares = 0;
        int small = 0;
        for (int i = 0; i < MANY; i++) {
            double value = Draws.ofBatch(5, 0, i).beta(alpha);
            sum += value / MANY;
            squares += value * value / MANY;
            small += value < 0.1 ? 1 : 0;
        }
        double variance = 1 / (4 * (2 * alpha + 1));
        assertThat(sum).isBetween(0.5 - 0.012, 0.5 + 0.012);
        assertThat(squares - sum * sum).isBetween(0.97 * variance, 1.03 * variance);
        assertThat((double) small / MANY).isBetween(belowOneTenth - 0.012, belowOneTenth + 0.012);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-3, 1e-2, 0.1, 100})
    void drawABetaNumberWhateverTheParameter(double alpha) {
        for (int i = 0; i < 2000; i++) {
            assertThat(Draws.ofBatch(6, 0, i).beta(alpha)).isBetween(0.0, 1.0);
        }
    }

    @Test
    void drawFromTheNormalDistribution() {
        Draws draws = Draws.ofImage(8, 0, 0);
        double sum = 0;
        double squares = 0;
        int beyond = 0;
        for (int i = 0; i < MANY; i++) {
            double value = draws.normal();
            sum += value / MANY;
            squares += value * value / MANY;
            beyond += Math.abs(value) > 1.959964 ? 1 : 0;
        }
        assertThat(sum).isBetween(-0.025, 0.025);
        assertThat(squares).isBetween(0.96, 1.04);
        assertThat((double) beyond / MANY).isBetween(0.045, 0.055);
    }

    @Test
    void everyOrderOfThreeIsEquallyLikely() {
        int[] counts = new int[27];
        for (int i = 0; i < 6000; i++) {
            int[] order = Draws.ofOrder(9, i).permutation(3);
            counts[9 * order[0] + 3 * order[1] + order[2]]++;
        }
        assertThat(Arrays.stream(counts).filter(count -> count > 0).boxed())
                .hasSize(6)
                .allMatch(count -> Math.abs(count - 1000) < 150);
    }
}
