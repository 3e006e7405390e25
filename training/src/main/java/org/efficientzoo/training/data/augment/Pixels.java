package org.efficientzoo.training.data.augment;

import org.efficientzoo.zoo.image.RgbImage;

/** A picture in work: {@code height} rows of {@code width} pixels, each red, green, blue. */
final class Pixels {

    static final int CHANNELS = 3;

    final int width;
    final int height;
    final byte[] rgb;

    Pixels(int width, int height, byte[] rgb) {
        this.width = width;
        this.height = height;
        this.rgb = rgb;
    }

    static Pixels of(RgbImage image) {
        return new Pixels(image.width(), image.height(), image.toByteArray());
    }

    static Pixels black(int width, int height) {
        return new Pixels(width, height, new byte[CHANNELS * width * height]);
    }

    RgbImage image() {
        return RgbImage.of(width, height, rgb);
    }

    int at(int x, int y) {
        return CHANNELS * (y * width + x);
    }

    /** Copies one pixel of another picture to a place of this one. */
    void copy(Pixels from, int fromAt, int to) {
        rgb[to] = from.rgb[fromAt];
        rgb[to + 1] = from.rgb[fromAt + 1];
        rgb[to + 2] = from.rgb[fromAt + 2];
    }
}
