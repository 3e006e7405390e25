package org.efficientzoo.zoo.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.platform.Fp16Conversions;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The rounding to float16. */
class HalfTest {

    @Test
    void roundsAsOnnxRuntimeDoes() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 200_000; i++) {
            float value = (float) (random.nextDouble(-2, 2) * Math.pow(2, random.nextInt(-26, 17)));
            assertThat(Half.of(value))
                    .as("%s", value)
                    .isEqualTo(Fp16Conversions.floatToFp16(value));
        }
    }

    @Test
    void keepsWhatIsNoNumber() {
        assertThat(Half.of(Float.NaN)).isEqualTo((short) 0x7E00);
        assertThat(Half.of(Float.NEGATIVE_INFINITY)).isEqualTo((short) 0xFC00);
        assertThat(Half.of(70000f)).isEqualTo((short) 0x7C00);
        assertThat(Half.of(-0f)).isEqualTo((short) 0x8000);
    }
}
