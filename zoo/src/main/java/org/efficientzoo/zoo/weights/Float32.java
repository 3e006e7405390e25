package org.efficientzoo.zoo.weights;

import ai.djl.ndarray.types.DataType;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;

/** Converts stored values of any type to float32. */
final class Float32 {

    private Float32() {}

    /**
     * Converts.
     *
     * @param type the type of the stored values
     * @param bytes the values, in the byte order of the buffer
     * @param count how many there are
     */
    static FloatBuffer from(DataType type, ByteBuffer bytes, int count) {
        FloatBuffer floats = FloatBuffer.allocate(count);
        switch (type) {
            case FLOAT32 -> floats.put(bytes.asFloatBuffer());
            case FLOAT64 -> {
                for (int i = 0; i < count; i++) {
                    floats.put((float) bytes.getDouble());
                }
            }
            case FLOAT16 -> {
                for (int i = 0; i < count; i++) {
                    floats.put(fromFloat16(bytes.getShort()));
                }
            }
            case BFLOAT16 -> {
                for (int i = 0; i < count; i++) {
                    floats.put(Float.intBitsToFloat(bytes.getShort() << 16));
                }
            }
            case INT64 -> {
                LongBuffer longs = bytes.asLongBuffer();
                for (int i = 0; i < count; i++) {
                    floats.put((float) longs.get());
                }
            }
            case INT32 -> {
                for (int i = 0; i < count; i++) {
                    floats.put((float) bytes.getInt());
                }
            }
            case INT16 -> {
                for (int i = 0; i < count; i++) {
                    floats.put(bytes.getShort());
                }
            }
            case INT8 -> {
                for (int i = 0; i < count; i++) {
                    floats.put(bytes.get());
                }
            }
            case UINT8, BOOLEAN -> {
                for (int i = 0; i < count; i++) {
                    floats.put(bytes.get() & 0xFF);
                }
            }
            default -> throw new IllegalArgumentException("no conversion from " + type);
        }
        return floats.flip();
    }

    /** IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. */
    static float fromFloat16(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = (half >> 10) & 0x1F;
        int fraction = half & 0x3FF;
        if (exponent == 0) { // zero or subnormal: fraction × 2^-24
            float magnitude = fraction * 0x1p-24f;
            return Float.intBitsToFloat(Float.floatToRawIntBits(magnitude) | sign);
        }
        int bits = exponent == 0x1F ? 0xFF : exponent - 15 + 127;
        return Float.intBitsToFloat(sign | bits << 23 | fraction << 13);
    }
}
