package org.efficientzoo.zoo.image;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The first frame of a GIF on the canvas of the whole. What the frame leaves free takes the frame's
 * transparent colour, or else the first of its palette.
 */
final class Gif {

    private static final int EXTENSION = 0x21;
    private static final int GRAPHIC_CONTROL = 0xF9;
    private static final int IMAGE = 0x2C;
    private static final int TRAILER = 0x3B;
    private static final int HAS_PALETTE = 0x80;

    private static final int BYTES_OF_PIXEL = 7; // its index, the frame, the canvas

    private Gif() {}

    static Picture open(byte[] encoded) throws ImageDecodingException {
        try {
            return new Parser(encoded).firstFrame();
        } catch (BufferUnderflowException e) {
            throw ImageDecodingException.truncated("GIF", encoded.length);
        }
    }

    /** Leaves out everything but the first frame, its transparency included. */
    private static final class Parser {
        private final ByteBuffer in;
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private int background;

        Parser(byte[] encoded) {
            in = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
        }

        Picture firstFrame() throws ImageDecodingException {
            keep(6); // signature
            int screenWidth = in.getShort(6) & 0xFFFF;
            int screenHeight = in.getShort(8) & 0xFFFF;
            int flags = in.get(10) & 0xFF;
            boolean shared = (flags & HAS_PALETTE) != 0;
            if (shared) {
                keep(7 + paletteLength(flags));
            } else {
                in.position(13);
                keepGreyPalette();
            }
            while (true) {
                int block = in.get() & 0xFF;
                if (block == IMAGE) {
                    break;
                } else if (block == EXTENSION) {
                    readExtension();
                } else if (block == TRAILER) {
                    throw new ImageDecodingException("a GIF must hold a frame, found none");
                } // anything else is junk between blocks, which Pillow skips as well
            }
            int at = in.position();
            int left = in.getShort(at) & 0xFFFF;
            int top = in.getShort(at + 2) & 0xFFFF;
            int width = in.getShort(at + 4) & 0xFFFF;
            int height = in.getShort(at + 6) & 0xFFFF;
            int frameFlags = in.get(at + 8) & 0xFF;
            kept.write(IMAGE);
            keep(9 + ((frameFlags & HAS_PALETTE) != 0 ? paletteLength(frameFlags) : 0));
            keep(1); // the code size of the compression
            keepBlocks();
            kept.write(TRAILER);
            if (width == 0 || height == 0) {
                throw new ImageDecodingException(
                        "a GIF's frame must be at least 1x1 pixels, found %dx%d"
                                .formatted(width, height));
            }
            int canvasWidth = Math.max(screenWidth, left + width);
            int canvasHeight = Math.max(screenHeight, top + height);
            return Picture.whole(
                    canvasWidth,
                    canvasHeight,
                    Picture.LZW * in.capacity(),
                    Picture.Memory.ofWhole(BYTES_OF_PIXEL),
                    () -> {
                        BufferedImage frame = read();
                        return RgbImage.of(frame)
                                .placed(canvasWidth, canvasHeight, left, top, background(frame));
                    });
        }

        private BufferedImage read() throws IOException {
            try (var reader = new PluginReader("gif", kept.toByteArray())) {
                return reader.read();
            }
        }

        private byte[] background(BufferedImage frame) {
            var palette = (IndexColorModel) frame.getColorModel();
            return new byte[] {
                (byte) palette.getRed(background),
                (byte) palette.getGreen(background),
                (byte) palette.getBlue(background)
            };
        }

        private void readExtension() {
            int label = in.get() & 0xFF;
            int length;
            while ((length = in.get() & 0xFF) != 0) {
                int at = in.position();
                if (label == GRAPHIC_CONTROL && length >= 4 && (in.get(at) & 1) != 0) {
                    background = in.get(at + 3) & 0xFF;
                }
                skip(length);
            }
        }

        private void keepBlocks() {
            int length;
            do {
                length = in.get(in.position()) & 0xFF;
                keep(1 + length);
            } while (length != 0);
        }

        /** Without any palette the indices are levels of grey. */
        private void keepGreyPalette() {
            kept.write(in.array(), 6, 4);
            kept.write(HAS_PALETTE | 7);
            kept.write(in.array(), 11, 2);
            for (int level = 0; level < 256; level++) {
                kept.write(level);
                kept.write(level);
                kept.write(level);
            }
        }

        private static int paletteLength(int flags) {
            return 3 * (2 << (flags & 7));
        }

        private void keep(int length) {
            int at = in.position();
            skip(length);
            kept.write(in.array(), at, length);
        }

        private void skip(int length) {
            if (length > in.remaining()) {
                throw new BufferUnderflowException();
            }
            in.position(in.position() + length);
        }
    }
}
