package org.efficientzoo.zoo.image;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * PNG, of which the JDK's reader gets only the chunks that make the pixels: without transparency,
 * gamma, profiles and texts there is nothing to convert and less to stumble over.
 */
final class Png {

    private static final int SIGNATURE = 8; // bytes
    private static final int FRAME = 12; // bytes of a chunk's length, type and checksum
    private static final int LENGTH_AND_TYPE = 8;
    private static final int HEADER = 13; // bytes in IHDR
    private static final Pattern TYPE = Pattern.compile("\\w{4}"); // letters, if it is one
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
        long pixelBytes = 0;
        int at = SIGNATURE;
        while (encoded.length - at >= LENGTH_AND_TYPE) { // Pillow misses no end chunk either
            int length = buffer.getInt(at);
            String type = typeAt(at, encoded);
            if (type.equals("IEND") || (pixelBytes > 0 && !TYPE.matcher(type).matches())) {
                break;
            }
            boolean cut = length < 0 || length > encoded.length - at - FRAME;
            if (cut && type.equals("IDAT")) {
                pixelBytes += keepCut(encoded, at, kept); // Pillow takes what is there, too
                break;
            }
            if (cut) {
                throw ImageDecodingException.truncated("PNG", encoded.length);
            }
            if (KEPT.contains(type)) {
                if (type.equals("IDAT")) { // zlib has a checksum of its own
                    pixelBytes += length;
                } else {
                    check(encoded, at, length, type);
                }
                kept.write(encoded, at, length + FRAME);
            }
            at += length + FRAME;
        }
        kept.writeBytes(END);
        int width = buffer.getInt(SIGNATURE + 8);
        int height = buffer.getInt(SIGNATURE + 12);
        int bits = (encoded[SIGNATURE + 16] & 0xFF) * samples(encoded[SIGNATURE + 17]);
        return Picture.whole(
                width,
                height,
                Picture.DEFLATE * 8 * pixelBytes / Math.max(1, bits),
                Picture.Memory.ofWhole((bits + 7) / 8 + 3),
                () -> decode(kept.toByteArray(), encoded.length));
    }

    private static RgbImage decode(byte[] kept, int originalLength) throws IOException {
        try (var reader = new PluginReader("png", kept)) {
            return RgbImage.of(reader.read());
        } catch (IOException e) {
            if (e.getCause() instanceof EOFException) {
                throw ImageDecodingException.truncated("PNG", originalLength);
            }
            throw e;
        }
    }

    /** The samples of a pixel by the type of its color; 1 for an unknown type. */
    private static int samples(byte type) {
        return switch (type) {
            case 2 -> 3;
            case 4 -> 2;
            case 6 -> 4;
            default -> 1;
        };
    }

    /** Keeps the pixels' chunk at the end of a file that is cut; returns their bytes. */
    private static int keepCut(byte[] encoded, int chunk, ByteArrayOutputStream kept) {
        int length =
                Math.min(
                        ByteBuffer.wrap(encoded).getInt(chunk),
                        encoded.length - chunk - LENGTH_AND_TYPE);
        var whole = ByteBuffer.allocate(length + FRAME);
        whole.putInt(length).put(encoded, chunk + 4, length + 4);
        var crc = new CRC32();
        crc.update(whole.array(), 4, length + 4);
        whole.putInt((int) crc.getValue());
        kept.writeBytes(whole.array());
        return length;
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
