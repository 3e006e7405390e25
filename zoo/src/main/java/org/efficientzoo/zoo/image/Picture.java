package org.efficientzoo.zoo.image;

import java.io.IOException;

/**
 * An encoded image whose header has been read and whose pixels have not.
 *
 * @param width the width in pixels that the header claims
 * @param height the height in pixels that the header claims
 * @param mostPixels the most pixels that so many bytes of the format can hold
 * @param memory the heap that decoding takes
 * @param decoder decodes the pixels
 */
record Picture(int width, int height, long mostPixels, Memory memory, Decoder decoder) {

    /** For formats that can hold any number of pixels in a few bytes. */
    static final long ANY = Long.MAX_VALUE;

    /** The most bytes that a byte of a deflated stream becomes: 258 for 2 bits. */
    static final long DEFLATE = 1032;

    /** The most bytes that a byte of an LZW stream becomes: 12 bits stand for up to 4,095. */
    static final long LZW = 2730;

    /**
     * The most pixels of a byte of a JPEG: a block of 64 takes two bits, and a component of four
     * blocks a row beside one of four blocks a column makes four times as many pixels of them.
     */
    static final long JPEG = 1024;

    /**
     * The heap that decoding takes at its peak, but for the encoded image.
     *
     * @param bytesPerPixel the bytes for a pixel, the result and what it is made from together
     * @param fixed the bytes for anything else
     * @param inParts whether a part takes only as much as its own pixels
     */
    record Memory(int bytesPerPixel, long fixed, boolean inParts) {

        /** Memory for all pixels at once, whatever part is asked for. */
        static Memory ofWhole(int bytesPerPixel) {
            return new Memory(bytesPerPixel, 0, false);
        }
    }

    /** Decodes a part of the picture, to the same pixels as a part of the whole. */
    interface Decoder {
        RgbImage decode(Region region) throws IOException;
    }

    /** Decodes the whole picture. */
    interface WholeDecoder {
        RgbImage decode() throws IOException;
    }

    /** A picture of a format of which only the whole can be decoded. */
    static Picture whole(
            int width, int height, long mostPixels, Memory memory, WholeDecoder decoder) {
        return new Picture(
                width,
                height,
                mostPixels,
                memory,
                region ->
                        decoder.decode()
                                .crop(
                                        region.left(),
                                        region.top(),
                                        region.width(),
                                        region.height()));
    }

    /** The bytes of heap that decoding a part takes. */
    long bytes(Region part) {
        long pixels = memory.inParts ? (long) part.width() * part.height() : (long) width * height;
        return memory.fixed + pixels * memory.bytesPerPixel;
    }

    Region all() {
        return new Region(0, 0, width, height);
    }
}
