package org.efficientzoo.zoo.image;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * WebP, of which the reader gets only the chunk that makes the colors of the first frame: without
 * alpha, profiles and metadata there is nothing to convert and less to stumble over. An animation's
 * first frame stands on a black canvas.
 *
 * @see <a href="https://developers.google.com/speed/webp/docs/riff_container">The container</a>
 */
final class WebP {

    private static final int FILE_HEADER = 12; // bytes: RIFF, the length, WEBP
    private static final int CHUNK_HEADER = 8; // bytes: name and length
    private static final int FRAME_HEADER = 16; // bytes: place, size, duration and flags
    private static final int LOSSY_HEADER = 10; // bytes: tag, start code, size
    private static final int LOSSLESS_HEADER = 5; // bytes: signature, size
    private static final int START_CODE = 0x2A019D;
    private static final int LOSSLESS_SIGNATURE = 0x2F;
    private static final int ANIMATED = 2; // a flag of the extended header

    /** The most pixels of a byte: a block of 256 takes at least three bits for its modes. */
    private static final long MOST_OF_LOSSY = 1024;

    /** There is no most for an image of one color, so this one is chosen. */
    private static final long MOST_OF_LOSSLESS = 1 << 15;

    private static final int BYTES_OF_PIXEL = 12; // the reader's raster and tables, the result
    private static final int BYTES_OF_BLOCK = 24_000; // of 16x16 pixels, while it is decoded
    private static final int ROWS_OF_BLOCKS = 3; // at once
    private static final int READ_AHEAD = 16; // bytes that the reader may ask for in advance
    private static final byte[] BLACK = {0, 0, 0};

    private final ByteBuffer file;

    private WebP(byte[] encoded) {
        file = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
    }

    private record Chunk(String name, int start, int length) {
        int end() {
            return start + length;
        }
    }

    private record Size(int width, int height) {}

    static Picture open(byte[] encoded) throws ImageDecodingException {
        return new WebP(encoded).open();
    }

    private Picture open() throws ImageDecodingException {
        if (file.capacity() < FILE_HEADER + CHUNK_HEADER) {
            throw truncated();
        }
        long claimed = CHUNK_HEADER + (file.getInt(4) & 0xFFFFFFFFL);
        if (claimed > file.capacity()) {
            throw truncated();
        }
        int end = (int) claimed;
        Chunk first = chunk(FILE_HEADER, end);
        if (!first.name.equals("VP8X")) {
            return still(first);
        }
        if (first.length < 10) {
            throw truncated();
        }
        var canvas = new Size(1 + number24(first.start + 4), 1 + number24(first.start + 7));
        if ((file.get(first.start) & ANIMATED) == 0) {
            return still(find(first.end(), end, "VP8 ", "VP8L"));
        }
        Chunk frame = find(first.end(), end, "ANMF", "ANMF");
        if (frame.length < FRAME_HEADER) {
            throw truncated();
        }
        Picture picture = still(find(frame.start + FRAME_HEADER, frame.end(), "VP8 ", "VP8L"));
        int left = 2 * number24(frame.start);
        int top = 2 * number24(frame.start + 3);
        if (left + picture.width() > canvas.width || top + picture.height() > canvas.height) {
            throw new ImageDecodingException(
                    "a WebP's frame must lie within %dx%d, found %dx%d at column %d, row %d"
                            .formatted(
                                    canvas.width,
                                    canvas.height,
                                    picture.width(),
                                    picture.height(),
                                    left,
                                    top));
        }
        return Picture.whole(
                canvas.width,
                canvas.height,
                frame.length * MOST_OF_LOSSLESS,
                new Picture.Memory(BYTES_OF_PIXEL, picture.memory().fixed(), false),
                () ->
                        picture.decoder()
                                .decode(picture.all())
                                .placed(canvas.width, canvas.height, left, top, BLACK));
    }

