package org.efficientzoo.training.data.augment;

/**
 * Chooses a part of random area and proportions.
 *
 * @param scale the part's share of the image's area, at most 1
 * @param ratio the part's width by its height
 */
record RandomResizedCrop(Range scale, Range ratio) {

    private static final int TRIES = 10; // torchvision's

    RandomResizedCrop {
        Checks.present("scale", scale);
        Checks.present("ratio", ratio);
        if (scale.max() > 1) {
            throw new IllegalArgumentException(
                    "scale must be a share of the area, at most 1, found " + scale.max());
        }
    }

    Rectangle choose(int width, int height, Draws draws) {
        double area = (double) width * height;
        for (int i = 0; i < TRIES; i++) {
            double target = area * scale.draw(draws);
            double proportion = ratio.drawLogarithmically(draws);
            int partWidth = (int) Math.rint(Math.sqrt(target * proportion));
            int partHeight = (int) Math.rint(Math.sqrt(target / proportion));
            if (partWidth > 0 && partWidth <= width && partHeight > 0 && partHeight <= height) {
                int top = draws.below(height - partHeight + 1);
                int left = draws.below(width - partWidth + 1);
                return new Rectangle(left, top, partWidth, partHeight);
            }
        }
        return middle(width, height);
    }

    /** The largest part in the middle whose proportions are allowed. */
    Rectangle middle(int width, int height) {
        double proportion = (double) width / height;
        int partWidth = width;
        int partHeight = height;
        if (proportion < ratio.min()) {
            partHeight = (int) Math.rint(width / ratio.min());
        } else if (proportion > ratio.max()) {
            partWidth = (int) Math.rint(height * ratio.max());
        }
        return new Rectangle(
                (width - partWidth) / 2, (height - partHeight) / 2, partWidth, partHeight);
    }
}
