package org.efficientzoo.training.data.augment;

import org.efficientzoo.zoo.image.Interpolation;

/** The operations of TrivialAugment and RandAugment, in torchvision's order. */
enum Operation {
    IDENTITY,
    SHEAR_X,
    SHEAR_Y,
    TRANSLATE_X,
    TRANSLATE_Y,
    ROTATE,
    BRIGHTNESS,
    COLOR,
    CONTRAST,
    SHARPNESS,
    POSTERIZE,
    SOLARIZE,
    AUTO_CONTRAST,
    EQUALIZE;

    static final int STRENGTHS = 31; // torchvision's num_magnitude_bins

    private static final Operation[] ALL = values();

    static Operation draw(Draws draws) {
        return ALL[draws.below(ALL.length)];
    }

    boolean hasStrength() {
        return this != IDENTITY && this != AUTO_CONTRAST && this != EQUALIZE;
    }

    /** Whether the strength is turned to its opposite half the time. */
    boolean isSigned() {
        return hasStrength() && this != POSTERIZE && this != SOLARIZE;
    }

    /** Shears and rotations take the values between pixels by an interpolation. */
    Pixels apply(Pixels pixels, double strength, Interpolation interpolation) {
        return switch (this) {
            case IDENTITY -> pixels;
            case SHEAR_X -> Affine.shearX(pixels, strength, interpolation);
            case SHEAR_Y -> Affine.shearY(pixels, strength, interpolation);
            case TRANSLATE_X -> Affine.shift(pixels, (int) strength, 0);
            case TRANSLATE_Y -> Affine.shift(pixels, 0, (int) strength);
            case ROTATE -> Affine.rotate(pixels, strength, interpolation);
            case BRIGHTNESS -> Blend.brightness(pixels, 1 + strength);
            case COLOR -> Blend.saturation(pixels, 1 + strength);
            case CONTRAST -> Blend.contrast(pixels, 1 + strength);
            case SHARPNESS -> Blend.sharpness(pixels, 1 + strength);
            case POSTERIZE -> Lookup.posterize(pixels, (int) strength);
            case SOLARIZE -> Lookup.solarize(pixels, strength);
            case AUTO_CONTRAST -> Lookup.autoContrast(pixels);
            case EQUALIZE -> Lookup.equalize(pixels);
        };
    }

    /** The strength number i of {@link #STRENGTHS} in a space of TrivialAugment. */
    double wideStrength(int i) {
        return switch (this) {
            case SHEAR_X, SHEAR_Y, BRIGHTNESS, COLOR, CONTRAST, SHARPNESS -> step(0, 0.99f, i);
            case TRANSLATE_X, TRANSLATE_Y -> step(0, 32, i);
            case ROTATE -> step(0, 135, i);
            case POSTERIZE -> 8 - Math.rint(i * 6.0 / (STRENGTHS - 1));
            case SOLARIZE -> step(255, 0, i);
            case IDENTITY, AUTO_CONTRAST, EQUALIZE -> 0;
        };
    }

    /** The strength number i of {@link #STRENGTHS} in the space of RandAugment. */
    double randStrength(int i, int width, int height) {
        return switch (this) {
            case SHEAR_X, SHEAR_Y -> step(0, 0.3f, i);
            case TRANSLATE_X -> step(0, (float) (150.0 / 331.0 * width), i);
            case TRANSLATE_Y -> step(0, (float) (150.0 / 331.0 * height), i);
            case ROTATE -> step(0, 30, i);
            case BRIGHTNESS, COLOR, CONTRAST, SHARPNESS -> step(0, 0.9f, i);
            case POSTERIZE -> 8 - Math.rint(i * 4.0 / (STRENGTHS - 1));
            case SOLARIZE -> step(255, 0, i);
            case IDENTITY, AUTO_CONTRAST, EQUALIZE -> 0;
        };
    }

    /** Evenly spaced floats, counted from the nearer end with one rounding, as torch.linspace. */
    private static double step(float from, float to, int i) {
        float step = (to - from) / (STRENGTHS - 1);
        return i <= STRENGTHS / 2
                ? Math.fma(step, i, from)
                : Math.fma(-step, STRENGTHS - 1 - i, to);
    }
}