    private Picture still(Chunk chunk) throws ImageDecodingException {
        boolean lossy = chunk.name.equals("VP8 ");
        Size size =
                switch (chunk.name) {
                    case "VP8 " -> lossySize(chunk);
                    case "VP8L" -> losslessSize(chunk);
                    default ->
                            throw new ImageDecodingException(
                                    "a WebP must begin with VP8, VP8L or VP8X, found another chunk");
                };
        long blocks = (size.width + 31L) / 16;
        return Picture.whole(
                size.width,
                size.height,
                chunk.length * (lossy ? MOST_OF_LOSSY : MOST_OF_LOSSLESS),
                new Picture.Memory(BYTES_OF_PIXEL, blocks * BYTES_OF_BLOCK * ROWS_OF_BLOCKS, false),
                () -> decode(alone(chunk)));
    }

    private static RgbImage decode(byte[] simple) throws IOException {
        var plugin = new WebPImageReaderSpi().createReaderInstance(null);
        try (var reader = new PluginReader(plugin, simple, true)) {
            return RgbImage.of(reader.read());
        }
    }

    private Size lossySize(Chunk chunk) throws ImageDecodingException {
        if (chunk.length < LOSSY_HEADER) {
            throw truncated();
        }
        boolean key = (file.get(chunk.start) & 1) == 0;
        if (!key || number24(chunk.start + 3) != START_CODE) {
            throw new ImageDecodingException(
                    "a lossy WebP must begin with a key frame, found something else");
        }
        return new Size(
                file.getShort(chunk.start + 6) & 0x3FFF, file.getShort(chunk.start + 8) & 0x3FFF);
    }

    private Size losslessSize(Chunk chunk) throws ImageDecodingException {
        if (chunk.length < LOSSLESS_HEADER) {
            throw truncated();
        }
        if (file.get(chunk.start) != LOSSLESS_SIGNATURE) {
            throw new ImageDecodingException(
                    "a lossless WebP must begin with %02x, found %02x"
                            .formatted(LOSSLESS_SIGNATURE, file.get(chunk.start)));
        }
        int bits = file.getInt(chunk.start + 1);
        return new Size(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF));
    }

    /** The chunk as a file of its own, of the simple format. */
    private byte[] alone(Chunk chunk) {
        int padded = chunk.length + (chunk.length & 1);
        var out =
                ByteBuffer.allocate(FILE_HEADER + CHUNK_HEADER + padded + READ_AHEAD)
                        .order(ByteOrder.LITTLE_ENDIAN);
        out.put("RIFF".getBytes(StandardCharsets.ISO_8859_1));
        out.putInt(4 + CHUNK_HEADER + padded);
        out.put("WEBP".getBytes(StandardCharsets.ISO_8859_1));
        out.put(file.array(), chunk.start - CHUNK_HEADER, CHUNK_HEADER + chunk.length);
        return out.array();
    }

    private Chunk find(int from, int end, String name, String other) throws ImageDecodingException {
        long at = from + (from & 1L);
        while (at < end) {
            Chunk chunk = chunk((int) at, end);
            if (chunk.name.equals(name) || chunk.name.equals(other)) {
                return chunk;
            }
            at = chunk.end() + (chunk.length & 1L);
        }
        throw new ImageDecodingException("a WebP must hold a frame, found none");
    }

    private Chunk chunk(int at, int end) throws ImageDecodingException {
        if (end - at < CHUNK_HEADER) {
            throw truncated();
        }
        String name = new String(file.array(), at, 4, StandardCharsets.ISO_8859_1);
        long length = file.getInt(at + 4) & 0xFFFFFFFFL;
        if (length > end - at - CHUNK_HEADER) {
            throw truncated();
        }
        return new Chunk(name, at + CHUNK_HEADER, (int) length);
    }

    private int number24(int at) {
        return (file.getShort(at) & 0xFFFF) | (file.get(at + 2) & 0xFF) << 16;
    }

    private ImageDecodingException truncated() {
        return ImageDecodingException.truncated("WebP", file.capacity());
    }
}
