package org.efficientzoo.training.data.augment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.efficientzoo.zoo.image.Interpolation;
import org.junit.jupiter.api.Test;

/** What the policies draw; what the operations do then is compared with torchvision's elsewhere. */
class PolicyTest {

    private static final int IMAGES = 6000;

    /** Another one each time, since operations may work in place. */
    private static Pixels source() {
        return AugmentFixtures.source("whole");
    }

    private record Drawn(Operation operation, double strength) {}

    @Test
    void trivialAugmentAppliesOneOperationOfAnyStrengthAndSign() {
        Set<Drawn> seen = new HashSet<>();
        Set<Drawn> possible = new HashSet<>();
        for (Operation operation : Operation.values()) {
            for (int i = 0; i < (operation.hasStrength() ? Operation.STRENGTHS : 1); i++) {
                double strength = operation.hasStrength() ? operation.wideStrength(i) : 0;
                possible.add(new Drawn(operation, strength));
                possible.add(new Drawn(operation, operation.isSigned() ? -strength : strength));
            }
        }
        for (int i = 0; i < IMAGES; i++) {
            Draws same = Draws.ofImage(5, 0, i);
            Operation operation = Operation.draw(same);
            double strength =
                    operation.hasStrength()
                            ? operation.wideStrength(same.below(Operation.STRENGTHS))
                            : 0;
            Drawn drawn =
                    new Drawn(
                            operation,
                            operation.isSigned() && same.below(2) == 1 ? -strength : strength);
            if (seen.add(drawn)) {
                assertThat(
                                new TrivialAugment(Interpolation.BICUBIC)
                                        .apply(source(), Draws.ofImage(5, 0, i))
                                        .rgb)
                        .as("image %d, %s", i, drawn)
                        .isEqualTo(
                                operation.apply(source(), drawn.strength(), Interpolation.BICUBIC)
                                        .rgb);
            }
        }
        assertThat(seen).isEqualTo(possible);
    }

    @Test
    void randAugmentAppliesSomeOperationsOfOneStrengthAfterEachOther() {
        Set<Drawn> seen = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            Draws same = Draws.ofImage(6, 0, i);
            Pixels expected = source();
            for (int n = 0; n < 3; n++) {
                Operation operation = Operation.draw(same);
                double strength = operation.randStrength(11, expected.width, expected.height);
                if (operation.isSigned() && same.below(2) == 1) {
                    strength = -strength;
                }
                seen.add(new Drawn(operation, strength));
                expected = operation.apply(expected, strength, Interpolation.BILINEAR);
            }
            assertThat(
                            new RandAugment(3, 11, Interpolation.BILINEAR)
                                    .apply(source(), Draws.ofImage(6, 0, i))
                                    .rgb)
                    .as("image %d", i)
                    .isEqualTo(expected.rgb);
        }
        int signed = 0;
        for (Operation operation : Operation.values()) {
            signed += operation.isSigned() ? 1 : 0;
        }
        assertThat(seen).hasSize(Operation.values().length + signed);
    }

    @Test
    void colourJitterDrawsSaturationAndHueBetweenTheirBounds() {
        double least = 0;
        double most = 0;
        for (int i = 0; i < 100; i++) {
            Draws same = Draws.ofImage(7, 0, i);
            same.permutation(4);
            same.uniform(); // brightness
            same.uniform(); // contrast
            double saturation = 0.4 + 1.2 * same.uniform();
            double hue = 0.5 * same.uniform() - 0.25;
            assertThat(new ColourJitter(0, 0, 0.6, 0).apply(source(), Draws.ofImage(7, 0, i)).rgb)
                    .isEqualTo(Blend.saturation(source(), saturation).rgb);
            assertThat(new ColourJitter(0, 0, 0, 0.25).apply(source(), Draws.ofImage(7, 0, i)).rgb)
                    .isEqualTo(Hue.turn(source(), hue).rgb);
            least = Math.min(least, hue);
            most = Math.max(most, hue);
        }
        assertThat(least).isBetween(-0.25, -0.22);
        assertThat(most).isBetween(0.22, 0.25);
    }

    @Test
    void erasingFillsItsRectangleAloneWithNormalNoise() {
        int side = 64;
        var erasing = new RandomErasing(1, new Range(0.1, 0.3), new Range(0.5, 2), true);
        double sum = 0;
        double squares = 0;
        long erased = 0;
        for (int i = 0; i < 50; i++) {
            float[] planes = new float[3 * side * side];
            erasing.apply(planes, side, side, Draws.ofImage(8, 0, i));
            long changed = 0;
            for (float value : planes) {
                changed += value != 0 ? 1 : 0;
                sum += value;
                squares += (double) value * value;
            }
            assertThat(changed / (3.0 * side * side)).isBetween(0.08, 0.32);
            erased += changed;
        }
        assertThat(sum / erased).isBetween(-0.02, 0.02);
        assertThat(squares / erased).isBetween(0.97, 1.03);
    }
}
