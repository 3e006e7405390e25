package org.efficientzoo.zoo.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * BMP, read by the JDK. Its reader believes what the header says of the file's length, of the
 * palette and of a profile, so it gets a header in which this is true or absent.
 */
final class Bmp {

    private static final int FILE_HEADER = 14; // bytes
    private static final int CORE_HEADER = 12; // of OS/2 1
    private static final int V5_HEADER = 124;
    private static final int MOST_BITS_OF_PALETTE = 8;
    private static final int MOST_COLORS = 65_536; // Pillow's limit
    private static final int SRGB = 0x73524742; // the name of the color space in version 5
    private static final int BYTES_OF_PIXEL = 7; // four of 32 bits, and the result

    private static final int RGB = 0;
    private static final int RLE8 = 1;
    private static final int RLE4 = 2;
    private static final int BIT_FIELDS = 3;

    private Bmp() {}

    static Picture open(byte[] encoded) throws ImageDecodingException {
        byte[] sound = encoded.clone();
        ByteBuffer file = ByteBuffer.wrap(sound).order(ByteOrder.LITTLE_ENDIAN);
        if (sound.length < FILE_HEADER + CORE_HEADER) {
            throw ImageDecodingException.truncated("BMP", sound.length);
        }
        boolean core = file.getInt(FILE_HEADER) == CORE_HEADER;
        int at = FILE_HEADER + 4;
        return Picture.whole(
                core ? file.getShort(at) : file.getInt(at),
                Math.abs(core ? file.getShort(at + 2) : file.getInt(at + 4)),
                mend(file, core),
                Picture.Memory.ofWhole(BYTES_OF_PIXEL),
                () -> decode(sound));
    }

    private static RgbImage decode(byte[] encoded) throws IOException {
        try (var reader = new PluginReader("bmp", encoded)) {
            RgbImage image = RgbImage.of(reader.read());
            if (reader.ranOut()) {
                throw ImageDecodingException.truncated("BMP", encoded.length);
            }
            return image;
        }
    }

    /** Corrects the header and returns how many pixels there may be. */
    private static long mend(ByteBuffer file, boolean core) throws ImageDecodingException {
        int length = file.capacity();
        file.putInt(2, length);
        long start = file.getInt(10) & 0xFFFFFFFFL;
        long header = file.getInt(FILE_HEADER) & 0xFFFFFFFFL;
        if (start > length || FILE_HEADER + header > length) {
            throw ImageDecodingException.truncated("BMP", length);
        }
        int bits = file.getShort(FILE_HEADER + (core ? 10 : 14)) & 0xFFFF;
        int compression = core || header < 20 ? RGB : file.getInt(FILE_HEADER + 16);
        if (compression < RGB || compression > BIT_FIELDS) {
            throw new ImageDecodingException(
                    "a BMP's compression must lie within 0 and 3, found " + compression);
        }
        if (header >= 40) {
            if (compression != BIT_FIELDS) {
                file.putInt(FILE_HEADER + 20, 0); // the bytes of the pixels: up to the end
            }
            long colors = file.getInt(FILE_HEADER + 32) & 0xFFFFFFFFL;
            if (bits <= MOST_BITS_OF_PALETTE && colors > MOST_COLORS) {
                throw new ImageDecodingException(
                        "a BMP's palette must have at most %d colors, found %d"
                                .formatted(MOST_COLORS, colors));
            }
            if (bits > MOST_BITS_OF_PALETTE) {
                file.putInt(FILE_HEADER + 32, 0);
            }
        }
        if (header == V5_HEADER) {
            file.putInt(FILE_HEADER + 56, SRGB);
        }
        boolean runs = compression == RLE8 || compression == RLE4; // may leave out any number
        return runs ? Picture.ANY : 8 * (length - start) / Math.max(1, bits);
    }
}
