package org.efficientzoo.zoo.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RgbImageTest {

    private static final RgbImage NOISE = noise();

    @Test
    void survivesTheWayThroughABufferedImage() {
        assertThat(RgbImage.of(NOISE.toBufferedImage())).isEqualTo(NOISE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 101})
    void knowsTheQualitiesOfJpegs(int quality) {
        assertThatThrownBy(() -> NOISE.toJpeg(quality))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a JPEG's quality must lie within 1 and 100, found " + quality);
    }

    @Test
    void knowsHowLongAJpegMayBe() throws IOException {
        RgbImage longest = RgbImage.of(65_500, 1, new byte[3 * 65_500]);
        assertThat(new ImageDecoder().decode(longest.toJpeg(100))).isEqualTo(longest);
        RgbImage longer = RgbImage.of(1, 65_501, new byte[3 * 65_501]);
        assertThatThrownBy(() -> longer.toJpeg(100))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a JPEG's sides must have at most 65500 pixels, found 1x65501");
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                BufferedImage.TYPE_INT_RGB,
                BufferedImage.TYPE_INT_BGR,
                BufferedImage.TYPE_INT_ARGB,
                BufferedImage.TYPE_4BYTE_ABGR,
                BufferedImage.TYPE_INT_ARGB_PRE
            })
    void readsEveryOrderOfChannels(int type) {
        var image = new BufferedImage(NOISE.width(), NOISE.height(), type);
        for (int y = 0; y < NOISE.height(); y++) {
            for (int x = 0; x < NOISE.width(); x++) {
                image.setRGB(x, y, 0xFF000000 | NOISE.toBufferedImage().getRGB(x, y));
            }
        }

        assertThat(RgbImage.of(image)).isEqualTo(NOISE);
    }

    @Test
    void readsAPartOfALargerImage() {
        BufferedImage part = NOISE.toBufferedImage().getSubimage(2, 1, 5, 4);

        assertThat(RgbImage.of(part)).isEqualTo(NOISE.crop(2, 1, 5, 4));
    }

    @Test
    void undoesPremultipliedAlpha() {
        var image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB_PRE);
        image.getRaster().setPixel(0, 0, new int[] {34, 102, 0, 102}); // alpha 0.4

        assertThat(RgbImage.of(image)).isEqualTo(RgbImage.of(1, 1, new byte[] {85, -1, 0}));
    }

    @Test
    void takesTheLevelsOfGreyAsTheyAre() {
        var grey = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
        grey.getRaster().setSample(0, 0, 0, 100);

        assertThat(RgbImage.of(grey).value(0, 0, 0)).isEqualTo(100);
    }

    @Test
    void takesTheHighByteOfSixteenBits() {
        var grey = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
        grey.getRaster().setSample(0, 0, 0, 0x12FF);

        assertThat(RgbImage.of(grey).value(0, 0, 0)).isEqualTo(0x12);
    }

    @Test
    void readsAnImageOfDjlWithoutColourConversion() throws IOException {
        byte[] encoded = Fixtures.bytes("grey.jpg");
        Image image = ImageFactory.getInstance().fromInputStream(new ByteArrayInputStream(encoded));

        assertThat(RgbImage.of(image)).isEqualTo(Fixtures.image("grey.jpg"));
    }

    @Test
    void readsAnImageOfDjlThatWrapsSomethingElse() throws IOException {
        assertThat(RgbImage.of(savingItself("png"))).isEqualTo(NOISE);
    }

    @Test
    void refusesAnImageOfDjlThatDoesNotSaveItself() {
        assertThatThrownBy(() -> RgbImage.of(savingItself("none")))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessageStartingWith(
                        "an image must wrap a BufferedImage or save itself as PNG, found ");
    }

    @Test
    void doesNotChangeWithTheArrayItWasMadeOf() {
        byte[] rgb = {1, 2, 3};
        RgbImage image = RgbImage.of(1, 1, rgb);

        rgb[0] = 9;
        image.toByteArray()[1] = 9;

        assertThat(image.toByteArray()).containsExactly(1, 2, 3);
    }

    @Test
    void refusesBytesThatDoNotFillIt() {
        assertThatThrownBy(() -> RgbImage.of(2, 2, new byte[11]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a 2x2 image must have 3 bytes a pixel, found 11 bytes");
    }

    @Test
    void refusesACropThatLeavesIt() {
        assertThatThrownBy(() -> NOISE.crop(0, 8, 1, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a crop must lie within 13x11, found 1x4 at column 0, row 8");
    }

    /** An image whose wrapped object tells nothing, as that of another factory would. */
    private static Image savingItself(String format) {
        return (Image)
                Proxy.newProxyInstance(
                        RgbImageTest.class.getClassLoader(),
                        new Class<?>[] {Image.class},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("getWrappedImage")) {
                                return "no buffered image";
                            }
                            if (!format.equals("png")) {
                                throw new IOException("no such format");
                            }
                            ImageIO.write(
                                    NOISE.toBufferedImage(), format, (OutputStream) arguments[0]);
                            return null;
                        });
    }

    private static RgbImage noise() {
        var rgb = new byte[3 * 13 * 11];
        new Random(3).nextBytes(rgb);
        return RgbImage.of(13, 11, rgb);
    }
}
