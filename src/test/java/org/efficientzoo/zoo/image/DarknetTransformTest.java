package org.efficientzoo.zoo.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The input of the networks of Darknet's own library, and of those that count from 0 to 255. */
class DarknetTransformTest {

    record Sample(int plane, int row, int column, float value) {}

    record Square(String source, int pixels, String floats_sha256, List<Sample> samples) {

        @Override
        public String toString() {
            return source + " at " + pixels;
        }
    }

    record Expected(List<Square> squares) {}

    static List<Square> squares() {
        List<Square> squares = Fixtures.json("darknet.json", Expected.class).squares();
        assertThat(squares).isNotEmpty();
        return squares;
    }

    private static float[] floats(EvaluationTransform transform, RgbImage image) {
        float[] floats = new float[transform.length()];
        transform.apply(image, floats, 0);
        return floats;
    }

    /** Each pixel names its place: red its column, green its row. */
    private static RgbImage places(int width, int height) {
        var rgb = new byte[3 * width * height];
        for (int i = 0; i < width * height; i++) {
            rgb[3 * i] = (byte) (i % width);
            rgb[3 * i + 1] = (byte) (i / width);
            rgb[3 * i + 2] = (byte) 200;
        }
        return RgbImage.of(width, height, rgb);
    }

    @ParameterizedTest
    @MethodSource("squares")
    void givesTheFloatsOfDarknet(Square square) {
        int pixels = square.pixels();
        float[] found =
                floats(EvaluationTransform.darknet(pixels), Fixtures.image(square.source()));

        assertThat(square.samples())
                .isNotEmpty()
                .allSatisfy(
                        s ->
                                assertThat(
                                                found[
                                                        (s.plane() * pixels + s.row()) * pixels
                                                                + s.column()])
                                        .isEqualTo(s.value()));
        var bytes = ByteBuffer.allocate(4 * found.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(found);
        assertThat(Fixtures.sha256(bytes.array())).isEqualTo(square.floats_sha256());
    }

    @ParameterizedTest
    @CsvSource({"9, 4, 2, 0", "8, 5, 1, 0", "4, 9, 0, 2", "6, 6, 0, 0"})
    void takesTheLargestSquareOfTheCentreRoundedDown(int width, int height, int left, int top) {
        RgbImage part = new Resize.CentreSquare(3).part(places(width, height));

        int side = Math.min(width, height);
        assertThat(part).isEqualTo(places(width, height).crop(left, top, side, side));
    }

    @ParameterizedTest
    @CsvSource({"BILINEAR", "BICUBIC", "DARKNET"})
    void resizesTheSquareAndNotTheImage(Interpolation interpolation) {
        RgbImage image = Fixtures.image("scene.png");
        var transform =
                new EvaluationTransform(
                        new Resize.CentreSquare(40),
                        40,
                        40,
                        interpolation,
                        List.of(0f, 0f, 0f),
                        List.of(1f, 1f, 1f));

        assertThat(transform.crop(image))
                .isEqualTo(Resampler.resize(image.crop(13, 0, 71, 71), 40, 40, interpolation));
    }

    @Test
    void leavesValuesBetweenThoseOfEightBits() {
        RgbImage image = RgbImage.of(2, 2, new byte[] {0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1});

        float[] found = floats(EvaluationTransform.darknet(3), image);

        assertThat(found[1]).isEqualTo(0.5f / 255f);
    }

    @Test
    void framesASmallImageInBlackAlsoInFloats() {
        var transform =
                new EvaluationTransform(
                        new Resize.None(),
                        3,
                        5,
                        Interpolation.DARKNET,
                        List.of(0.5f, 0f, 0f),
                        List.of(1f, 1f, 1f));
        byte white = (byte) 255;

        float[] found = floats(transform, RgbImage.of(1, 1, new byte[] {white, white, white}));

        float[] red = new float[15];
        java.util.Arrays.fill(red, -0.5f);
        red[7] = 0.5f;
        assertThat(found).startsWith(red);
        assertThat(found[15 + 7]).isEqualTo(1);
        assertThat(found[15 + 6]).isEqualTo(0);
    }

    @Test
    void computesACropInFloatsAsTheWholeAndThenTheCrop() {
        RgbImage image = Fixtures.image("scene.png");
        var size = new Resize.Size(61, 43);
        float[] whole = DarknetResampler.resize(image, size, 0, 0, 61, 43);

        float[] part = DarknetResampler.resize(image, size, 20, 33, 41, 10);

        for (int y = 0; y < 10; y++) {
            for (int i = 0; i < 3 * 41; i++) {
                assertThat(part[3 * 41 * y + i]).isEqualTo(whole[3 * (61 * (33 + y) + 20) + i]);
            }
        }
    }

    @Test
    void givesBlueGreenAndRedPlanesWithTheStatisticsOfEachColour() {
        RgbImage pixel = RgbImage.of(1, 1, new byte[] {(byte) 255, 51, 0});
        for (Interpolation interpolation : Interpolation.values()) {
            var transform =
                    new EvaluationTransform(
                            new Resize.None(),
                            1,
                            1,
                            interpolation,
                            List.of(0.5f, 0.1f, 0f),
                            List.of(0.25f, 1f, 1f),
                            ChannelOrder.BGR);

            assertThat(floats(transform, pixel)).containsExactly(0, 0.2f - 0.1f, 2);
        }
    }

    @Test
    void countsFromZeroTo255WhereTheDeviationIsAFractionOf255() {
        var transform =
                new EvaluationTransform(
                        new Resize.None(),
                        1,
                        256,
                        Interpolation.BILINEAR,
                        List.of(0f, 0f, 0f),
                        List.of(1 / 255f, 1 / 255f, 1 / 255f));

        float[] red = floats(transform, places(256, 1));

        for (int value = 0; value < 256; value++) { // a float's rounding is 6e-8 of it; there are 2
            assertThat(Math.abs(red[value] - value)).isLessThanOrEqualTo(1.2e-7f * value);
        }
    }

    @Test
    void refusesASquareOfNothing() {
        assertThatThrownBy(() -> new Resize.CentreSquare(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the square must be at least 1 pixel wide, found 0");
    }
}
