package org.efficientzoo.training.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class MixingTest {

    private static FloatBuffer batch() {
        FloatBuffer batch = FloatBuffer.allocate(72);
        for (int i = 0; i < 72; i++) {
            batch.put(i, i / 7f - 3);
        }
        return batch;
    }

    private static float[] floats(List<Double> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i).floatValue();
        }
        return floats;
    }

    @Test
    void mixesAsTorchvisionsReferenceTraining() {
        AugmentFixtures.Mixed expected = AugmentFixtures.EXPECTED.mixed();
        FloatBuffer batch = batch();

        Mixing.mix(batch, 3, 24, expected.own());

        assertThat(batch.array()).containsExactly(floats(expected.mixup()));
    }

    @Test
    void pastesAsTorchvisionsReferenceTraining() {
        AugmentFixtures.Mixed expected = AugmentFixtures.EXPECTED.mixed();
        FloatBuffer batch = batch();

        Mixing.paste(batch, 3, 2, 4, new Rectangle(1, 0, 2, 2));

        assertThat(batch.array()).containsExactly(floats(expected.cutmix()));
    }

    @Test
    void saysTheShareThatIsReallyLeft() {
        for (int i = 0; i < 50; i++) {
            FloatBuffer batch = FloatBuffer.allocate(2 * 3 * 8 * 8);
            for (int k = 0; k < 3 * 64; k++) {
                batch.put(k, 1);
            }

            double own = new Mixing(0, 1).apply(batch, 2, 8, 8, Draws.ofBatch(1, 0, i));

            double sum = 0;
            for (int k = 0; k < 3 * 64; k++) {
                sum += batch.get(k);
            }
            assertThat(sum / (3 * 64)).isEqualTo(own);
        }
    }

    @Test
    void takesMixupAndCutmixInTurnWhereBothAreOn() {
        int cut = 0;
        for (int i = 0; i < 400; i++) {
            FloatBuffer batch = FloatBuffer.allocate(2 * 3 * 8 * 8);
            for (int k = 0; k < 3 * 64; k++) {
                batch.put(k, 1);
            }
            new Mixing(1, 1).apply(batch, 2, 8, 8, Draws.ofBatch(1, 0, i));
            boolean whole = true;
            for (int k = 0; k < 64; k++) {
                whole &= batch.get(k) == 0 || batch.get(k) == 1;
            }
            cut += whole ? 1 : 0;
        }
        assertThat(cut).isBetween(150, 250);
    }

    @Test
    void leavesBatchesAloneWhereBothAreOff() {
        FloatBuffer batch = batch();

        assertThat(new Mixing(0, 0).apply(batch, 3, 2, 4, Draws.ofBatch(1, 0, 0))).isEqualTo(1);
        assertThat(batch.array()).containsExactly(batch().array());
    }

    @Test
    void refusesANegativeParameter() {
        assertThatThrownBy(() -> new Mixing(-1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("mixup must be a finite number of at least 0, found -1.0");
    }
}
