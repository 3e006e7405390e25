package org.efficientzoo.zoo.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {

    private final ImageDecoder decoder = new ImageDecoder();

    static Set<String> pictures() {
        return Fixtures.expected().decoded().keySet();
    }

    @ParameterizedTest
    @MethodSource("pictures")
    void decodesToThePixelsOfPillow(String name) throws IOException {
        Fixtures.Pixels expected = Fixtures.expected().decoded().get(name);

        RgbImage image = decoder.decode(Fixtures.bytes(name));

        assertThat(Fixtures.describe(image, expected)).isEqualTo(expected);
    }

    @Test
    void appliesNoProfileWhereTheJdkDoes() throws IOException {
        byte[] encoded = Fixtures.bytes("420-icc.jpg");
        RgbImage converted = RgbImage.of(ImageIO.read(new ByteArrayInputStream(encoded)));

        assertThat(decoder.decode(encoded)).isNotEqualTo(converted);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "truncated-444.jpg", // lacks only the end marker
                "truncated-420.jpg",
                "truncated-420-progressive.jpg",
                "truncated-cmyk.jpg",
                "truncated-rgb.png",
                "truncated-plain.gif",
                "truncated-24.bmp"
            })
    void refusesTruncatedFilesAsPillowDoes(String name) {
        byte[] encoded = Fixtures.bytes(name);

        assertThatThrownBy(() -> decoder.decode(encoded))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessageMatching("a (JPEG|PNG|GIF|BMP) must be whole.*");
    }

    @ParameterizedTest
    @MethodSource("pictures")
    void endsEveryCutOfAFileInPixelsOrOneLine(String name) {
        byte[] encoded = Fixtures.bytes(name);
        for (int length = 0; length < encoded.length; length += 37) {
            byte[] cut = Arrays.copyOf(encoded, length);
            try {
                decoder.decode(cut);
            } catch (ImageDecodingException e) {
                assertThat(e.getMessage().lines()).hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pictures")
    void endsDamagedFilesInPixelsOrOneLine(String name) {
        var random = new Random(name.hashCode());
        for (int round = 0; round < 40; round++) {
            byte[] damaged = Fixtures.bytes(name);
            for (int i = 0; i < 3; i++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                new ImageDecoder(1 << 20).decode(damaged);
            } catch (ImageDecodingException e) {
                assertThat(e.getMessage().lines()).hasSize(1);
            }
        }
    }

    @Test
    void refusesAnEmptyFile() {
        assertThatThrownBy(() -> decoder.decode(new byte[0]))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessage("an image must be a JPEG, PNG, GIF or BMP, found an empty file");
    }

    @Test
    void refusesAnErrorPageNamedJpg(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("cat.jpg"), Fixtures.bytes("error-page.jpg"));

        assertThatThrownBy(() -> decoder.decode(file))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessage(file + ": an image must be a JPEG, PNG, GIF or BMP, found HTML or XML");
    }

    @Test
    void refusesOtherFormatsByName() {
        byte[] webp = "RIFF\0\0\0\0WEBPVP8 ".getBytes(StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> decoder.decode(webp)).hasMessageEndingWith("found a WebP");
    }

    @Test
    void refusesADirectory(@TempDir Path folder) {
        assertThatThrownBy(() -> decoder.decode(folder))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessage(folder + ": an image must be a file, found a directory");
    }

    @Test
    void refusesAMissingFile(@TempDir Path folder) {
        Path file = folder.resolve("none.png");

        assertThatThrownBy(() -> decoder.decode(file))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessage(file + ": an image must be a file, found no such file");
    }

    @Test
    void refusesArithmeticCoding() {
        byte[] encoded = Fixtures.bytes("arithmetic.jpg");

        assertThatThrownBy(() -> decoder.decode(encoded))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessage("a JPEG must be Huffman-coded, found arithmetic coding");
    }

    @Test
    void acceptsAnImageOfJustTheLimit() throws IOException {
        assertThat(new ImageDecoder(31 * 22).decode(Fixtures.bytes("rgb.png")).width())
                .isEqualTo(31);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rgb.png", "plain.gif", "24.bmp"})
    void refusesOnePixelAboveTheLimit(String name) {
        byte[] encoded = Fixtures.bytes(name);

        assertThatThrownBy(() -> new ImageDecoder(31 * 22 - 1).decode(encoded))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessage("an image must have 1 to 681 pixels, found 31x22");
    }

    @Test
    void refusesAHeaderThatClaimsMoreThanFitsIntoMemory() {
        byte[] encoded = Fixtures.bytes("rgb.png");
        var buffer = ByteBuffer.wrap(encoded);
        buffer.putInt(16, 1_000_000).putInt(20, 2_000_000);
        var crc = new CRC32();
        crc.update(encoded, 12, 17);
        buffer.putInt(29, (int) crc.getValue());

        assertThatThrownBy(() -> decoder.decode(encoded))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessage("an image must have 1 to 178956970 pixels, found 1000000x2000000");
    }

    @Test
    void readsAStreamToItsEnd() throws IOException {
        var stream = new ByteArrayInputStream(Fixtures.bytes("rgb.png"));

        assertThat(decoder.decode(stream)).isEqualTo(Fixtures.image("rgb.png"));
    }

    @Test
    void refusesALimitThatNoArrayHolds() {
        assertThatThrownBy(() -> new ImageDecoder(1L << 30))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the limit of pixels must lie within 1 and 715827879, found 1073741824");
    }
}
