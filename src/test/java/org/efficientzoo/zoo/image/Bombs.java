package org.efficientzoo.zoo.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** Small files that would take much memory or time. */
public final class Bombs {

    /** The marker of a JPEG's scan. */
    static final int SCAN = 0xDA;

    private Bombs() {}

    /** The header of a BMP, no pixels behind it. */
    public static byte[] bmp(int width, int height, int bits, int compression) {
        var out = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
        out.put((byte) 'B').put((byte) 'M').putInt(100).putInt(0).putInt(54);
        out.putInt(40).putInt(width).putInt(height).putShort((short) 1).putShort((short) bits);
        out.putInt(compression);
        return out.array();
    }

    /** A PNG of one bit a pixel, with the pixels of an image of that size. */
    public static byte[] png(int width, int height, int rows) throws IOException {
        var deflated = new ByteArrayOutputStream();
        try (var out = new DeflaterOutputStream(deflated)) {
            var row = new byte[1 + (width + 7) / 8];
            for (int y = 0; y < rows; y++) {
                out.write(row);
            }
        }
        var header = ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) 1);
        var png = new ByteArrayOutputStream();
        png.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
        chunk(png, "IHDR", header.array());
        chunk(png, "IDAT", deflated.toByteArray());
        return png.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream png, String type, byte[] data) {
        var chunk = ByteBuffer.allocate(12 + data.length).putInt(data.length);
        type.chars().forEach(letter -> chunk.put((byte) letter));
        var crc = new CRC32();
        crc.update(chunk.put(data).array(), 4, 4 + data.length);
        png.writeBytes(chunk.putInt((int) crc.getValue()).array());
    }

    /** A GIF of one pixel on a large canvas. */
    public static byte[] gif(int width, int height) {
        var gif = ByteBuffer.allocate(36).order(ByteOrder.LITTLE_ENDIAN);
        "GIF89a".chars().forEach(letter -> gif.put((byte) letter));
        gif.putShort((short) width).putShort((short) height).put(new byte[3]);
        gif.put((byte) 0x2C).putInt(0).putShort((short) 1).putShort((short) 1).put((byte) 0);
        gif.put(new byte[] {2, 2, 0x44, 1, 0, 0x3B});
        return gif.array();
    }

    /** A progressive JPEG whose first scan comes as often as there are scans to be. */
    public static byte[] jpeg(int scans) {
        byte[] jpeg = Fixtures.bytes("420-progressive.jpg");
        int first = scan(jpeg, 0);
        int second = scan(jpeg, first + 2);
        int others = 0;
        for (int at = second; at >= 0; at = scan(jpeg, at + 2)) {
            others++;
        }
        var out = new ByteArrayOutputStream();
        out.write(jpeg, 0, first);
        for (int i = 0; i < scans - others; i++) {
            out.write(jpeg, first, second - first);
        }
        out.write(jpeg, second, jpeg.length - second);
        return out.toByteArray();
    }

    /** Where the next scan begins with its tables, or -1. */
    static int scan(byte[] jpeg, int from) {
        for (int i = from; i + 1 < jpeg.length; i++) {
            if (jpeg[i] == (byte) 0xFF && (jpeg[i + 1] & 0xFF) == SCAN) {
                return i;
            }
        }
        return -1;
    }
}
