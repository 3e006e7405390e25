package org.efficientzoo.zoo.weights;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * A tensor as a checkpoint is to store it, little-endian and row-major.
 *
 * @param name its name
 * @param shape its shape
 * @param type the type of the stored values
 */
record EncodedTensor(String name, Shape shape, Type type) {

    private static final int CHUNK = 1 << 16;
    private static final float MOST_EXACT = 1 << 24; // float32 tells whole numbers apart up to here

    /** The types that are written, those of most bytes first. */
    enum Type {
        INT64("I64", "LongStorage", 8),
        FLOAT32("F32", "FloatStorage", 4),
        FLOAT16("F16", "HalfStorage", 2);

        private final String safetensors;
        private final String storage;
        private final int bytes;

        Type(String safetensors, String storage, int bytes) {
            this.safetensors = safetensors;
            this.storage = storage;
            this.bytes = bytes;
        }

        /** The name in the header of a safetensors file. */
        String safetensors() {
            return safetensors;
        }

        /** The name of PyTorch's storage class. */
        String storage() {
            return storage;
        }
    }

    /** How the tensors of a source are stored, in its order. */
    static List<EncodedTensor> of(TensorSource tensors, Precision floats) {
        return tensors.tensors().entrySet().stream()
                .map(
                        entry ->
                                new EncodedTensor(
                                        entry.getKey(),
                                        entry.getValue().shape(),
                                        type(entry.getKey(), entry.getValue(), floats)))
                .toList();
    }

    private static Type type(String name, TensorInfo info, Precision floats) {
        return switch (info.dataType()) {
            case INT64 -> Type.INT64;
            case FLOAT16, BFLOAT16, FLOAT32, FLOAT64 ->
                    floats == Precision.FLOAT32 ? Type.FLOAT32 : Type.FLOAT16;
            default ->
                    throw new IllegalArgumentException(
                            "the tensor %s must have floats or int64, found %s"
                                    .formatted(name, info.dataType()));
        };
    }

    /** How many values there are. */
    long count() {
        return shape.size();
    }

    /** How many bytes they take. */
    long size() {
        return count() * type.bytes;
    }

    /** Writes the values, which are read from the buffer's position on; the buffer keeps it. */
    void write(FloatBuffer values, OutputStream out) throws IOException {
        if (values.remaining() != count()) {
            throw new IOException(
                    "the tensor %s must have %d values, found %d"
                            .formatted(name, count(), values.remaining()));
        }
        FloatBuffer left = values.duplicate();
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
        while (left.hasRemaining()) {
            chunk.clear();
            encode(left, chunk);
            out.write(chunk.array(), 0, chunk.position());
        }
    }

    private void encode(FloatBuffer values, ByteBuffer chunk) {
        int count = Math.min(values.remaining(), CHUNK / type.bytes);
        switch (type) {
            case FLOAT32 -> {
                chunk.asFloatBuffer().put(values.slice(values.position(), count));
                values.position(values.position() + count);
                chunk.position(count * type.bytes);
            }
            case FLOAT16 -> {
                for (int i = 0; i < count; i++) {
                    chunk.putShort(half(values.get()));
                }
            }
            case INT64 -> {
                for (int i = 0; i < count; i++) {
                    chunk.putLong(whole(values.get()));
                }
            }
        }
    }

    private short half(float value) {
        short half = Float16.of(value);
        if (Float.isFinite(value) && !Float.isFinite(Float32.fromFloat16(half))) {
            throw new IllegalArgumentException(
                    "the values of the tensor %s must be within %s to be float16, found %s"
                            .formatted(name, Float16.LARGEST, value));
        }
        return half;
    }

    private long whole(float value) {
        if (value != Math.rint(value) || Math.abs(value) >= MOST_EXACT) {
            throw new IllegalArgumentException(
                    "the values of the tensor %s must be whole numbers below 2^24, found %s"
                            .formatted(name, value));
        }
        return (long) value;
    }
}
