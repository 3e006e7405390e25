package org.efficientzoo.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.efficientzoo.benchmark.Contender.Variant;
import org.junit.jupiter.api.Test;

class MeasurementTest {

    @Test
    void everySecondRoundGoesBackwards() {
        assertThat(Benchmark.order(0, 3)).containsExactly(0, 1, 2);
        assertThat(Benchmark.order(1, 3)).containsExactly(2, 1, 0);
        assertThat(Benchmark.order(2, 1)).containsExactly(0);
    }

    @Test
    void quantilesLieBetweenNeighbours() {
        double[] sorted = {1, 2, 4, 8, 16};
        assertThat(Measurement.quantile(sorted, 0)).isEqualTo(1);
        assertThat(Measurement.quantile(sorted, 0.5)).isEqualTo(4);
        assertThat(Measurement.quantile(sorted, 0.95)).isEqualTo(8 + 0.8 * 8, within(1e-12));
        assertThat(Measurement.quantile(sorted, 1)).isEqualTo(16);
        assertThat(Measurement.quantile(new double[] {3}, 0.95)).isEqualTo(3);
        assertThat(Measurement.median(new double[] {9, 1, 3, 2})).isEqualTo(2.5);
    }

    @Test
    void ratiosAreThoseOfTheSameTurn() {
        double[] first = {1, 10, 3};
        assertThat(Measurement.ratio(new double[] {2, 20, 9}, first)).isEqualTo(2);
        assertThat(Measurement.ratio(first, first)).isEqualTo(1);
    }

    @Test
    void throughputCountsTheImagesOfABatch() {
        Contender contender =
                new Contender("net", "PyTorch", Variant.USUAL, Map.of(), Optional.empty(), 8, 8);
        Measurement found =
                new Measurement(contender, 16, 2, 10, 40, 50, 1, List.of(), OptionalLong.empty());
        assertThat(found.imagesPerSecond()).isEqualTo(400);
    }
}
