package org.efficientzoo.zoo.image;

import java.io.IOException;

/**
 * An encoded image whose header has been read and whose pixels have not.
 *
 * @param width the width in pixels that the header claims
 * @param height the height in pixels that the header claims
 * @param decoder decodes the pixels
 */
record Picture(int width, int height, Decoder decoder) {

    /** Decodes a part of the picture, to the same pixels as a part of the whole. */
    interface Decoder {
        RgbImage decode(Region region) throws IOException;
    }

    /** Decodes the whole picture. */
    interface WholeDecoder {
        RgbImage decode() throws IOException;
    }

    /** A picture of a format of which only the whole can be decoded. */
    static Picture whole(int width, int height, WholeDecoder decoder) {
        return new Picture(
                width,
                height,
                region ->
                        decoder.decode()
                                .crop(
                                        region.left(),
                                        region.top(),
                                        region.width(),
                                        region.height()));
    }
}
