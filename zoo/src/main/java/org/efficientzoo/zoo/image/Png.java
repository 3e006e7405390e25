package org.efficientzoo.zoo.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * PNG, of which the JDK's reader gets only the chunks that make the pixels: without transparency,
 * gamma, profiles and texts there is nothing to convert and less to stumble over.
 */
final class Png {

    private static final int SIGNATURE = 8; // bytes
    private static final int FRAME = 12; // bytes of a chunk's length, type and checksum
    private static final int HEADER = 13; // bytes in IHDR
    private static final Set<String> KEPT = Set.of("IHDR", "PLTE", "IDAT");
    private static final byte[] END = {
        0, 0, 0, 0, 'I', 'E', 'N', 'D', (byte) 0xAE, 0x42, 0x60, (byte) 0x82
    };

    private Png() {}

    static Picture open(byte[] encoded) throws ImageDecodingException {
        var buffer = ByteBuffer.wrap(encoded);
        if (encoded.length < SIGNATURE + FRAME + HEADER) {
            throw ImageDecodingException.truncated("PNG", encoded.length);
        }
        if (buffer.getInt(SIGNATURE) != HEADER || !typeAt(SIGNATURE, encoded).equals("IHDR")) {
            throw new ImageDecodingException(
                    "a PNG must begin with a header of 13 bytes, found another chunk");
        }
        var kept = new ByteArrayOutputStream(encoded.length);
        kept.write(encoded, 0, SIGNATURE);
        int at = SIGNATURE;
        while (encoded.length - at >= FRAME) { // Pillow does not miss the end chunk either
            int length = buffer.getInt(at);
            String type = typeAt(at, encoded);
            if (type.equals("IEND")) {
                break;
            }
            if (length < 0 || length > encoded.length - at - FRAME) {
                throw ImageDecodingException.truncated("PNG", encoded.length);
            }
            if (KEPT.contains(type)) {
                if (!type.equals("IDAT")) { // zlib has a checksum of its own
                    check(encoded, at, length, type);
                }
                kept.write(encoded, at, length + FRAME);
            }
            at += length + FRAME;
        }
        kept.writeBytes(END);
        int width = buffer.getInt(SIGNATURE + 8);
        int height = buffer.getInt(SIGNATURE + 12);
        return Picture.whole(width, height, () -> decode(kept.toByteArray()));
    }

    private static RgbImage decode(byte[] encoded) throws IOException {
        try (var reader = new JdkReader("png", encoded)) {
            return RgbImage.of(reader.read());
        }
    }

    private static String typeAt(int chunk, byte[] encoded) {
        return new String(encoded, chunk + 4, 4, StandardCharsets.ISO_8859_1);
    }

    private static void check(byte[] encoded, int chunk, int length, String type)
            throws ImageDecodingException {
        var crc = new CRC32();
        crc.update(encoded, chunk + 4, length + 4);
        int stored = ByteBuffer.wrap(encoded).getInt(chunk + 8 + length);
        if ((int) crc.getValue() != stored) {
            throw new ImageDecodingException(
                    "a PNG's chunk must have the checksum %08x, found %08x in %s"
                            .formatted((int) crc.getValue(), stored, type));
        }
    }
}
