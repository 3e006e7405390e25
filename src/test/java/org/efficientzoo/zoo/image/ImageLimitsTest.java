package org.efficientzoo.zoo.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No file makes the decoder take more memory or time than it warrants. */
class ImageLimitsTest {

    private static final long MEMORY = 20_000_000;

    @TempDir private Path folder;

    private final ImageDecoder decoder = new ImageDecoder();
    private final ImageDecoder small = new ImageDecoder(ImageDecoder.DEFAULT_MAX_PIXELS, MEMORY);

    @Test
    void refusesABmpThatItsBytesCannotHold() {
        assertThatThrownBy(() -> decoder.open(Bombs.bmp(3000, -3000, 24, 0)))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessage("a BMP of 100 bytes must have at most 4194304 pixels, found 3000x3000");
    }

    @Test
    void refusesAGifWhoseCanvasItsBytesDoNotWarrant() {
        assertThatThrownBy(() -> decoder.open(Bombs.gif(13377, 13377)))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessage(
                        "a GIF of 36 bytes must have at most 4194304 pixels, found 13377x13377");
    }

    @Test
    void decodesAGifOfAHarmlessCanvas() throws IOException {
        assertThat(decoder.decode(Bombs.gif(640, 480)).width()).isEqualTo(640);
    }

    @Test
    void refusesAPngThatItsBytesCannotHold() throws IOException {
        byte[] png = Bombs.png(13377, 13377, 9);

        assertThatThrownBy(() -> decoder.open(png))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessage(
                        "a PNG of %d bytes must have at most 4194304 pixels, found 13377x13377"
                                .formatted(png.length));
    }

    @Test
    void refusesAWebPOfOneColorThatItsBytesDoNotWarrant() {
        byte[] webp = Fixtures.bytes("one-color.webp");
        ByteBuffer header = ByteBuffer.wrap(webp).order(ByteOrder.LITTLE_ENDIAN);
        int others = header.getInt(21) & 0xF0000000;
        header.putInt(21, others | 9999 << 14 | 9999);

        assertThatThrownBy(() -> decoder.open(webp))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessage(
                        "a WebP of 56 bytes must have at most 4194304 pixels, found 10000x10000");
    }

    /** The library would go on without data, an exception for every pixel. */
    @Test
    void refusesALosslessWebPWhoseDataEndsEarly() {
        byte[] webp = Fixtures.bytes("one-color.webp");
        webp[23] = (byte) 0x94;
        webp[25] = (byte) 0xBD;
        webp[46] = (byte) 0xAF;

        assertThatThrownBy(() -> decoder.decode(webp))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessage(
                        "a WebP must be whole and well-formed, found: an end before the last pixel");
    }

    @Test
    void refusesATiffThatItsBytesCannotHold() {
        byte[] tiff = Fixtures.bytes("grey.tif");
        ByteBuffer file = ByteBuffer.wrap(tiff).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0, at = file.getInt(4) + 2; i < 2; i++, at += 12) { // the two sides
            file.putShort(at + 2, (short) 4).putInt(at + 8, 10_000);
        }

