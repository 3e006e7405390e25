package org.efficientzoo.zoo.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Decodes JPEG, PNG, GIF, BMP, WebP and TIFF to the pixels of Pillow's {@code
 * Image.open(file).convert("RGB")}. Of several frames or pages the first one counts.
 *
 * <p>The content decides the format, not the name. The EXIF orientation, ICC profiles and gamma are
 * ignored, but a TIFF is turned as its orientation tag says; alpha and transparent colors are
 * dropped and not composited; CMYK becomes RGB by (255 - C)(255 - K) / 255 and so on, a JPEG's CMYK
 * having been inverted first, as Adobe stores it.
 *
 * <p>Differences from Pillow 9.4: 16-bit gray of a PNG or TIFF gives the high byte of each value,
 * as 16-bit color does in both, where Pillow cuts everything above 255 off and shows white.
 * Arithmetic-coded JPEGs and TIFFs with JPEGs of the old style are refused. A GIF with damaged
 * contents may give pixels where Pillow refuses it. The colors of a lossy WebP differ a little. See
 * the decision record 0002 for what was measured.
 *
 * <p>No file makes the decoder take much time or memory. It refuses, by the header alone,
 *
 * <ul>
 *   <li>an image of more pixels than the limit;
 *   <li>an image of more than 4 megapixels that the bytes of the file cannot hold;
 *   <li>an image that takes more than a third of Java's heap to decode;
 *   <li>a JPEG of more than 500 scans, or of fewer if it is a large one.
 * </ul>
 *
 * <p>Instances are immutable and may be shared between threads.
 */
public final class ImageDecoder {

    /** The number of pixels at which Pillow refuses an image as a decompression bomb. */
    public static final long DEFAULT_MAX_PIXELS = 2L * 89_478_485;

    /** So many pixels harm nobody, even if the file can hardly hold them. */
    private static final long HARMLESS_PIXELS = 1 << 22;

    private static final int BMP_HEADER_SIZE = 14; // where a BMP says how long its header is
    private static final int LEAST_BMP_HEADER = 12; // that of OS/2
    private static final int MOST_BMP_HEADER = 124; // the fifth version of that of Windows

    private static final String PROPERTY = "efficientzoo.maxPixels";
    private static final String VARIABLE = "EFFICIENTZOO_MAX_PIXELS";

    private final long maxPixels;
    private final long memory;

    /**
     * Makes a decoder with the limit of pixels that the user has set: the system property {@code
     * efficientzoo.maxPixels}, else the environment variable {@code EFFICIENTZOO_MAX_PIXELS}, else
     * {@link #DEFAULT_MAX_PIXELS}.
     *
     * @throws IllegalArgumentException if the limit is no number, not positive or exceeds a Java
     *     array
     */
    public ImageDecoder() {
        this(limit(System::getProperty, System.getenv()));
    }

    /**
     * Makes a decoder with its own limit, which holds before anything is allocated for the pixels.
     *
     * @param maxPixels the largest product of width and height to decode
     * @throws IllegalArgumentException if the limit is not positive or exceeds a Java array
     */
    public ImageDecoder(long maxPixels) {
        this(maxPixels, DecodingMemory.BYTES);
    }

    ImageDecoder(long maxPixels, long memory) {
        if (maxPixels < 1 || maxPixels > RgbImage.MAX_PIXELS) {
            throw new IllegalArgumentException(
                    "the limit of pixels must lie within 1 and %d, found %d"
                            .formatted(RgbImage.MAX_PIXELS, maxPixels));
        }
        this.maxPixels = maxPixels;
        this.memory = memory;
    }

