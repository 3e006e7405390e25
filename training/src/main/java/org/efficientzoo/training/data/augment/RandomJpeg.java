package org.efficientzoo.training.data.augment;

import static org.efficientzoo.zoo.image.RgbImage.BEST_QUALITY;

import org.efficientzoo.zoo.image.ImageDecoder;
import org.efficientzoo.zoo.image.ImageDecodingException;

/**
 * What JPEG leaves of a picture, with colours of half the resolution: torchvision's {@code v2.JPEG}
 * behind a chance. For networks that are to see compressed images and learn from better ones.
 *
 * @param probability how often
 * @param least the lowest quality on libjpeg's scale, 1 to 100
 * @param greatest the highest quality, from the lowest to 100; the whole numbers between are
 *     equally likely
 */
public record RandomJpeg(double probability, int least, int greatest) implements PictureStep {

    private static final ImageDecoder DECODER = new ImageDecoder(ImageDecoder.DEFAULT_MAX_PIXELS);

    /** Compresses nothing. */
    public static final RandomJpeg NONE = new RandomJpeg(0, 1, BEST_QUALITY);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public RandomJpeg {
        Checks.probability("jpeg", probability);
        if (!(least >= 1 && least <= greatest && greatest <= BEST_QUALITY)) {
            throw new IllegalArgumentException(
                    "the qualities of jpeg must have 1 <= least <= greatest <= %d, found %d to %d"
                            .formatted(BEST_QUALITY, least, greatest));
        }
    }

    @Override
    public Pixels apply(Pixels pixels, Draws draws) {
        if (!draws.chance(probability)) {
            return pixels;
        }
        int quality = least + draws.below(greatest - least + 1);
        try {
            return Pixels.of(DECODER.decode(pixels.image().toJpeg(quality)));
        } catch (ImageDecodingException e) {
            throw new IllegalStateException("a JPEG must be read back once it is written", e);
        }
    }
}
