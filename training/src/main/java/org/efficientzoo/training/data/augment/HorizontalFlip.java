package org.efficientzoo.training.data.augment;

/**
 * Swaps left and right.
 *
 * @param probability how often
 */
record HorizontalFlip(double probability) implements PictureStep {

    HorizontalFlip {
        Checks.probability("flip", probability);
    }

    @Override
    public Pixels apply(Pixels pixels, Draws draws) {
        return draws.chance(probability) ? flipped(pixels) : pixels;
    }

    static Pixels flipped(Pixels pixels) {
        var result = Pixels.black(pixels.width, pixels.height);
        for (int y = 0; y < pixels.height; y++) {
            int from = pixels.at(pixels.width - 1, y);
            int to = pixels.at(0, y);
            for (int x = 0; x < pixels.width; x++) {
                result.copy(pixels, from, to);
                from -= Pixels.CHANNELS;
                to += Pixels.CHANNELS;
            }
        }
        return result;
    }
}
