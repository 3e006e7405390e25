package org.efficientzoo.zoo.weights;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tensors that a test names one by one. */
public class GivenTensors implements TensorSource {

    /** What float32 has beside numbers of usual size, as bits. */
    static final int[] SPECIAL = {
        0x80000000, // -0
        0x7F800000, // infinity
        0xFF800000,
        0x7FC00000, // not a number
        0xFFC12345, // another one, with a payload
        0x00000001, // the least denormal
        0x807FFFFF, // the largest negative one
        0x00800000, // the least normal number
        0x7F7FFFFF, // the largest one
        0x3F800001 // the next after 1
    };

    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final Map<String, float[]> values = new LinkedHashMap<>();

    public GivenTensors with(String name, DataType type, Shape shape, float... given) {
        tensors.put(name, new TensorInfo(type, shape));
        values.put(name, given);
        return this;
    }

    GivenTensors with(String name, Shape shape, float... given) {
        return with(name, DataType.FLOAT32, shape, given);
    }

    /** All tensors of a source, whose values a test changes in place. */
    public static GivenTensors of(TensorSource source) throws IOException {
        GivenTensors all = new GivenTensors();
        for (Map.Entry<String, TensorInfo> tensor : source.tensors().entrySet()) {
            FloatBuffer read = source.read(tensor.getKey());
            float[] floats = new float[read.remaining()];
            read.get(floats);
            all.with(
                    tensor.getKey(),
                    tensor.getValue().dataType(),
                    tensor.getValue().shape(),
                    floats);
        }
        return all;
    }

    public float[] values(String name) {
        return values.get(name);
    }

    static float[] special() {
        float[] floats = new float[SPECIAL.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = Float.intBitsToFloat(SPECIAL[i]);
        }
        return floats;
    }

    static int[] bits(FloatBuffer floats) {
        int[] bits = new int[floats.remaining()];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(floats.get(floats.position() + i));
        }
        return bits;
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return tensors;
    }

    @Override
    public FloatBuffer read(String name) {
        return FloatBuffer.wrap(values.get(name));
    }

    @Override
    public String description() {
        return "the test";
    }

    @Override
    public void close() {}
}
