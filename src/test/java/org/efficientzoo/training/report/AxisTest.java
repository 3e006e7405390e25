package org.efficientzoo.training.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class AxisTest {

    private static Axis of(double... values) {
        return Axis.of(DoubleStream.of(values), 0, 100);
    }

    @Test
    void endsAreMultiplesOfARoundStep() {
        assertThat(of(0.37, 7.1)).isEqualTo(new Axis(0, 8));
        assertThat(of(31, 72)).isEqualTo(new Axis(30, 80));
        assertThat(of(99.91, 99.96).low()).isEqualTo(99.91, within(1e-9));
        assertThat(of(99.91, 99.963).high()).isEqualTo(99.97, within(1e-9));
    }

    @Test
    void aFlatCurveLiesInTheMiddle() {
        assertThat(of(2, 2)).isEqualTo(new Axis(1, 3));
    }

    @Test
    void endsStayWhereValuesCanBe() {
        assertThat(of(0)).isEqualTo(new Axis(0, 1));
        assertThat(of(100)).isEqualTo(new Axis(40, 100));
    }

    @Test
    void whatIsNoNumberIsLeftOut() {
        assertThat(of()).isEqualTo(new Axis(0, 1));
        assertThat(of(Double.NaN, Double.POSITIVE_INFINITY)).isEqualTo(new Axis(0, 1));
        assertThat(of(Double.NaN, 0, 6)).isEqualTo(new Axis(0, 6));
    }

    @Test
    void labelsAreShort() {
        Axis rate = new Axis(0, 0.1);
        assertThat(rate.label(0.06000000000000001)).isEqualTo("0.06");
        assertThat(rate.label(1e-17)).isEqualTo("0");
        assertThat(new Axis(0, 2e-5).label(1.5e-5)).isEqualTo("1.5E-5");
        assertThat(new Axis(0, 2e5).label(2e4)).isEqualTo("2E4");
        assertThat(new Axis(99.91, 99.96).label(99.93)).isEqualTo("99.93");
    }
}
