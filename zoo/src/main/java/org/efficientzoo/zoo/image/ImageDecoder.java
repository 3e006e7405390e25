package org.efficientzoo.zoo.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Decodes JPEG, PNG, GIF (the first frame) and BMP to the pixels of Pillow's {@code
 * Image.open(file).convert("RGB")}.
 *
 * <p>The content decides the format, not the name. The EXIF orientation, ICC profiles and gamma are
 * ignored; alpha and transparent colours are dropped and not composited; CMYK becomes RGB by (255 -
 * C)(255 - K) / 255 and so on, a JPEG's CMYK having been inverted first, as Adobe stores it.
 *
 * <p>Differences from Pillow 9.4: a PNG of 16-bit grey gives the high byte of each value, as 16-bit
 * colour does in both, where Pillow cuts everything above 255 off and shows white. Arithmetic-coded
 * JPEGs are refused. A GIF with damaged contents may give pixels where Pillow refuses it. See the
 * decision record 0002 for what was measured.
 *
 * <p>Instances are immutable and may be shared between threads.
 */
public final class ImageDecoder {

    /** The number of pixels at which Pillow refuses an image as a decompression bomb. */
    public static final long DEFAULT_MAX_PIXELS = 2L * 89_478_485;

    private final long maxPixels;

    /** Makes a decoder that refuses images of more than {@link #DEFAULT_MAX_PIXELS}. */
    public ImageDecoder() {
        this(DEFAULT_MAX_PIXELS);
    }

    /**
     * Makes a decoder with its own limit, which holds before anything is allocated for the pixels.
     *
     * @param maxPixels the largest product of width and height to decode
     * @throws IllegalArgumentException if the limit is not positive or exceeds a Java array
     */
    public ImageDecoder(long maxPixels) {
        if (maxPixels < 1 || maxPixels > RgbImage.MAX_PIXELS) {
            throw new IllegalArgumentException(
                    "the limit of pixels must lie within 1 and %d, found %d"
                            .formatted(RgbImage.MAX_PIXELS, maxPixels));
        }
        this.maxPixels = maxPixels;
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
        return decode(stream.readAllBytes());
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
            return new EncodedImage(format.name(), picture, file);
        } catch (ImageDecodingException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // the JDK's readers throw both on bad data
            throw ImageDecodingException.undecodable(format.name(), e);
        }
    }

    private enum Format {
        JPEG,
        PNG,
        GIF,
        BMP;

        Picture open(byte[] encoded) throws IOException {
            return switch (this) {
                case JPEG -> Jpeg.open(encoded);
                case PNG -> Png.open(encoded);
                case GIF -> Gif.open(encoded);
                case BMP -> Bmp.open(encoded);
            };
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
            throw new ImageDecodingException(
                    "an image must be a JPEG, PNG, GIF or BMP, found " + describe(encoded, start));
        }

        private static String describe(byte[] encoded, String start) {
            if (encoded.length == 0) {
                return "an empty file";
            }
            if (start.startsWith("RIFF") && start.startsWith("WEBP", 8)) {
                return "a WebP";
            }
            if (start.startsWith("II*\0") || start.startsWith("MM\0*")) {
                return "a TIFF";
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
