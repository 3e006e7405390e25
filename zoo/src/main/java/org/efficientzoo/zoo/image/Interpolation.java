package org.efficientzoo.zoo.image;

/** The filters of {@link Resampler}; both are widened when the image shrinks, against aliasing. */
public enum Interpolation {
    /** The triangle, one pixel to either side. */
    BILINEAR(1) {
        @Override
        double weight(double distance) {
            return Math.max(0, 1 - Math.abs(distance));
        }
    },

    /** The cubic convolution of Keys with a = -0.5, two pixels to either side. */
    BICUBIC(2) {
        @Override
        double weight(double distance) {
            double x = Math.abs(distance);
            if (x < 1) {
                return ((A + 2) * x - (A + 3)) * x * x + 1;
            }
            return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
        }
    };

    private static final double A = -0.5; // Keys 1981; OpenCV and PyTorch take -0.75

    private final int support;

    Interpolation(int support) {
        this.support = support;
    }

    /** How far the filter reaches to either side, in pixels. */
    int support() {
        return support;
    }

    /** The weight of a sample at the given distance from the centre, in pixels. */
    abstract double weight(double distance);
}
