package org.efficientzoo.training.data.augment;

/**
 * Cuts a part out of a padded image. An image that is too small with its padding gets as much more
 * on every side as it lacks.
 *
 * @param width the width of the part
 * @param height the height of the part
 * @param padding the pixels added on every side
 * @param mode what is added
 */
record PaddedCrop(int width, int height, int padding, PaddingMode mode) {

    PaddedCrop {
        Checks.notNegative("padding", padding);
        Checks.present("paddingMode", mode);
    }

    Pixels apply(Pixels pixels, Draws draws) {
        int columns = enough(pixels.width, width);
        int rows = enough(pixels.height, height);
        int top = draws.below(pixels.height + 2 * rows - height + 1);
        int left = draws.below(pixels.width + 2 * columns - width + 1);
        return cut(pixels, left - columns, top - rows);
    }

    private int enough(int available, int wanted) {
        return padding + Math.max(0, wanted - available - 2 * padding);
    }

    /** The part that begins at a place, which may lie outside the picture. */
    Pixels cut(Pixels pixels, int left, int top) {
        var result = Pixels.black(width, height);
        for (int y = 0; y < height; y++) {
            int fromY = inside(top + y, pixels.height);
            for (int x = 0; x < width && fromY >= 0; x++) {
                int fromX = inside(left + x, pixels.width);
                if (fromX >= 0) {
                    result.copy(pixels, pixels.at(fromX, fromY), result.at(x, y));
                }
            }
        }
        return result;
    }

    /** The place to take a pixel from, or -1 for black. */
    private int inside(int place, int length) {
        if (place >= 0 && place < length) {
            return place;
        }
        if (mode == PaddingMode.ZERO) {
            return -1;
        }
        int period = Math.max(1, 2 * (length - 1));
        int folded = Math.floorMod(place, period);
        return folded < length ? folded : period - folded;
    }
}
