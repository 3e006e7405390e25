package org.efficientzoo.training.data.augment;

import java.nio.FloatBuffer;

/**
 * Mixup and cutmix as torchvision's reference training has them: each image takes a share of the
 * one before it in the batch, the first of the last. Where both are on, each has one half of the
 * batches.
 *
 * @param mixup the parameter of mixup's beta distribution, 0 for none
 * @param cutmix the parameter of cutmix's beta distribution, 0 for none
 * @see <a href="https://arxiv.org/abs/1710.09412">mixup, section 2</a>
 * @see <a href="https://arxiv.org/abs/1905.04899">CutMix, section 3.1</a>
 */
public record Mixing(double mixup, double cutmix) {

    /**
     * Checks the parameters.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public Mixing {
        Checks.notNegative("mixup", mixup);
        Checks.notNegative("cutmix", cutmix);
    }

    /**
     * Mixes a batch in place.
     *
     * @param images the images (N, 3, height, width) from position 0 on
     * @param count the number of images, N
     * @param height their height in pixels
     * @param width their width in pixels
     * @param draws the draws of the batch
     * @return the share of its own class that each image keeps; the rest is that of the image
     *     before it
     */
    public double apply(FloatBuffer images, int count, int height, int width, Draws draws) {
        boolean cut = cutmix > 0 && (mixup == 0 || draws.below(2) == 1);
        if (cut) {
            double drawn = draws.beta(cutmix);
            Rectangle patch = patch(drawn, width, height, draws);
            paste(images, count, height, width, patch);
            return 1 - (double) patch.width() * patch.height() / ((double) width * height);
        }
        if (mixup > 0) {
            double own = draws.beta(mixup);
            mix(images, count, Pixels.CHANNELS * height * width, own);
            return own;
        }
        return 1;
    }

    /** The rectangle of the area that the other image gets, cut off at the edge. */
    static Rectangle patch(double own, int width, int height, Draws draws) {
        int centreX = draws.below(width);
        int centreY = draws.below(height);
        double half = 0.5 * Math.sqrt(1 - own);
        int halfWidth = (int) (half * width);
        int halfHeight = (int) (half * height);
        int left = Math.max(0, centreX - halfWidth);
        int top = Math.max(0, centreY - halfHeight);
        int right = Math.min(width, centreX + halfWidth);
        int bottom = Math.min(height, centreY + halfHeight);
        return new Rectangle(left, top, right - left, bottom - top);
    }

    static void mix(FloatBuffer images, int count, int length, double ownShare) {
        float own = (float) ownShare;
        float other = (float) (1 - ownShare);
        float[] last = image(images, count - 1, length);
        float[] current = last.clone();
        for (int i = count - 1; i >= 0; i--) { // backwards, so that the one before is still itself
            float[] before = i == 0 ? last : image(images, i - 1, length);
            for (int k = 0; k < length; k++) {
                current[k] = current[k] * own + before[k] * other;
            }
            images.put(i * length, current);
            current = before;
        }
    }

    private static float[] image(FloatBuffer images, int index, int length) {
        float[] image = new float[length];
        images.get(index * length, image);
        return image;
    }

    static void paste(FloatBuffer images, int count, int height, int width, Rectangle patch) {
        int length = Pixels.CHANNELS * height * width;
        float[] first = new float[patch.width()];
        float[] row = new float[patch.width()];
        for (int channel = 0; channel < Pixels.CHANNELS; channel++) {
            for (int y = patch.top(); y < patch.top() + patch.height(); y++) {
                int at = (channel * height + y) * width + patch.left();
                images.get((count - 1) * length + at, first);
                for (int i = count - 1; i > 0; i--) {
                    images.get((i - 1) * length + at, row);
                    images.put(i * length + at, row);
                }
                images.put(at, first);
            }
        }
    }
}
