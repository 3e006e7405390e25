package org.efficientzoo.zoo.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.efficientzoo.zoo.network.Logits.Difference;
import org.junit.jupiter.api.Test;

class LogitsTest {

    @Test
    void theDeviationIsThatOfAllValues() {
        assertThat(Logits.of(new float[] {1, 3, 5, 7}).deviation()).isEqualTo(Math.sqrt(5));
        assertThat(Logits.of(new float[] {4, 4}).deviation()).isZero();
    }

    @Test
    void theScaleIsTheDeviationOrATenthOfTheSizeOfFewValues() {
        assertThat(Logits.of(new float[] {1, 3, 5, 7}).scale()).isEqualTo(Math.sqrt(5));
        assertThat(Logits.of(new float[] {50, 51, 52}).scale())
                .isEqualTo(Math.sqrt(2 / 3.0), within(1e-9));
        assertThat(Logits.of(new float[] {-8}).scale()).isEqualTo(0.8, within(1e-12));
        assertThat(Logits.of(new float[] {5.001f, 5.002f}).scale()).isEqualTo(0.5, within(1e-3));
        assertThat(Logits.of(new float[] {-8}).difference(new float[] {-8.4f}).deviations())
                .isEqualTo(0.5, within(1e-6));
        assertThat(Logits.of(new float[] {0, 0}).difference(new float[] {0, 1}).deviations())
                .isBetween(1e9, Double.MAX_VALUE);
    }

    @Test
    void theLargestDifferenceCounts() {
        Logits logits = Logits.of(new float[] {1, 3, 5, 7});
        Difference found = logits.difference(new float[] {1, 3.5f, 4, 7});
        assertThat(found.absolute()).isEqualTo(1);
        assertThat(found.deviations()).isEqualTo(1 / Math.sqrt(5), within(1e-12));
        assertThat(logits.difference(new float[] {1, 3, 5, 7})).isEqualTo(new Difference(0, 0));
        assertThat(new Difference(1, 5).or(new Difference(2, 4))).isEqualTo(new Difference(2, 5));
    }

    @Test
    void whatIsNoNumberIsNeverClose() {
        Logits logits = Logits.of(new float[] {1, 2, 3});
        for (float other : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            double deviations = logits.difference(new float[] {1, other, 3.5f}).deviations();
            assertThat(deviations <= 1e9).isFalse();
        }
    }

    @Test
    void refusesToCompareMoreOrFewer() {
        assertThatThrownBy(() -> Logits.of(new float[3]).difference(new float[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("compared logits must be 3, found 2");
    }

    @Test
    void theSoftmaxBearsLargeLogits() {
        assertThat(Logits.of(new float[] {1000, 1000 + (float) Math.log(3)}).softmax().get(1))
                .isEqualTo(0.75, within(1e-4));
        assertThat(Logits.of(new float[] {-1e30f, 0}).softmax()).containsExactly(0.0, 1.0);
        assertThat(Logits.of(new float[] {1, Float.NaN}).softmax())
                .allSatisfy(share -> assertThat(share).isNaN());
    }
}
