package org.efficientzoo.training.data.augment;

/**
 * Changes of brightness, contrast, saturation and hue in random order. The factors of the first
 * three are drawn from 1 - x to 1 + x, not below 0, the turn of the hue from -x to x; 0 leaves a
 * property as it is.
 *
 * @param brightness how far the brightness may change
 * @param contrast how far the contrast may change
 * @param saturation how far the saturation may change
 * @param hue how far the hue may turn, as a share of the full circle, at most 0.5
 */
public record ColourJitter(double brightness, double contrast, double saturation, double hue)
        implements PictureStep {

    /** Changes nothing. */
    public static final ColourJitter NONE = new ColourJitter(0, 0, 0, 0);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public ColourJitter {
        Checks.notNegative("brightness", brightness);
        Checks.notNegative("contrast", contrast);
        Checks.notNegative("saturation", saturation);
        Checks.notNegative("hue", hue);
        if (hue > 0.5) {
            throw new IllegalArgumentException("hue must be at most 0.5, found " + hue);
        }
    }

    @Override
    public Pixels apply(Pixels pixels, Draws draws) {
        int[] order = draws.permutation(4);
        double brightnessFactor = factor(brightness, draws);
        double contrastFactor = factor(contrast, draws);
        double saturationFactor = factor(saturation, draws);
        double turn = draws.uniform(-hue, hue);
        Pixels result = pixels;
        for (int step : order) {
            if (step == 0 && brightness > 0) {
                result = Blend.brightness(result, brightnessFactor);
            } else if (step == 1 && contrast > 0) {
                result = Blend.contrast(result, contrastFactor);
            } else if (step == 2 && saturation > 0) {
                result = Blend.saturation(result, saturationFactor);
            } else if (step == 3 && hue > 0) {
                result = Hue.turn(result, turn);
            }
        }
        return result;
    }

    private static double factor(double reach, Draws draws) {
        return draws.uniform(Math.max(0, 1 - reach), 1 + reach);
    }
}
