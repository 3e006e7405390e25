package org.efficientzoo.training.data.augment;

/** A random change of a picture's pixels that keeps its size. */
sealed interface PictureStep
        permits HorizontalFlip, ColourJitter, TrivialAugment, RandAugment, RandomJpeg {

    /** Draws and applies the change. The given pixels may be used up. */
    Pixels apply(Pixels pixels, Draws draws);
}
