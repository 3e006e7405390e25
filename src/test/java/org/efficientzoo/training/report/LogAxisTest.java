package org.efficientzoo.training.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LogAxisTest {

    @Test
    void equalRatiosAreEquallyFarApart() {
        LogAxis axis = new LogAxis(1, 1000, 0, 300);
        assertThat(axis.place(1)).isZero();
        assertThat(axis.place(10)).isEqualTo(100, within(1e-9));
        assertThat(axis.place(100)).isEqualTo(200, within(1e-9));
        assertThat(axis.place(1000)).isEqualTo(300, within(1e-9));
    }

    @Test
    void leavesRoomAroundTheValues() {
        LogAxis axis = LogAxis.of(new double[] {8, 2, 4}, 10, 110);
        assertThat(axis.place(2)).isBetween(15.0, 40.0);
        assertThat(axis.place(8)).isBetween(80.0, 105.0);
        LogAxis one = LogAxis.of(new double[] {5}, 0, 100);
        assertThat(one.place(5)).isEqualTo(50, within(1e-9));
    }

    @Test
    void ticksAreRoundNumbersWithin() {
        assertThat(new LogAxis(0.4, 25, 0, 1).ticks())
                .containsExactly(0.5, 1.0, 2.0, 5.0, 10.0, 20.0);
        assertThat(new LogAxis(0.9, 1.1e5, 0, 1).ticks())
                .containsExactly(1.0, 10.0, 100.0, 1000.0, 10000.0, 100000.0);
    }

    @Test
    void labelsHaveNoExponents() {
        assertThat(LogAxis.label(5 * Math.pow(10, -2))).isEqualTo("0.05");
        assertThat(LogAxis.label(20000)).isEqualTo("20000");
    }
}
