package org.efficientzoo.zoo.onnx;

/** IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. */
final class Half {

    /** The largest finite value. */
    static final float MAX = 65504f;

    private static final float SMALLEST = 0x1p-24f;

    private Half() {}

    /** Rounds to the nearest, ties to even; what is too large becomes infinite. */
    static short of(float value) {
        int sign = Float.floatToRawIntBits(value) >>> 16 & 0x8000;
        float magnitude = Math.abs(value);
        if (Float.isNaN(value)) {
            return (short) (sign | 0x7E00);
        }
        if (magnitude < 0x1p-14f) { // subnormal: a multiple of 2^-24
            return (short) (sign | (int) Math.rint(magnitude / SMALLEST));
        }
        int bits = Float.floatToRawIntBits(magnitude);
        int even = bits >>> 13 & 1;
        int rounded = (bits + 0xFFF + even) >>> 13; // may carry into the exponent, as it should
        int half = rounded - ((127 - 15) << 10);
        return (short) (sign | Math.min(half, 0x7C00));
    }
}
