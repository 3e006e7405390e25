package org.efficientzoo.zoo.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {

    private final ImageDecoder decoder = new ImageDecoder();

    static Set<String> pictures() {
        return Fixtures.decoded().keySet();
    }

    @ParameterizedTest
    @MethodSource("pictures")
    void decodesToThePixelsOfPillow(String name) throws IOException {
        Fixtures.Pixels expected = Fixtures.decoded().get(name);

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
                "truncated-24.bmp",
                "no-end.jpg", // Pillow overlooks what is missing only where something follows
                "no-end-progressive.jpg",
                "cut-32.png",
                "cut-lossless.webp",
                "cut-lossy.webp",
                "cut-lzw.tif"
            })
    void refusesTruncatedFilesAsPillowDoes(String name) {
        byte[] encoded = Fixtures.bytes(name);

        assertThatThrownBy(() -> decoder.decode(encoded))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessageMatching("a (JPEG|PNG|GIF|BMP|WebP|TIFF) must be whole.*");
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

    /** Pillow does not look further than the first byte either. */
    @Test
    void refusesAJpegBehindALineBreak() {
        byte[] encoded = Fixtures.bytes("newline-first.jpg");

        assertThatThrownBy(() -> decoder.decode(encoded))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessageEndingWith("found a file that begins with 0a ff d8 ff e0 00 10 4a");
    }

    /** The library repeats chroma where Pillow's interpolates, and filters blocks less. */
    @ParameterizedTest
    @CsvSource({
        "lossy-90.webp, 69, 5.1",
        "lossy-50.webp, 61, 4.8",
        "lossy-10.webp, 68, 4.9",
        "lossy-smooth.webp, 60, 7.7",
        "lossy-alpha.webp, 69, 5.0",
        "lossy-animated.webp, 69, 5.1"
    })
    void decodesLossyWebPsNotFarFromPillow(String name, int most, double mean) throws IOException {
        byte[] pixels = decoder.decode(Fixtures.bytes(name)).toByteArray();
        byte[] expected = decoder.decode(Fixtures.bytes(name + ".png")).toByteArray();

        assertThat(pixels).hasSameSizeAs(expected);
        int[] differences =
                IntStream.range(0, pixels.length)
                        .map(i -> Math.abs((pixels[i] & 0xFF) - (expected[i] & 0xFF)))
                        .toArray();
        assertThat(IntStream.of(differences).max().orElseThrow()).isLessThanOrEqualTo(most);
        assertThat(IntStream.of(differences).average().orElseThrow()).isLessThanOrEqualTo(mean);
    }

    @ParameterizedTest
    @CsvSource({"259, 34712, compression", "259, 6, compression", "277, 65, 277", "258, 65, 258"})
    void refusesATiffOfAnotherKindInOneLine(int field, int value, String named) {
        byte[] encoded = Fixtures.bytes("grey-4.tif");
        ByteBuffer tiff = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
        int entry = tiff.getInt(4) + 2;
        while (tiff.getShort(entry) != field) {
            entry += 12;
        }
        tiff.putShort(entry + 8, (short) value);

        assertThatThrownBy(() -> decoder.decode(encoded))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessageContainingAll(
                        "a TIFF's ", named, "found ", Integer.toString(value & 0xFFFF));
    }

    @Test
    void refusesAnEmptyFile() {
        assertThatThrownBy(() -> decoder.decode(new byte[0]))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessage(
                        "an image must be a JPEG, PNG, GIF, BMP, WebP or TIFF, found an empty file");
    }

    @Test
    void refusesAnErrorPageNamedJpg(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("cat.jpg"), Fixtures.bytes("error-page.jpg"));

        assertThatThrownBy(() -> decoder.decode(file))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessage(
                        file
                                + ": an image must be a JPEG, PNG, GIF, BMP, WebP or TIFF, found HTML or XML");
    }

    @Test
    void refusesOtherFormatsByName() {
        byte[] avif = "\0\0\0\040ftypavif\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> decoder.decode(avif))
                .hasMessageEndingWith("found an AVIF, HEIF or MP4");
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
