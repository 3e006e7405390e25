package org.efficientzoo.zoo.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Weights as int8 and biases as int32, with a scale for each output channel.
 *
 * <p>AVX2 has an instruction that multiplies 255 and a weight, does so with their neighbours, and
 * adds both up in 16 bits. So two neighbours of one sign may not pass 128 together; processors with
 * VNNI would not need that.
 */
final class QuantizedWeights {

    private static final int LARGEST = 127;
    private static final double LARGEST_BIAS = 1 << 30;

    private final float[] scales;
    private final byte[] values;
    private final byte[] biases;

    private QuantizedWeights(float[] scales, byte[] values, byte[] biases) {
        this.scales = scales;
        this.values = values;
        this.biases = biases;
    }

    /** The scale of each output channel. */
    float[] scales() {
        return scales;
    }

    /** The weights. */
    byte[] values() {
        return values;
    }

    /** The biases, little-endian, in units of the scales times that of the input. */
    byte[] biases() {
        return biases;
    }

    /**
     * Rounds.
     *
     * @param weights the weights
     * @param shape their shape, (outputs, inputs, …)
     * @param bias a value for each output, or none
     * @param inputScale the scale of what they are multiplied by
     * @param depthwise whether products are added up in 32 bits, as they are for each channel alone
     */
    static QuantizedWeights of(
            float[] weights, List<Long> shape, float[] bias, double inputScale, boolean depthwise) {
        int outputs = Math.toIntExact(shape.get(0));
        int each = weights.length / outputs;
        int area = each / Math.toIntExact(shape.get(1));
        float[] scales = new float[outputs];
        byte[] values = new byte[weights.length];
        ByteBuffer biases =
                ByteBuffer.allocate(Integer.BYTES * bias.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int o = 0; o < outputs; o++) {
            int from = o * each;
            double largest = largest(weights, from, from + each, area, depthwise);
            if (bias.length > 0) { // which must fit into 32 bits
                largest =
                        Math.max(
                                largest, LARGEST * Math.abs(bias[o]) / (inputScale * LARGEST_BIAS));
            }
            scales[o] = (float) (largest / LARGEST);
            for (int i = from; i < from + each; i++) {
                values[i] = (byte) Math.rint(weights[i] / scales[o]);
            }
            if (bias.length > 0) {
                biases.putInt((int) Math.rint(bias[o] / (inputScale * scales[o])));
            }
        }
        return new QuantizedWeights(scales, values, biases.array());
    }

    /**
     * The largest weight of an output, or two neighbours, as a runtime may order them: side by side
     * in the kernel, or with the channels of a pixel together, where the last one's neighbour is
     * the first one of the next pixel.
     */
    private static double largest(float[] weights, int from, int to, int area, boolean depthwise) {
        double largest = Float.MIN_NORMAL;
        int last = to - area; // the last channel's first weight
        for (int i = from; i < to; i++) {
            float weight = weights[i];
            largest = Math.max(largest, Math.abs(weight));
            if (!depthwise) {
                largest = Math.max(largest, i + 1 < to ? together(weight, weights[i + 1]) : 0);
                boolean first = i > from && i < from + area;
                int before = first ? last + i - from - 1 : i - area;
                largest = Math.max(largest, before >= from ? together(weight, weights[before]) : 0);
            }
        }
        return largest;
    }

    private static double together(float a, float b) {
        return a * b > 0 ? Math.abs((double) a + b) : 0;
    }
}
