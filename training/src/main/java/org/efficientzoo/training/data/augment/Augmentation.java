package org.efficientzoo.training.data.augment;

import java.util.ArrayList;
import java.util.List;
import org.efficientzoo.zoo.image.EvaluationTransform;
import org.efficientzoo.zoo.image.Interpolation;

/**
 * All that is random about the images of a training, and how they are normalised: numbers, enums
 * and records of them, so that JSON can hold it. The order: crop, flip, colour jitter, policy,
 * JPEG, normalisation, erasing; then mixup or cutmix over the batch.
 *
 * @param crop how a part of the image is chosen
 * @param cropHeight the height of the result in pixels, 1 to 4096
 * @param cropWidth the width of the result in pixels, 1 to 4096
 * @param scale for {@link CropMethod#RANDOM_RESIZED}: the part's share of the image's area
 * @param ratio for {@link CropMethod#RANDOM_RESIZED}: the part's width by its height
 * @param resize for the other crops: the length of the shorter side before the crop, 0 to leave it
 * @param padding for {@link CropMethod#PADDED}: the pixels added on every side
 * @param paddingMode for {@link CropMethod#PADDED}: what is added
 * @param interpolation the filter of resizing, antialiased, and of the policy's shears and
 *     rotations, which are not
 * @param flip how often left and right are swapped, 0 to 1
 * @param colourJitter the changes of colour
 * @param policy the policy of random operations
 * @param policyOperations for {@link Policy#RAND}: how many operations, N in the paper
 * @param policyMagnitude for {@link Policy#RAND}: how strong they are, 0 to 30, M in the paper
 * @param jpeg the compression
 * @param erasing the random erasing
 * @param mixup the parameter of mixup's beta distribution, 0 for none
 * @param cutmix the parameter of cutmix's beta distribution, 0 for none
 * @param mean what is subtracted from red, green and blue on the scale of 0 to 1
 * @param std what red, green and blue are divided by then, not 0
 */
public record Augmentation(
        CropMethod crop,
        int cropHeight,
        int cropWidth,
        Range scale,
        Range ratio,
        int resize,
        int padding,
        PaddingMode paddingMode,
        Interpolation interpolation,
        double flip,
        ColourJitter colourJitter,
        Policy policy,
        int policyOperations,
        int policyMagnitude,
        RandomJpeg jpeg,
        RandomErasing erasing,
        double mixup,
        double cutmix,
        List<Float> mean,
        List<Float> std) {

    static final int LARGEST_CROP = 4096;

    /** The mean of CIFAR-10's training images. */
    public static final List<Float> CIFAR10_MEAN = List.of(0.4914f, 0.4822f, 0.4465f);

    /** The standard deviation of CIFAR-10's training images. */
    public static final List<Float> CIFAR10_STD = List.of(0.2470f, 0.2435f, 0.2616f);

    /**
     * Checks every number.
     *
     * @throws IllegalArgumentException if one is missing or out of its range; the message says
     *     which
     */
    public Augmentation {
        Checks.present("crop", crop);
        Checks.present("interpolation", interpolation);
        Checks.present("colourJitter", colourJitter);
        Checks.present("policy", policy);
        Checks.present("jpeg", jpeg);
        Checks.present("erasing", erasing);
        if (Math.min(cropHeight, cropWidth) < 1 || Math.max(cropHeight, cropWidth) > LARGEST_CROP) {
            throw new IllegalArgumentException(
                    "a crop's sides must have 1 to %d pixels, found %dx%d"
                            .formatted(LARGEST_CROP, cropWidth, cropHeight));
        }
        if (resize < 0 || resize > LARGEST_CROP) {
            throw new IllegalArgumentException(
                    "resize must lie within 0 and %d, found %d".formatted(LARGEST_CROP, resize));
        }
        if (padding < 0 || padding > LARGEST_CROP) {
            throw new IllegalArgumentException(
                    "padding must lie within 0 and %d, found %d".formatted(LARGEST_CROP, padding));
        }
        Checks.present("paddingMode", paddingMode);
        new RandomResizedCrop(scale, ratio);
        Checks.probability("flip", flip);
        new Mixing(mixup, cutmix);
        Checks.statistics("mean", mean, true);
        Checks.statistics("std", std, false);
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (policy == Policy.RAND) {
            new RandAugment(policyOperations, policyMagnitude, interpolation);
        }
    }

    /**
     * What torchvision's reference training does on ImageNet at the least: a random resized crop of
     * 8 to 100 % of the area and half the images flipped.
     *
     * @param size the sides of the crop in pixels
     * @return the augmentation
     */
    public static Augmentation imagenet(int size) {
        return new Augmentation(
                CropMethod.RANDOM_RESIZED,
                size,
                size,
                new Range(0.08, 1),
                new Range(3.0 / 4, 4.0 / 3),
                0,
                0,
                PaddingMode.ZERO,
                Interpolation.BILINEAR,
                0.5,
                ColourJitter.NONE,
                Policy.NONE,
                0,
                0,
                RandomJpeg.NONE,
                RandomErasing.of(0),
                0,
                0,
                EvaluationTransform.IMAGENET_MEAN,
                EvaluationTransform.IMAGENET_STD);
    }

    /**
     * What is usual on CIFAR-10: a crop of 32×32 out of the image with four black pixels around it
     * and half the images flipped.
     *
     * @return the augmentation
     */
    public static Augmentation cifar10() {
        Augmentation other = imagenet(32);
        return new Augmentation(
                CropMethod.PADDED,
                32,
                32,
                other.scale,
                other.ratio,
                0,
                4,
                PaddingMode.ZERO,
                Interpolation.BILINEAR,
                0.5,
                ColourJitter.NONE,
                Policy.NONE,
                0,
                0,
                other.jpeg,
                other.erasing,
                0,
                0,
                CIFAR10_MEAN,
                CIFAR10_STD);
    }

    /** The random changes between crop and normalisation that are not off. */
    List<PictureStep> steps() {
        List<PictureStep> steps = new ArrayList<>();
        if (flip > 0) {
            steps.add(new HorizontalFlip(flip));
        }
        if (!colourJitter.equals(ColourJitter.NONE)) {
            steps.add(colourJitter);
        }
        switch (policy) {
            case NONE -> {}
            case TRIVIAL -> steps.add(new TrivialAugment(interpolation));
            case RAND ->
                    steps.add(new RandAugment(policyOperations, policyMagnitude, interpolation));
        }
        if (jpeg.probability() > 0) {
            steps.add(jpeg);
        }
        return steps;
    }

    /**
     * What is done to a batch as a whole.
     *
     * @return mixup and cutmix with the parameters of this augmentation
     */
    public Mixing mixing() {
        return new Mixing(mixup, cutmix);
    }
}
