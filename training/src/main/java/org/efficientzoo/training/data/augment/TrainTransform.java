package org.efficientzoo.training.data.augment;

import java.util.List;
import org.efficientzoo.zoo.image.EncodedImage;
import org.efficientzoo.zoo.image.EvaluationTransform;
import org.efficientzoo.zoo.image.ImageDecodingException;
import org.efficientzoo.zoo.image.Resampler;
import org.efficientzoo.zoo.image.Resize;
import org.efficientzoo.zoo.image.RgbImage;

/**
 * What becomes of one image before a network learns from it.
 *
 * <p>Takes an image of any size, gives (3, cropHeight, cropWidth) floats: red, green and blue
 * planes. The same draws give the same floats. Instances may be shared between threads.
 */
public final class TrainTransform {

    private static final int LEVELS = 256;

    private final Augmentation augmentation;
    private final RandomResizedCrop part;
    private final PaddedCrop padded;
    private final EvaluationTransform centre;
    private final List<PictureStep> steps;
    private final float[][] normalised = new float[Pixels.CHANNELS][LEVELS];

    /**
     * Prepares the steps.
     *
     * @param augmentation what to do
     */
    public TrainTransform(Augmentation augmentation) {
        this.augmentation = augmentation;
        int width = augmentation.cropWidth();
        int height = augmentation.cropHeight();
        part = new RandomResizedCrop(augmentation.scale(), augmentation.ratio());
        padded = new PaddedCrop(width, height, augmentation.padding(), augmentation.paddingMode());
        centre =
                new EvaluationTransform(
                        resize(augmentation.resize()),
                        height,
                        width,
                        augmentation.interpolation(),
                        augmentation.mean(),
                        augmentation.std());
        steps = augmentation.steps();
        for (int channel = 0; channel < Pixels.CHANNELS; channel++) {
            float mean = augmentation.mean().get(channel);
            float std = augmentation.std().get(channel);
            for (int value = 0; value < LEVELS; value++) {
                normalised[channel][value] = (value / 255f - mean) / std;
            }
        }
    }

    private static Resize resize(int pixels) {
        return pixels == 0 ? new Resize.None() : new Resize.ShorterSide(pixels);
    }

    /**
     * What it does.
     *
     * @return the augmentation
     */
    public Augmentation augmentation() {
        return augmentation;
    }

    /**
     * Returns how many floats an image becomes.
     *
     * @return 3·cropHeight·cropWidth
     */
    public int length() {
        return centre.length();
    }

    /**
     * Turns an encoded image into a network's input, decoding no more than it needs.
     *
     * @param image the image
     * @param draws the draws of the image
     * @return the planes (3, cropHeight, cropWidth)
     * @throws ImageDecodingException if the image is malformed or truncated
     */
    public float[] apply(EncodedImage image, Draws draws) throws ImageDecodingException {
        if (augmentation.crop() != CropMethod.RANDOM_RESIZED) {
            return apply(image.decode(), draws);
        }
        Rectangle chosen = part.choose(image.width(), image.height(), draws);
        return finish(
                resized(image.decode(chosen.left(), chosen.top(), chosen.width(), chosen.height())),
                draws);
    }

    /**
     * Turns an image into a network's input.
     *
     * @param image the image
     * @param draws the draws of the image
     * @return the planes (3, cropHeight, cropWidth)
     */
    public float[] apply(RgbImage image, Draws draws) {
        return finish(cropped(image, draws), draws);
    }

    private Pixels cropped(RgbImage image, Draws draws) {
        return switch (augmentation.crop()) {
            case RANDOM_RESIZED -> {
                Rectangle chosen = part.choose(image.width(), image.height(), draws);
                yield resized(
                        image.crop(chosen.left(), chosen.top(), chosen.width(), chosen.height()));
            }
            case PADDED -> {
                Resize.Size size = centre.resize().of(image.width(), image.height());
                RgbImage resized =
                        Resampler.resize(
                                image, size.width(), size.height(), augmentation.interpolation());
                yield padded.apply(Pixels.of(resized), draws);
            }
            case CENTRE -> Pixels.of(centre.crop(image));
        };
    }

    private Pixels resized(RgbImage image) {
        return Pixels.of(
                Resampler.resize(
                        image,
                        augmentation.cropWidth(),
                        augmentation.cropHeight(),
                        augmentation.interpolation()));
    }

    private float[] finish(Pixels cropped, Draws draws) {
        Pixels pixels = cropped;
        for (PictureStep step : steps) {
            pixels = step.apply(pixels, draws);
        }
        float[] planes = normalise(pixels);
        augmentation.erasing().apply(planes, pixels.width, pixels.height, draws);
        return planes;
    }

    private float[] normalise(Pixels pixels) {
        float[] red = normalised[0];
        float[] green = normalised[1];
        float[] blue = normalised[2];
        byte[] rgb = pixels.rgb;
        int plane = pixels.width * pixels.height;
        float[] planes = new float[Pixels.CHANNELS * plane];
        int from = 0;
        for (int i = 0; i < plane; i++) {
            planes[i] = red[rgb[from] & 0xFF];
            planes[plane + i] = green[rgb[from + 1] & 0xFF];
            planes[2 * plane + i] = blue[rgb[from + 2] & 0xFF];
            from += Pixels.CHANNELS;
        }
        return planes;
    }
}
