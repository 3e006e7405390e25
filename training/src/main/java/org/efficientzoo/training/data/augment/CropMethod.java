package org.efficientzoo.training.data.augment;

/** How a part of an image is chosen. */
public enum CropMethod {
    /** A part of random area and proportions, resized: torchvision's RandomResizedCrop. */
    RANDOM_RESIZED,
    /** A part of the crop's size anywhere in the padded image: torchvision's RandomCrop. */
    PADDED,
    /** The middle, as in evaluation: nothing is random. */
    CENTRE
}