        assertThatThrownBy(() -> decoder.decode(tiff))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessageContaining("10000x10000");
    }

    @Test
    void refusesWhatTakesMoreThanItsShareOfTheHeap() throws IOException {
        byte[] png = Bombs.png(3000, 3000, 3000);

        assertThat(decoder.decode(png).height()).isEqualTo(3000);
        assertThatThrownBy(() -> small.decode(png))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessage(
                        "an image must take at most 20 MB to decode, a third of Java's heap, found 3000x3000 pixels that take 37 MB; java -Xmx gives more");
        assertThatThrownBy(() -> small.open(png).inTurn(EncodedImage::decode))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessageContaining("found 3000x3000 pixels that take 37 MB");
    }

    @Test
    void decodesAPartOfAJpegWhoseWholeTakesTooMuch() throws IOException {
        byte[] jpeg = Fixtures.bytes("444.jpg");
        long memory = 3L * jpeg.length + 100 * 3;
        EncodedImage image = new ImageDecoder(1 << 20, memory).open(jpeg);

        assertThat(image.decode(0, 0, 10, 10)).isEqualTo(decoder.decode(jpeg).crop(0, 0, 10, 10));
        assertThatThrownBy(() -> image.decode(0, 0, 11, 10)).hasMessageContaining("61x47");
    }

    @Test
    void refusesAFileThatDoesNotFitIntoMemoryBeforeItIsRead() throws IOException {
        Path file = folder.resolve("disk.jpg");
        try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(5L << 30);
        }

        assertThatThrownBy(() -> small.decode(file))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessage(
                        file
                                + ": an image must have at most 20 MB, found 5369 MB; java -Xmx gives more");
    }

    @Test
    void refusesAStreamThatDoesNotFitIntoMemory() {
        var tiny = new ImageDecoder(100, 1000);

        assertThatThrownBy(() -> tiny.decode(new ByteArrayInputStream(new byte[1001])))
                .hasMessage("an image must have at most 1 MB, found more; java -Xmx gives more");
    }

    @Test
    void decodesAJpegOfAsManyScansAsThereMayBe() throws IOException {
        assertThat(decoder.decode(Bombs.jpeg(500)))
                .isEqualTo(Fixtures.image("420-progressive.jpg"));
    }

    @ParameterizedTest
    @ValueSource(ints = {501, 5000})
    void refusesAJpegOfMoreScans(int scans) {
        assertThatThrownBy(() -> decoder.open(Bombs.jpeg(scans)))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessage("a JPEG of 61x47 pixels must have at most 500 scans, found more");
    }

    @Test
    void allowsFewerScansOfALargeJpeg() {
        byte[] jpeg = Bombs.jpeg(30);
        int frame = 0;
        while (jpeg[frame] != (byte) 0xFF || jpeg[frame + 1] != (byte) 0xC2) {
            frame++;
        }
        ByteBuffer.wrap(jpeg).putShort(frame + 5, (short) 13000).putShort(frame + 7, (short) 13000);

        assertThatThrownBy(() -> decoder.open(jpeg))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessage("a JPEG of 13000x13000 pixels must have at most 25 scans, found more");
    }

    /** libjpeg reads those of one component after the other, too, as often as they come. */
    @Test
    void refusesABaselineJpegOfMoreScans() {
        byte[] frame = {0, 17, 8, 0, 16, 0, 16, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0};
        byte[] scan = {(byte) 0xFF, (byte) 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x55};
        var jpeg = new ByteArrayOutputStream();
        jpeg.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF, (byte) 0xC0});
        jpeg.writeBytes(frame);
        for (int i = 0; i < 501; i++) {
            jpeg.writeBytes(scan);
        }

        assertThatThrownBy(() -> decoder.open(jpeg.toByteArray()))
                .hasMessage("a JPEG of 16x16 pixels must have at most 500 scans, found more");
    }

    /** What looks like a scan inside a comment is none. */
    @Test
    void countsNoScansInsideOfComments() throws IOException {
        byte[] jpeg = Fixtures.bytes("420-progressive.jpg");
        int second = Bombs.scan(jpeg, Bombs.scan(jpeg, 0) + 2);
        var comment = new byte[2004];
        for (int i = 0; i < comment.length; i += 2) {
            comment[i] = (byte) 0xFF;
            comment[i + 1] = (byte) Bombs.SCAN;
        }
        ByteBuffer.wrap(comment).putInt(0xFFFE0000 | 2002);
        byte[] longer = Arrays.copyOf(jpeg, jpeg.length + comment.length);
        int tables = tablesBefore(jpeg, second);
        System.arraycopy(comment, 0, longer, tables, comment.length);
        System.arraycopy(jpeg, tables, longer, tables + comment.length, jpeg.length - tables);

        assertThat(decoder.decode(longer)).isEqualTo(decoder.decode(jpeg));
    }

    /** The marker segments before a scan begin where its predecessor ends. */
    private static int tablesBefore(byte[] jpeg, int scan) {
        int at = Bombs.scan(jpeg, 0) + 2;
        while (jpeg[at] != (byte) 0xFF || jpeg[at + 1] == 0) {
            at++;
        }
        assertThat(at).isLessThanOrEqualTo(scan);
        return at;
    }

    @Test
    void takesTheLimitOfPixelsFromThePropertyThenFromTheEnvironment() {
        assertThat(ImageDecoder.limit(name -> null, Map.of()))
                .isEqualTo(ImageDecoder.DEFAULT_MAX_PIXELS);
        var environment = Map.of("EFFICIENTZOO_MAX_PIXELS", " 7000 ");
        assertThat(ImageDecoder.limit(name -> null, environment)).isEqualTo(7000);
        assertThat(
                        ImageDecoder.limit(
                                name -> name.equals("efficientzoo.maxPixels") ? "9000" : null,
                                environment))
                .isEqualTo(9000);
    }

    @Test
    void saysWhichLimitOfPixelsIsNoNumber() {
        assertThatThrownBy(() -> ImageDecoder.limit(name -> "many", Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("efficientzoo.maxPixels must be a number of pixels, found many");
        var environment = Map.of("EFFICIENTZOO_MAX_PIXELS", "1e9");
        assertThatThrownBy(() -> ImageDecoder.limit(name -> null, environment))
                .hasMessage("EFFICIENTZOO_MAX_PIXELS must be a number of pixels, found 1e9");
    }

    /** Each of the images fits into the memory, but not both. */
    @Test
    void usesLargeImagesOneAfterTheOther() throws Exception {
        int side = (int) Math.sqrt(DecodingMemory.BYTES * 2 / 3.0 / 7); // a BMP takes 7 bytes
        EncodedImage image =
                new ImageDecoder(RgbImage.MAX_PIXELS).open(Bombs.bmp(side, side, 8, 1)); // of runs
        var inside = new AtomicInteger();
        var first = new CountDownLatch(1);
        var done = new CountDownLatch(1);
        Thread one = using(image, inside, first, done);
        first.await();
        Thread other = using(image, inside, new CountDownLatch(1), done);
        while (other.getState() != Thread.State.WAITING && other.isAlive()) {
            Thread.onSpinWait();
        }

        assertThat(inside).hasValue(1);
        done.countDown();
        one.join(60_000);
        other.join(60_000);
        assertThat(inside).hasValue(2);
    }

    private static Thread using(
            EncodedImage image, AtomicInteger inside, CountDownLatch began, CountDownLatch done) {
        var thread =
                new Thread(
                        () -> {
                            try {
                                image.inTurn(
                                        used -> {
                                            inside.incrementAndGet();
                                            began.countDown();
                                            awaitUninterruptibly(done);
                                            return used;
                                        });
                            } catch (ImageDecodingException e) {
                                throw new AssertionError(e);
                            }
                        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void givesTheMemoryBackWhereAnImageFails() throws Exception {
        int side = (int) Math.sqrt(DecodingMemory.BYTES * 2 / 3.0 / 7);
        EncodedImage image =
                new ImageDecoder(RgbImage.MAX_PIXELS).open(Bombs.bmp(side, side, 8, 1));
        var failures = new AtomicInteger();
        var thread =
                new Thread(
                        () -> {
                            for (int i = 0; i < 3; i++) {
                                assertThatThrownBy(() -> image.inTurn(ImageLimitsTest::fail))
                                        .hasMessageStartingWith("failed to use ");
                                failures.incrementAndGet();
                            }
                        });
        thread.setDaemon(true);
        thread.start();
        thread.join(60_000); // for ever, if the first one kept it

        assertThat(failures).hasValue(3);
    }

    private static Object fail(EncodedImage image) {
        throw new IllegalStateException("failed to use " + image.width() + " columns");
    }

    @Test
    void resizesToNothingThatTakesMoreThanItsShareOfTheHeap() {
        RgbImage image = Fixtures.image("rgb.png");
        int side = (int) Math.sqrt(DecodingMemory.BYTES / 3.0) + 1;

        assertThatThrownBy(() -> Resampler.resize(image, side, side, Interpolation.BILINEAR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(
                        "a resized image must take at most \\d+ MB, .*, found %dx%d pixels; .*"
                                .formatted(side, side));
    }
}
