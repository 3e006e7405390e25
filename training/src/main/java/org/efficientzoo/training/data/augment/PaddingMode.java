package org.efficientzoo.training.data.augment;

/** What stands beyond the edge of an image. */
public enum PaddingMode {
    /** Black. */
    ZERO,
    /** The image mirrored at its outermost pixels, which are not repeated. */
    REFLECT
}
