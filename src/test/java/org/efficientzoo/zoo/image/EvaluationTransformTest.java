package org.efficientzoo.zoo.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class EvaluationTransformTest {

    private static final EvaluationTransform TINY =
            new EvaluationTransform(
                    new Resize.None(),
                    1,
                    2,
                    Interpolation.BILINEAR,
                    List.of(0f, 0.5f, 1f),
                    List.of(1f, 1f, 2f));

    static List<Fixtures.Transformed> transformed() {
        return Fixtures.expected().transformed();
    }

    @ParameterizedTest
    @MethodSource("transformed")
    void cropsToThePixelsOfTorchvision(Fixtures.Transformed expected) {
        RgbImage crop = expected.transform().crop(Fixtures.image(expected.source()));

        assertThat(Fixtures.describe(crop, expected.pixels())).isEqualTo(expected.pixels());
    }

    @ParameterizedTest
    @MethodSource("transformed")
    void normalizesToTheFloatsOfTorchvision(Fixtures.Transformed expected) {
        EvaluationTransform transform = expected.transform();
        var bytes = ByteBuffer.allocate(4 * transform.length()).order(ByteOrder.LITTLE_ENDIAN);

        transform.apply(Fixtures.image(expected.source()), bytes.asFloatBuffer());

        assertThat(Fixtures.sha256(bytes.array())).isEqualTo(expected.floats_sha256());
    }

    @Test
    void givesThePlanesOneAfterTheOther() {
        RgbImage image = RgbImage.of(2, 1, new byte[] {-1, 0, -1, 0, -1, 0});
        float[] target = new float[6];

        TINY.apply(image, target, 0);

        assertThat(target).containsExactly(1, 0, -0.5f, 0.5f, 0, -0.5f);
    }

    @Test
    void fillsABatchImageByImage() {
        RgbImage black = RgbImage.of(2, 1, new byte[6]);
        FloatBuffer batch = FloatBuffer.allocate(12);

        TINY.apply(black, batch);
        TINY.apply(black, batch);

        assertThat(batch.array())
                .containsExactly(
                        0, 0, -0.5f, -0.5f, -0.5f, -0.5f, 0, 0, -0.5f, -0.5f, -0.5f, -0.5f);
    }

    @Test
    void writesFromTheOffsetOnly() {
        float[] target = new float[8];
        target[0] = 7;
        target[7] = 8;

        TINY.apply(RgbImage.of(2, 1, new byte[6]), target, 1);

        assertThat(target).containsExactly(7, 0, 0, -0.5f, -0.5f, -0.5f, -0.5f, 8);
    }

    @Test
    void refusesATargetWithoutRoomBeforeItWrites() {
        FloatBuffer target = FloatBuffer.allocate(5);

        assertThatThrownBy(() -> TINY.apply(RgbImage.of(2, 1, new byte[6]), target))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("the target must have 6 floats left, found 5");
        assertThat(target.position()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "500, 375, 341, 256", // 341.33
        "375, 500, 256, 341",
        "256, 900, 256, 900",
        "300, 300, 256, 256",
        "1000, 3, 85333, 256", // 85333.33
        "3, 7, 256, 597" // 597.33
    })
    void givesTheShorterSideItsLengthAndTruncatesTheLonger(
            int width, int height, int expectedWidth, int expectedHeight) {
        assertThat(new Resize.ShorterSide(256).of(width, height))
                .isEqualTo(new Resize.Size(expectedWidth, expectedHeight));
    }

    @ParameterizedTest
    @CsvSource({"5, 0", "7, 2", "9, 2", "11, 4"}) // (size - 4) / 2 = 0.5, 1.5, 2.5, 3.5
    void roundsTheOffsetOfTheCropHalfToEven(int width, int expectedOffset) {
        var rgb = new byte[3 * width];
        for (int x = 0; x < width; x++) {
            rgb[3 * x] = (byte) x;
        }
        var transform =
                new EvaluationTransform(
                        new Resize.None(), 1, 4, Interpolation.BILINEAR, TINY.mean(), TINY.std());

        assertThat(transform.crop(RgbImage.of(width, 1, rgb)).value(0, 0, 0))
                .isEqualTo(expectedOffset);
    }

    @Test
    void isTheTransformOfTheReferenceNumbersByDefault() {
        assertThat(EvaluationTransform.imagenet())
                .isEqualTo(
                        new EvaluationTransform(
                                new Resize.ShorterSide(256),
                                224,
                                224,
                                Interpolation.BILINEAR,
                                List.of(0.485f, 0.456f, 0.406f),
                                List.of(0.229f, 0.224f, 0.225f)));
    }

    @Test
    void refusesAStandardDeviationOfZero() {
        List<Float> std = List.of(1f, 0f, 1f);

        assertThatThrownBy(
                        () ->
                                new EvaluationTransform(
                                        new Resize.None(),
                                        1,
                                        1,
                                        Interpolation.BILINEAR,
                                        TINY.mean(),
                                        std))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("std must be 3 finite numbers other than 0, found [1.0, 0.0, 1.0]");
    }

    @Test
    void refusesAnEmptyCrop() {
        assertThatThrownBy(
                        () ->
                                new EvaluationTransform(
                                        new Resize.None(),
                                        224,
                                        0,
                                        Interpolation.BILINEAR,
                                        TINY.mean(),
                                        TINY.std()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a crop must have 1 to 715827879 pixels, found 224x0");
    }

    @Test
    void refusesAShorterSideOfNothing() {
        assertThatThrownBy(() -> new Resize.ShorterSide(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the shorter side must be at least 1 pixel, found 0");
    }
}
