package org.efficientzoo.zoo.weights;

/** Rounds to IEEE 754's binary16: a sign, 5 bits of exponent, 10 of fraction. */
public final class Float16 {

    /** The largest finite value. */
    public static final float LARGEST = 65504;

    private static final int SMALLEST_NORMAL = 0x38800000; // the bits of 2^-14 as a float
    private static final int BEYOND = 0x47800000; // those of 2^16
    private static final int INFINITY = 0x7F800000;
    private static final int REBIAS = (127 - 15) << 23;

    private Float16() {}

    /**
     * Rounds to the nearest half, to the even one on a tie; what is too large becomes infinite.
     *
     * @param value the value
     * @return the bits of the half
     */
    public static short of(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        int magnitude = bits & 0x7FFFFFFF;
        return (short) (sign | half(magnitude));
    }

    private static int half(int magnitude) {
        if (magnitude > INFINITY) {
            return 0x7E00 | (magnitude >>> 13 & 0x1FF); // a quiet NaN
        }
        if (magnitude >= BEYOND) {
            return 0x7C00;
        }
        if (magnitude < SMALLEST_NORMAL) { // a subnormal half counts steps of 2^-24
            return (int) Math.rint(Float.intBitsToFloat(magnitude) * 0x1p24);
        }
        int rebiased = magnitude - REBIAS;
        int even = rebiased >>> 13 & 1;
        return (rebiased + 0xFFF + even) >>> 13; // a carry goes on into the exponent, as it should
    }
}
