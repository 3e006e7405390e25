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

    interface Decoder {
        RgbImage decode() throws IOException;
    }
}
