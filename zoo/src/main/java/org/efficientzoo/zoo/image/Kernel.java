package org.efficientzoo.zoo.image;

/** The weights of the neighbours of a point, by their distance; widened when an image shrinks. */
enum Kernel {
    /** One pixel to either side. */
    TRIANGLE(1) {
        @Override
        double weight(double distance) {
            return Math.max(0, 1 - Math.abs(distance));
        }
    },

    /** The cubic convolution of Keys, two pixels to either side. */
    CUBIC(2) {
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

    Kernel(int support) {
        this.support = support;
    }

    /** How far the kernel reaches to either side, in pixels. */
    int support() {
        return support;
    }

    /** Whether there are negative weights, so that results may leave the range of the inputs. */
    boolean overshoots() {
        return this == CUBIC;
    }

    /** The weight of a sample at the given distance from the centre, in pixels. */
    abstract double weight(double distance);
}
