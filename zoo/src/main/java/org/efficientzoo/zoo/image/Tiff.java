package org.efficientzoo.zoo.image;

import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;

/**
 * The first page of a TIFF. The reader gets the file with a directory of that page alone, which
 * lists only what makes the pixels and points nowhere outside of the file.
 *
 * @see <a href="https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf">TIFF 6.0</a>
 */
final class Tiff {

    private static final int NO_COMPRESSION = 1;
    private static final int CCITT_RLE = 2;
    private static final int CCITT_T4 = 3;
    private static final int CCITT_T6 = 4;
    private static final int LZW = 5;
    private static final int JPEG = 7;
    private static final int ADOBE_DEFLATE = 8;
    private static final int DEFLATE = 32946;
    private static final int PACK_BITS = 32773;

    private static final int MOST_OF_PACK_BITS = 64; // bytes of a byte: 128 for 2
    private static final int COLORS = 2;
    private static final int SEPARATED = 5;
    private static final int YCC = 6;
    private static final int PLANAR = 2;
    private static final int FLOATING = 3;
    private static final int MULTIPLIED = 1; // colors by their alpha
    private static final int LONGEST_OF_TILE = 1 << 16;
    private static final int MOST_SAMPLES = 64;
    private static final int MOST_BITS = 64;
    private static final int PADDING = 64; // pixels by which a JPEG may be larger than its part

    private final TiffDirectory directory;
    private final int width;
    private final int height;
    private final int samples;
    private final int bits;
    private final int compression;
    private final int photometric;
    private final boolean planar;
    private final boolean floating;
    private final boolean multiplied;

    private Tiff(TiffDirectory directory) throws ImageDecodingException {
        this.directory = directory;
        width = directory.number(TiffDirectory.WIDTH, 0, Integer.MAX_VALUE);
        height = directory.number(TiffDirectory.HEIGHT, 0, Integer.MAX_VALUE);
        samples = directory.numberOr(TiffDirectory.SAMPLES, 1, 1, MOST_SAMPLES);
        bits = directory.numberOr(TiffDirectory.BITS, 1, 1, MOST_BITS);
        compression = directory.numberOr(TiffDirectory.COMPRESSION, 1, 0, 0xFFFF);
        photometric = directory.numberOr(TiffDirectory.PHOTOMETRIC, 1, 0, 0xFFFF);
        planar = directory.numberOr(TiffDirectory.PLANES, 1, 1, PLANAR) == PLANAR;
        floating = directory.numberOr(TiffDirectory.SAMPLE_FORMAT, 1, 0, 0xFFFF) == FLOATING;
        multiplied =
                photometric == COLORS
                        && samples > 3
                        && directory.numberOr(TiffDirectory.EXTRA_SAMPLES, 0, 0, 0xFFFF)
                                == MULTIPLIED;
    }

    static Picture open(byte[] encoded) throws ImageDecodingException {
        var tiff = new Tiff(new TiffDirectory(encoded));
        long rate = tiff.mostBytesOfByte();
        int bitsOfPixel = tiff.photometric == YCC ? 8 : tiff.samples * tiff.bits;
        long mostPixels =
                rate == Picture.ANY ? rate : Math.max(1, 8 * rate * encoded.length / bitsOfPixel);
        int stored = tiff.samples * ((tiff.bits + 7) / 8);
        int tileWidth = tiff.checkParts(encoded);
        int orientation = tiff.directory.numberOr(TiffDirectory.ORIENTATION, 1, 0, 0xFFFF);
        boolean onItsSide = orientation >= 5 && orientation <= 8;
        return Picture.whole(
                onItsSide ? tiff.height : tiff.width,
                onItsSide ? tiff.width : tiff.height,
                mostPixels,
                new Picture.Memory(2 * stored + 6, 2L * tileWidth * stored, false),
                () -> tiff.decode().turned(orientation));
    }

    /** The most bytes that a byte becomes, for JPEGs the most pixels. */
    private long mostBytesOfByte() throws ImageDecodingException {
        return switch (compression) {
            case NO_COMPRESSION -> 1;
            case PACK_BITS -> MOST_OF_PACK_BITS;
            case LZW -> Picture.LZW;
            case DEFLATE, ADOBE_DEFLATE -> Picture.DEFLATE;
            case JPEG -> Picture.JPEG * samples * bits / 8;
            case CCITT_RLE, CCITT_T4, CCITT_T6 -> Picture.ANY; // a bit may stand for a row
            default ->
                    throw new ImageDecodingException(
                            "a TIFF's compression must be none, PackBits, LZW, Deflate, CCITT or JPEG of the new style, found number "
                                    + compression);
        };
    }

