package org.efficientzoo.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.platform.Fp16Conversions;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Float16Test {

    private static final int INFINITY = 0x7C00;

    private static float value(int half) {
        return Float32.fromFloat16((short) half);
    }

    private static int half(float value) {
        return Float16.of(value) & 0xFFFF;
    }

    @Test
    void roundsAsOnnxRuntimeDoes() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 200_000; i++) {
            float value = (float) (random.nextDouble(-2, 2) * Math.pow(2, random.nextInt(-26, 17)));
            assertThat(Float16.of(value))
                    .as("%s", value)
                    .isEqualTo(Fp16Conversions.floatToFp16(value));
        }
    }

    @Test
    void keepsEveryHalfThatIsANumber() {
        for (int half = 0; half < 1 << 16; half++) {
            if (!Float.isNaN(value(half))) {
                assertThat(half(value(half))).as("half %04x", half).isEqualTo(half);
            }
        }
    }

    @Test
    void keepsWhatIsNoNumberAndItsSign() {
        for (int bits : new int[] {0x7FC00000, 0x7F800001, 0x7FFFFFFF}) {
            assertThat(value(half(Float.intBitsToFloat(bits)))).isNaN();
            assertThat(half(Float.intBitsToFloat(bits))).isLessThan(0x8000);
            assertThat(half(Float.intBitsToFloat(bits | 0x80000000))).isGreaterThan(0x8000);
        }
    }

    @Test
    void roundsToTheNearestAndTiesToTheEven() {
        for (int lower = 0; lower < INFINITY - 1; lower++) {
            int upper = lower + 1;
            float middle = (value(lower) + value(upper)) / 2; // exact: float32 has bits to spare
            int even = lower % 2 == 0 ? lower : upper;
            assertThat(half(middle)).as("between %04x and the next", lower).isEqualTo(even);
            assertThat(half(Math.nextDown(middle))).isEqualTo(lower);
            assertThat(half(Math.nextUp(middle))).isEqualTo(upper);
            assertThat(half(-middle)).isEqualTo(even | 0x8000);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "65504, 7BFF",
        "65519.996, 7BFF", // the last float that is nearer to 65504 than to 65536
        "65520, 7C00",
        "65536, 7C00",
        "3.4028235e38, 7C00",
        "-65520, FC00",
        "1.4e-45, 0000",
        "-1.4e-45, 8000"
    })
    void goesToInfinityBeyondTheLargestAndToZeroBelowTheLeast(float value, String expected) {
        assertThat(half(value)).isEqualTo(Integer.parseInt(expected, 16));
    }
}
