package org.efficientzoo.zoo.image;

/** How {@link Resampler} makes the pixels of the new size. */
public enum Interpolation {
    /**
     * Pillow's: the triangle, one pixel to either side, widened when the image shrinks, against
     * aliasing.
     */
    BILINEAR,

    /**
     * Pillow's: the cubic convolution of Keys with a = -0.5, two pixels to either side, widened
     * when the image shrinks, against aliasing.
     */
    BICUBIC,

    /**
     * Darknet's: between the two nearest pixels of each direction, the corners of both images on
     * one another, not widened. An {@link EvaluationTransform} takes its values as they are, which
     * is to say not rounded to 8 bits.
     */
    DARKNET
}
