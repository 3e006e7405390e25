package org.efficientzoo.zoo.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ResamplerTest {

    private static final List<Interpolation> FILTERS = List.of(Interpolation.values());

    static List<Fixtures.Resampled> resampled() {
        return Fixtures.expected().resampled();
    }

    @ParameterizedTest
    @MethodSource("resampled")
    void resizesToThePixelsOfPillow(Fixtures.Resampled expected) {
        RgbImage source = Fixtures.image(expected.source());

        RgbImage resized =
                Resampler.resize(
                        source, expected.width(), expected.height(), expected.interpolation());

        assertThat(Fixtures.describe(resized, expected.pixels())).isEqualTo(expected.pixels());
    }

    @RepeatedTest(20)
    void computesACropAsTheWholeAndThenTheCrop(RepetitionInfo repetition) {
        var random = new Random(repetition.getCurrentRepetition());
        RgbImage source = noise(random, 1 + random.nextInt(60), 1 + random.nextInt(60));
        Interpolation filter = FILTERS.get(random.nextInt(FILTERS.size()));
        int width = 1 + random.nextInt(80);
        int height = 1 + random.nextInt(80);
        int left = random.nextInt(width);
        int top = random.nextInt(height);
        int cropWidth = 1 + random.nextInt(width - left);
        int cropHeight = 1 + random.nextInt(height - top);

        RgbImage part =
                Resampler.resize(source, width, height, filter, left, top, cropWidth, cropHeight);

        assertThat(part)
                .isEqualTo(
                        Resampler.resize(source, width, height, filter)
                                .crop(left, top, cropWidth, cropHeight));
    }

    @ParameterizedTest
    @EnumSource
    void keepsAFlatPictureFlat(Interpolation filter) {
        var grey = new byte[3 * 17 * 11];
        Arrays.fill(grey, (byte) 201);
        var resized = Resampler.resize(RgbImage.of(17, 11, grey), 40, 5, filter);

        byte[] expected = new byte[3 * 40 * 5];
        Arrays.fill(expected, (byte) 201);
        assertThat(resized).isEqualTo(RgbImage.of(40, 5, expected));
    }

    @ParameterizedTest
    @EnumSource
    void leavesAnImageOfTheWantedSizeAsItIs(Interpolation filter) {
        RgbImage source = noise(new Random(1), 9, 7);

        assertThat(Resampler.resize(source, 9, 7, filter)).isEqualTo(source);
    }

    @Test
    void refusesASizeOfNothing() {
        RgbImage source = noise(new Random(1), 9, 7);

        assertThatThrownBy(() -> Resampler.resize(source, 0, 7, Interpolation.BILINEAR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a resized image must be at least 1x1 pixels, found 0x7");
    }

    @Test
    void refusesACropThatLeavesTheImage() {
        RgbImage source = noise(new Random(1), 9, 7);

        assertThatThrownBy(() -> Resampler.resize(source, 5, 5, Interpolation.BILINEAR, 2, 0, 4, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a crop must lie within 5x5, found 4x5 at column 2, row 0");
    }

    private static RgbImage noise(Random random, int width, int height) {
        var rgb = new byte[3 * width * height];
        random.nextBytes(rgb);
        return RgbImage.of(width, height, rgb);
    }
}
