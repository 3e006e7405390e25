package org.efficientzoo.training.data.augment;

/** A policy of random operations. */
public enum Policy {
    /** No operations. */
    NONE,
    /** One operation of random strength: TrivialAugment Wide, Müller and Hutter 2021. */
    TRIVIAL,
    /** Some operations of one strength: RandAugment, Cubuk and others 2019. */
    RAND
}
