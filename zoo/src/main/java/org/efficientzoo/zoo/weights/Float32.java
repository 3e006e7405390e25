package org.efficientzoo.zoo.weights;

import ai.djl.ndarray.types.DataType;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** Converts stored values of any type to float32. */
final class Float32 {

    private Float32() {}

    /** Stored values, each converted when it is asked for. */
    private interface Elements {
        float get(int index);
    }

    /**
     * Converts; values that are float32 already are not copied.
     *
     * @param type the type of the stored values
     * @param bytes the values, in the byte order of the buffer, from position 0
     * @param count how many there are
     */
    static FloatBuffer from(DataType type, ByteBuffer bytes, int count) {
        if (type == DataType.FLOAT32) {
            return bytes.asFloatBuffer().slice(0, count);
        }
        Elements elements = elements(type, bytes);
        FloatBuffer floats = FloatBuffer.allocate(count);
        for (int i = 0; i < count; i++) {
            floats.put(elements.get(i));
        }
        return floats.flip();
    }

    /**
     * Converts and brings into row-major order.
     *
     * @param bytes the values from the layout's offset on
     */
    static FloatBuffer gather(DataType type, ByteBuffer bytes, Layout layout) {
        Elements elements = elements(type, bytes);
        FloatBuffer floats = FloatBuffer.allocate(Math.toIntExact(layout.count()));
        int rank = layout.shape().size();
        long[] index = new long[rank];
        long position = 0;
        while (floats.hasRemaining()) {
            floats.put(elements.get((int) position));
            for (int i = rank - 1; i >= 0; i--) {
                position += layout.stride().get(i);
                if (++index[i] < layout.shape().get(i)) {
                    break;
                }
                position -= index[i] * layout.stride().get(i);
                index[i] = 0;
            }
        }
        return floats.flip();
    }

    private static Elements elements(DataType type, ByteBuffer bytes) {
        return switch (type) {
            case FLOAT32 -> i -> bytes.getFloat(4 * i);
            case FLOAT64 -> i -> (float) bytes.getDouble(8 * i);
            case FLOAT16 -> i -> fromFloat16(bytes.getShort(2 * i));
            case BFLOAT16 -> i -> Float.intBitsToFloat(bytes.getShort(2 * i) << 16);
            case INT64 -> i -> (float) bytes.getLong(8 * i);
            case INT32 -> i -> (float) bytes.getInt(4 * i);
            case INT16 -> i -> bytes.getShort(2 * i);
            case INT8 -> i -> bytes.get(i);
            case UINT8, BOOLEAN -> i -> bytes.get(i) & 0xFF;
            default -> throw new IllegalArgumentException("no conversion from " + type);
        };
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
