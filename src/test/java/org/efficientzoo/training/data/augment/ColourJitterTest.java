package org.efficientzoo.training.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ColourJitterTest {

    static List<AugmentFixtures.Changed> changes() {
        return AugmentFixtures.EXPECTED.colours();
    }

    @ParameterizedTest
    @MethodSource("changes")
    void changesColoursToThePixelsOfTorchvision(AugmentFixtures.Changed expected) {
        Pixels source = AugmentFixtures.source("whole");

        Pixels changed =
                switch (expected.change()) {
                    case "brightness" -> Blend.brightness(source, expected.value());
                    case "contrast" -> Blend.contrast(source, expected.value());
                    case "saturation" -> Blend.saturation(source, expected.value());
                    case "hue" -> Hue.turn(source, expected.value());
                    default -> throw new AssertionError(expected);
                };

        assertThat(AugmentFixtures.describe(changed)).isEqualTo(expected.pixels());
    }

    @Test
    void drawsBrightnessEvenlyBetweenItsBounds() {
        var jitter = new ColourJitter(0.4, 0, 0, 0);
        double sum = 0;
        int least = 255;
        int most = 0;
        for (int i = 0; i < 2000; i++) {
            Pixels grey = new Pixels(1, 1, new byte[] {100, 100, 100});
            int value = jitter.apply(grey, Draws.ofImage(2, 0, i)).rgb[0] & 0xFF;
            sum += value;
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        assertThat(sum / 2000).isBetween(97.0, 102.0); // truncation takes half a level off
        assertThat(least).isBetween(59, 62);
        assertThat(most).isBetween(137, 140);
    }

    @Test
    void brightnessAndContrastComeInEitherOrder() {
        var jitter = new ColourJitter(0.9, 0.9, 0, 0);
        int brightnessFirst = 0;
        int contrastFirst = 0;
        for (int i = 0; i < 400; i++) {
            Draws same = Draws.ofImage(4, 0, i);
            same.permutation(4);
            double brightness = same.uniform(0.1, 1.9);
            double contrast = same.uniform(0.1, 1.9);
            Pixels one = Blend.contrast(Blend.brightness(source(), brightness), contrast);
            Pixels other = Blend.brightness(Blend.contrast(source(), contrast), brightness);

            byte[] found = jitter.apply(source(), Draws.ofImage(4, 0, i)).rgb;

            assertThat(Arrays.equals(found, one.rgb) || Arrays.equals(found, other.rgb)).isTrue();
            if (!Arrays.equals(one.rgb, other.rgb)) {
                brightnessFirst += Arrays.equals(found, one.rgb) ? 1 : 0;
                contrastFirst += Arrays.equals(found, other.rgb) ? 1 : 0;
            }
        }
        assertThat(brightnessFirst).isBetween(150, 250);
        assertThat(contrastFirst).isBetween(150, 250);
    }

    private static Pixels source() {
        return AugmentFixtures.source("whole");
    }

    @Test
    void changesNothingWithoutRanges() {
        Pixels source = AugmentFixtures.source("whole");

        assertThat(ColourJitter.NONE.apply(source, Draws.ofImage(1, 2, 3)).rgb)
                .isEqualTo(AugmentFixtures.source("whole").rgb);
    }

    @Test
    void refusesAHueBeyondHalfACircle() {
        assertThatThrownBy(() -> new ColourJitter(0, 0, 0, 0.6))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("hue must be at most 0.5, found 0.6");
    }
}
