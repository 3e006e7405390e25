package org.efficientzoo.training.data.augment;

import java.util.Arrays;

/**
 * Overwrites a rectangle of the normalised planes.
 *
 * @param probability how often
 * @param scale the rectangle's share of the area, at most 1
 * @param ratio the rectangle's height by its width
 * @param noise whether it is filled with normally distributed noise, else with 0
 * @see <a href="https://arxiv.org/abs/1708.04896">Random Erasing, section 4.1</a>
 */
public record RandomErasing(double probability, Range scale, Range ratio, boolean noise) {

    private static final int TRIES = 10; // torchvision's

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public RandomErasing {
        Checks.probability("erasing", probability);
        Checks.present("the scale of erasing", scale);
        Checks.present("the ratio of erasing", ratio);
        if (scale.max() > 1) {
            throw new IllegalArgumentException(
                    "the scale of erasing must be at most 1, found " + scale.max());
        }
    }

    /**
     * Erasing with torchvision's defaults: 2 to 33 % of the area, proportions of 0.3 to 3.3, zeros,
     * which normalised images have as their mean colour.
     *
     * @param probability how often
     * @return the erasing
     */
    public static RandomErasing of(double probability) {
        return new RandomErasing(probability, new Range(0.02, 0.33), new Range(0.3, 3.3), false);
    }

    /** Draws and applies to (3, height, width) planes. */
    void apply(float[] planes, int width, int height, Draws draws) {
        if (!draws.chance(probability)) {
            return;
        }
        double area = (double) width * height;
        for (int i = 0; i < TRIES; i++) {
            double target = area * scale.draw(draws);
            double proportion = ratio.drawLogarithmically(draws);
            int rows = (int) Math.rint(Math.sqrt(target * proportion));
            int columns = (int) Math.rint(Math.sqrt(target / proportion));
            if (rows < height && columns < width) {
                int top = draws.below(height - rows + 1);
                int left = draws.below(width - columns + 1);
                erase(planes, width, height, new Rectangle(left, top, columns, rows), draws);
                return;
            }
        }
    }

    private void erase(float[] planes, int width, int height, Rectangle part, Draws draws) {
        for (int channel = 0; channel < Pixels.CHANNELS; channel++) {
            for (int y = part.top(); y < part.top() + part.height(); y++) {
                int from = (channel * height + y) * width + part.left();
                if (noise) {
                    for (int x = 0; x < part.width(); x++) {
                        planes[from + x] = (float) draws.normal();
                    }
                } else {
                    Arrays.fill(planes, from, from + part.width(), 0);
                }
            }
        }
    }
}
