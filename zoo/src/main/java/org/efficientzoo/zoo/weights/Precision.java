package org.efficientzoo.zoo.weights;

/** How exactly a checkpoint stores floats. */
public enum Precision {
    /** 32 bits: the values as they are, bit for bit. */
    FLOAT32,
    /** 16 bits, IEEE 754's binary16: the nearest values, even ones on a tie; at most 65504. */
    FLOAT16
}
