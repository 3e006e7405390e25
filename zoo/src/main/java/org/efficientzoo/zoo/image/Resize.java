package org.efficientzoo.zoo.image;

/** How an image is resized before the crop. */
public sealed interface Resize {

    /**
     * The size of an image.
     *
     * @param width the width in pixels
     * @param height the height in pixels
     */
    record Size(int width, int height) {}

    /**
     * Returns what is resized of an image: all of it, unless its sides are cut off first.
     *
     * @param image the image
     * @return the image or a part of it
     */
    default RgbImage part(RgbImage image) {
        return image;
    }

    /**
     * Returns the size that an image gets.
     *
     * @param width the image's width in pixels
     * @param height the image's height in pixels
     * @return the size to resize it to
     */
    Size of(int width, int height);

    /** Leaves images as they are. */
    record None() implements Resize {
        @Override
        public Size of(int width, int height) {
            return new Size(width, height);
        }
    }

    /**
     * Gives the shorter side a length and keeps the proportions, the longer side rounded down.
     *
     * @param pixels the length of the shorter side, at least 1
     */
    record ShorterSide(int pixels) implements Resize {

        /**
         * Checks the length.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public ShorterSide {
            if (pixels < 1) {
                throw new IllegalArgumentException(
                        "the shorter side must be at least 1 pixel, found " + pixels);
            }
        }

        @Override
        public Size of(int width, int height) {
            return width <= height
                    ? new Size(pixels, longer(height, width))
                    : new Size(longer(width, height), pixels);
        }

        private int longer(int length, int shorter) {
            long scaled = (long) pixels * length / shorter; // exact where 256.0 / 375 * 500 is not
            if (scaled > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "a resized side must be at most %d pixels, found %d"
                                .formatted(Integer.MAX_VALUE, scaled));
            }
            return (int) scaled;
        }
    }

    /**
     * Cuts the largest square out of the centre and gives its sides a length, as Darknet does for
     * its classifiers; where the sides differ by an odd number, the square stands half a pixel
     * further to the left or the top.
     *
     * @param pixels the length of the sides, at least 1
     */
    record CentreSquare(int pixels) implements Resize {

        /**
         * Checks the length.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public CentreSquare {
            if (pixels < 1) {
                throw new IllegalArgumentException(
                        "the square must be at least 1 pixel wide, found " + pixels);
            }
        }

        @Override
        public RgbImage part(RgbImage image) {
            int side = Math.min(image.width(), image.height());
            return image.crop((image.width() - side) / 2, (image.height() - side) / 2, side, side);
        }

        @Override
        public Size of(int width, int height) {
            return new Size(pixels, pixels);
        }
    }
}
