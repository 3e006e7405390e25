package org.efficientzoo.training.recipe;

import org.efficientzoo.zoo.image.Interpolation;

/**
 * How validation images are prepared; they are normalised as the training images are.
 *
 * @param resize the length of the shorter side in pixels before the crop
 * @param crop the sides of the centred crop in pixels
 * @param interpolation the filter of the resizing
 */
public record Preprocessing(int resize, int crop, Interpolation interpolation) {

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public Preprocessing {
        if (resize < 1 || crop < 1) {
            throw new IllegalArgumentException(
                    "resize and crop must be at least 1, found %d and %d".formatted(resize, crop));
        }
    }
}