    /** Checks that strips or tiles are there; returns the width of one. */
    private int checkParts(byte[] encoded) throws ImageDecodingException {
        boolean tiled = directory.has(TiffDirectory.TILE_OFFSETS);
        int partWidth = width;
        int partHeight = height;
        if (tiled || directory.has(TiffDirectory.TILE_WIDTH)) {
            partWidth = directory.number(TiffDirectory.TILE_WIDTH, 1, LONGEST_OF_TILE);
            partHeight = directory.number(TiffDirectory.TILE_HEIGHT, 1, LONGEST_OF_TILE);
        } else if (directory.has(TiffDirectory.ROWS)) {
            long rows = directory.numbers(TiffDirectory.ROWS)[0];
            partHeight = (int) Math.max(1, Math.min(height, rows));
        }
        long[] offsets =
                directory.numbers(tiled ? TiffDirectory.TILE_OFFSETS : TiffDirectory.OFFSETS);
        int lengthTag = tiled ? TiffDirectory.TILE_LENGTHS : TiffDirectory.LENGTHS;
        long[] lengths = directory.has(lengthTag) ? directory.numbers(lengthTag) : new long[0];
        long across = ((long) width + partWidth - 1) / partWidth;
        long down = ((long) height + partHeight - 1) / Math.max(1, partHeight);
        long parts = across * down * (planar ? samples : 1);
        if (offsets.length < parts || (lengths.length > 0 && lengths.length < offsets.length)) {
            throw new ImageDecodingException(
                    "a TIFF of %dx%d pixels must have %d strips or tiles, found %d"
                            .formatted(
                                    width,
                                    height,
                                    parts,
                                    Math.min(offsets.length, lengths.length)));
        }
        for (int i = 0; i < offsets.length; i++) {
            long length = lengths.length > 0 ? lengths[i] : 0;
            if (offsets[i] < 0
                    || length < 0
                    || offsets[i] > encoded.length
                    || length > encoded.length - offsets[i]) {
                throw ImageDecodingException.truncated("TIFF", encoded.length);
            }
            if (compression == JPEG) {
                Jpeg.checkPart(
                        directory.bytes(offsets[i], length),
                        partWidth + PADDING,
                        partHeight + PADDING);
            }
        }
        return partWidth;
    }

    private RgbImage decode() throws IOException {
        byte[] rewritten = directory.alone();
        var plugin = new TIFFImageReaderSpi().createReaderInstance(null);
        try (var reader = new PluginReader(plugin, rewritten, false)) {
            RgbImage image =
                    floating
                            ? inEightBits(reader.readRaster(), samples < 3, false)
                            : toRgb(reader.read());
            if (reader.ranOut()) {
                throw ImageDecodingException.truncated("TIFF", rewritten.length);
            }
            return image;
        }
    }

    private RgbImage toRgb(BufferedImage image) {
        Raster raster = image.getRaster();
        if (photometric == SEPARATED) {
            return fromInks(raster);
        }
        if (image.getColorModel() instanceof IndexColorModel) {
            return RgbImage.of(image);
        }
        boolean gray = image.getColorModel().getNumColorComponents() == 1;
        boolean plain = raster.getTransferType() == DataBuffer.TYPE_BYTE;
        return plain && !multiplied ? RgbImage.of(image) : inEightBits(raster, gray, multiplied);
    }

    private static RgbImage inEightBits(Raster raster, boolean gray, boolean multiplied) {
        int type = raster.getTransferType();
        boolean unsigned = type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT;
        int shift = unsigned ? Math.max(0, raster.getSampleModel().getSampleSize(0) - 8) : 0;
        int bands = raster.getNumBands();
        int alpha = multiplied ? (gray ? 1 : 3) : -1;
        var rgb = new byte[3 * raster.getWidth() * raster.getHeight()];
        double[] row = new double[raster.getWidth() * bands];
        int to = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(0, y, raster.getWidth(), 1, row);
            for (int pixel = 0; pixel < row.length; pixel += bands) {
                for (int channel = 0; channel < 3; channel++) {
                    int value = level(row[pixel + (gray ? 0 : channel)], shift);
                    rgb[to++] =
                            (byte)
                                    (alpha < 0
                                            ? value
                                            : divided(value, level(row[pixel + alpha], shift)));
                }
            }
        }
        return RgbImage.owning(raster.getWidth(), raster.getHeight(), rgb);
    }

    /** A sample in 8 bits: the high ones, or what lies within 0 and 255. */
    private static int level(double sample, int shift) {
        return (int) Math.max(0, Math.min(255, shift > 0 ? (int) sample >> shift : sample));
    }

    /** A color that had been multiplied by its alpha. */
    private static int divided(int value, int alpha) {
        return alpha == 0 ? value : Math.min(255, value * 255 / alpha);
    }

    private static RgbImage fromInks(Raster raster) {
        int bands = raster.getNumBands();
        int shift = raster.getSampleModel().getSampleSize(0) - 8;
        var inverted = new byte[4 * raster.getWidth() * raster.getHeight()];
        int[] row = new int[raster.getWidth() * bands];
        int to = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(0, y, raster.getWidth(), 1, row);
            for (int pixel = 0; pixel < row.length; pixel += bands) {
                for (int ink = 0; ink < 4; ink++) {
                    inverted[to++] = (byte) ~(row[pixel + ink] >> shift);
                }
            }
        }
        return RgbImage.owning(
                raster.getWidth(), raster.getHeight(), JpegColours.invertedCmykToRgb(inverted));
    }
}
