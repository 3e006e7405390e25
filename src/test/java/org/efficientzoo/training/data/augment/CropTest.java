package org.efficientzoo.training.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.efficientzoo.zoo.image.Resampler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CropTest {

    private static final int DRAWS = 20_000;

    static List<AugmentFixtures.Crops> crops() {
        return AugmentFixtures.EXPECTED.distributions().crops();
    }

    static List<AugmentFixtures.Parts> patches() {
        return AugmentFixtures.EXPECTED.distributions().patches();
    }

    static List<AugmentFixtures.Padded> paddings() {
        return AugmentFixtures.EXPECTED.paddings();
    }

    static List<AugmentFixtures.Resized> resizedCrops() {
        return AugmentFixtures.EXPECTED.resizedCrops();
    }

    /** Compares means within 5 standard errors of both sides, deviations within 4 percent. */
    static void isDistributedAs(
            List<Double> mean, List<Double> std, Function<Draws, Rectangle> draw) {
        double[] sums = new double[4];
        double[] squares = new double[4];
        for (int i = 0; i < DRAWS; i++) {
            Rectangle part = draw.apply(Draws.ofImage(11, 0, i));
            double[] values = {part.left(), part.top(), part.width(), part.height()};
            for (int k = 0; k < 4; k++) {
                sums[k] += values[k] / DRAWS;
                squares[k] += values[k] * values[k] / DRAWS;
            }
        }
        for (int k = 0; k < 4; k++) {
            double error = std.get(k) * Math.sqrt(2.0 / DRAWS);
            assertThat(Math.abs(sums[k] - mean.get(k))).isLessThanOrEqualTo(5 * error + 1e-9);
            double deviation = Math.sqrt(Math.max(0, squares[k] - sums[k] * sums[k]));
            assertThat(Math.abs(deviation - std.get(k)))
                    .isLessThanOrEqualTo(0.04 * std.get(k) + 1e-4);
        }
    }

    @ParameterizedTest
    @MethodSource("crops")
    void resizedPartsAreDistributedAsTorchvisions(AugmentFixtures.Crops expected) {
        var crop =
                new RandomResizedCrop(
                        new Range(expected.scale().get(0), expected.scale().get(1)),
                        new Range(expected.ratio().get(0), expected.ratio().get(1)));

        isDistributedAs(
                expected.mean(),
                expected.std(),
                draws -> crop.choose(expected.width(), expected.height(), draws));
    }

    @Test
    void takesTheMiddleWhereTenTriesFail() {
        var crop = new RandomResizedCrop(new Range(0.9, 1), new Range(0.75, 4.0 / 3));

        assertThat(crop.middle(300, 40)).isEqualTo(new Rectangle(123, 0, 53, 40));
        assertThat(crop.middle(40, 300)).isEqualTo(new Rectangle(0, 123, 40, 53));
        assertThat(crop.middle(50, 45)).isEqualTo(new Rectangle(0, 0, 50, 45));
        assertThat(crop.choose(300, 40, Draws.ofImage(1, 1, 1)))
                .isEqualTo(new Rectangle(123, 0, 53, 40));
    }

    @ParameterizedTest
    @MethodSource("patches")
    void cutmixPatchesAreDistributedAsTorchvisions(AugmentFixtures.Parts expected) {
        isDistributedAs(
                expected.mean(),
                expected.std(),
                draws -> Mixing.patch(expected.own(), expected.width(), expected.height(), draws));
    }

    @Test
    void erasedPartsAreDistributedAsTorchvisions() {
        AugmentFixtures.Parts expected = AugmentFixtures.EXPECTED.distributions().erased();
        int width = expected.width();
        int height = expected.height();

        isDistributedAs(
                expected.mean(),
                expected.std(),
                draws -> {
                    float[] planes = new float[3 * width * height];
                    Arrays.fill(planes, 1);
                    RandomErasing.of(1).apply(planes, width, height, draws);
                    return zeros(planes, width, height);
                });
    }

    private static Rectangle zeros(float[] planes, int width, int height) {
        int left = width;
        int top = height;
        int right = -1;
        int bottom = -1;
        for (int i = 0; i < width * height; i++) {
            if (planes[i] == 0) {
                left = Math.min(left, i % width);
                right = Math.max(right, i % width);
                top = Math.min(top, i / width);
                bottom = Math.max(bottom, i / width);
            }
        }
        return new Rectangle(left, top, right - left + 1, bottom - top + 1);
    }

    @ParameterizedTest
    @MethodSource("paddings")
    void paddedPartsHaveThePixelsOfTorchvision(AugmentFixtures.Padded expected) {
        PaddingMode mode =
                expected.mode().equals("reflect") ? PaddingMode.REFLECT : PaddingMode.ZERO;
        Pixels source = AugmentFixtures.source("whole");

        Pixels part =
                new PaddedCrop(source.width, source.height, 4, mode)
                        .cut(source, expected.left(), expected.top());

        assertThat(AugmentFixtures.describe(part)).isEqualTo(expected.pixels());
    }

    @Test
    void everyPlaceOfAPaddedPartOccurs() {
        Pixels source = Pixels.black(30, 5);
        Arrays.fill(source.rgb, (byte) 9);
        boolean[] rows = new boolean[7];
        for (int i = 0; i < 200; i++) {
            Pixels part =
                    new PaddedCrop(30, 5, 3, PaddingMode.ZERO)
                            .apply(source, Draws.ofImage(0, 0, i));
            int black = 0;
            while (black < 5 && part.rgb[part.at(15, black)] == 0) {
                black++;
            }
            rows[black] = true;
        }
        assertThat(rows).containsExactly(true, true, true, true, false, false, false);
    }

    @Test
    void aPictureThatIsTooSmallIsPaddedOnBothSides() {
        Pixels source = Pixels.black(2, 2);
        Arrays.fill(source.rgb, (byte) 9);

        Pixels part =
                new PaddedCrop(5, 2, 0, PaddingMode.REFLECT).apply(source, Draws.ofImage(0, 0, 1));

        assertThat(part.width).isEqualTo(5);
        assertThat(part.rgb).containsOnly(9);
    }

    @ParameterizedTest
    @MethodSource("resizedCrops")
    void resizedPartsHaveThePixelsOfTorchvision(AugmentFixtures.Resized expected) {
        Pixels part =
                Pixels.of(
                        Resampler.resize(
                                AugmentFixtures.picture()
                                        .crop(
                                                expected.left(),
                                                expected.top(),
                                                expected.width(),
                                                expected.height()),
                                32,
                                32,
                                expected.interpolation()));

        assertThat(AugmentFixtures.describe(part)).isEqualTo(expected.pixels());
    }

    @Test
    void refusesAShareOfTheAreaAboveOne() {
        assertThatThrownBy(() -> new RandomResizedCrop(new Range(0.5, 1.2), new Range(1, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("scale must be a share of the area, at most 1, found 1.2");
    }
}