    static long limit(Function<String, String> properties, Map<String, String> environment) {
        boolean property = properties.apply(PROPERTY) != null;
        String text = property ? properties.apply(PROPERTY) : environment.get(VARIABLE);
        if (text == null || text.isBlank()) {
            return DEFAULT_MAX_PIXELS;
        }
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "%s must be a number of pixels, found %s"
                            .formatted(property ? PROPERTY : VARIABLE, text),
                    e);
        }
    }

    /**
     * Tells an image by the first bytes of its file, whatever the name of that is.
     *
     * @param file the file
     * @return whether it begins as an image of a format that is decoded here; false where there is
     *     no regular file
     * @throws IOException if it cannot be read
     */
    public static boolean isImage(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        byte[] start;
        try (InputStream in = Files.newInputStream(file)) {
            start = in.readNBytes(BMP_HEADER_SIZE + Integer.BYTES);
        }
        try {
            return Format.of(start) != Format.BMP || hasBmpHeader(start);
        } catch (ImageDecodingException e) {
            return false;
        }
    }

    /** A text may begin with the two letters of a BMP, too. */
    private static boolean hasBmpHeader(byte[] start) {
        if (start.length < BMP_HEADER_SIZE + Integer.BYTES) {
            return false;
        }
        int size = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getInt(BMP_HEADER_SIZE);
        return size >= LEAST_BMP_HEADER && size <= MOST_BMP_HEADER;
    }

    /**
     * Decodes a file.
     *
     * @param file the file
     * @return its pixels
     * @throws ImageDecodingException if there is no such file, or it holds no image that can be
     *     decoded; the message begins with the file's name
     * @throws IOException if reading fails
     */
    public RgbImage decode(Path file) throws IOException {
        return open(file).decode();
    }

    /**
     * Decodes all that a stream holds, and leaves the stream open.
     *
     * @param stream the encoded image
     * @return its pixels
     * @throws ImageDecodingException if it holds no image that can be decoded
     * @throws IOException if reading fails
     */
    public RgbImage decode(InputStream stream) throws IOException {
        int most = (int) Math.min(memory, Integer.MAX_VALUE - 8);
        byte[] encoded = stream.readNBytes(most);
        if (encoded.length == most && stream.read() >= 0) {
            throw new ImageDecodingException(
                    "an image must have at most %d MB, found more; java -Xmx gives more"
                            .formatted(megabytes(most)));
        }
        return decode(encoded);
    }

    /**
     * Decodes an image in memory.
     *
     * @param encoded the encoded image
     * @return its pixels
     * @throws ImageDecodingException if it holds no image that can be decoded: another format, a
     *     truncated or malformed one, or one of too many pixels
     */
    public RgbImage decode(byte[] encoded) throws ImageDecodingException {
        return open(encoded).decode();
    }

    /**
     * Reads a file and its header.
     *
     * @param file the file
     * @return the image, not yet decoded
     * @throws ImageDecodingException if there is no such file, or it holds no header of an image
     *     that can be decoded; the message begins with the file's name
     * @throws IOException if reading fails
     */
    public EncodedImage open(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            String found = Files.isDirectory(file) ? "a directory" : "no such file";
            throw new ImageDecodingException(file + ": an image must be a file, found " + found);
        }
        try {
            if (Files.size(file) > memory) {
                throw new ImageDecodingException(
                        "an image must have at most %d MB, found %d MB; java -Xmx gives more"
                                .formatted(megabytes(memory), megabytes(Files.size(file))));
            }
            return open(Files.readAllBytes(file), Optional.of(file));
        } catch (ImageDecodingException e) {
            throw e.about(file);
        }
    }

    /**
     * Reads the header of an image in memory.
     *
     * @param encoded the encoded image, not to be changed as long as the result is in use
     * @return the image, not yet decoded
     * @throws ImageDecodingException if there is no header of an image that can be decoded
     */
    public EncodedImage open(byte[] encoded) throws ImageDecodingException {
        return open(encoded, Optional.empty());
    }

    private EncodedImage open(byte[] encoded, Optional<Path> file) throws ImageDecodingException {
        Format format = Format.of(encoded);
        try {
            Picture picture = format.open(encoded);
            long pixels = (long) picture.width() * picture.height();
            if (pixels < 1 || pixels > maxPixels) {
                throw new ImageDecodingException(
                        "an image must have 1 to %d pixels, found %dx%d"
                                .formatted(maxPixels, picture.width(), picture.height()));
            }
            if (pixels > Math.max(HARMLESS_PIXELS, picture.mostPixels())) {
                throw new ImageDecodingException(
                        "a %s of %d bytes must have at most %d pixels, found %dx%d"
                                .formatted(
                                        format,
                                        encoded.length,
                                        Math.max(HARMLESS_PIXELS, picture.mostPixels()),
                                        picture.width(),
                                        picture.height()));
            }
            return new EncodedImage(format.toString(), picture, encoded.length, memory, file);
        } catch (ImageDecodingException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // the readers throw both on bad data
            throw ImageDecodingException.undecodable(format.toString(), e);
        }
    }

    static long megabytes(long bytes) {
        return (bytes + 999_999) / 1_000_000;
    }

    private enum Format {
        JPEG,
        PNG,
        GIF,
        BMP,
        WEBP,
        TIFF;

        /** Both byte orders of TIFF and BigTIFF. */
        private static final List<String> TIFFS = List.of("II*\0", "MM\0*", "II+\0", "MM\0+");

        Picture open(byte[] encoded) throws IOException {
            return switch (this) {
                case JPEG -> Jpeg.open(encoded);
                case PNG -> Png.open(encoded);
                case GIF -> Gif.open(encoded);
                case BMP -> Bmp.open(encoded);
                case WEBP -> WebP.open(encoded);
                case TIFF -> Tiff.open(encoded);
            };
        }

        @Override
        public String toString() {
            return this == WEBP ? "WebP" : name();
        }

        static Format of(byte[] encoded) throws ImageDecodingException {
            String start =
                    new String(
                            encoded, 0, Math.min(16, encoded.length), StandardCharsets.ISO_8859_1);
            if (start.startsWith("\u00ff\u00d8\u00ff")) {
                return JPEG;
            }
            if (start.startsWith("\u0089PNG\r\n\u001a\n")) {
                return PNG;
            }
            if (start.startsWith("GIF87a") || start.startsWith("GIF89a")) {
                return GIF;
            }
            if (start.startsWith("BM")) {
                return BMP;
            }
            if (start.startsWith("RIFF") && start.startsWith("WEBP", 8)) {
                return WEBP;
            }
            if (TIFFS.stream().anyMatch(start::startsWith)) {
                return TIFF;
            }
            throw new ImageDecodingException(
                    "an image must be a JPEG, PNG, GIF, BMP, WebP or TIFF, found "
                            + describe(encoded, start));
        }

        private static String describe(byte[] encoded, String start) {
            if (encoded.length == 0) {
                return "an empty file";
            }
            if (start.startsWith("ftyp", 4)) {
                return "an AVIF, HEIF or MP4";
            }
            if (start.stripLeading().startsWith("<")) {
                return "HTML or XML";
            }
            var hex = HexFormat.ofDelimiter(" ");
            return "a file that begins with "
                    + hex.formatHex(encoded, 0, Math.min(8, encoded.length));
        }
    }
}
