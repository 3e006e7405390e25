package org.efficientzoo.blocks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import ai.djl.nn.norm.BatchNorm;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * What a batch norm does in inference, {@code x * scale + shift} for each channel, in double
 * precision. With weight, bias, mean, variance and epsilon of the norm, {@code scale = weight /
 * sqrt(variance + epsilon)} and {@code shift = bias - mean * scale}.
 */
public final class FoldedNorm {

    private final double[] scale;
    private final double[] shift;

    private FoldedNorm(double[] scale, double[] shift) {
        this.scale = scale;
        this.shift = shift;
    }

    /**
     * Computes both of the values that a batch norm has now.
     *
     * @param norm the batch norm, initialized
     * @return its factors and addends
     */
    public static FoldedNorm of(BatchNorm norm) {
        double[] weight = values(norm, Parameter.Type.GAMMA);
        double[] bias = values(norm, Parameter.Type.BETA);
        double[] mean = values(norm, Parameter.Type.RUNNING_MEAN);
        double[] variance = values(norm, Parameter.Type.RUNNING_VAR);
        double epsilon = LeafSettings.of(norm).exactEpsilon();
        double[] scale = new double[weight.length];
        double[] shift = new double[weight.length];
        for (int c = 0; c < scale.length; c++) {
            scale[c] = weight[c] / Math.sqrt(variance[c] + epsilon);
            shift[c] = bias[c] - mean[c] * scale[c];
        }
        return new FoldedNorm(scale, shift);
    }

    private static double[] values(BatchNorm norm, Parameter.Type type) {
        float[] floats = floats(BlockNames.parameter(norm, type).orElseThrow());
        return IntStream.range(0, floats.length).mapToDouble(i -> floats[i]).toArray();
    }

    /**
     * The values of a parameter.
     *
     * @param parameter the parameter, initialized
     * @return its values in single precision, whatever they are stored in
     */
    public static float[] floats(Parameter parameter) {
        NDArray array = parameter.getArray();
        if (array.getDataType() == DataType.FLOAT32) {
            return array.toFloatArray();
        }
        try (NDArray single = array.toType(DataType.FLOAT32, true)) {
            return single.toFloatArray();
        }
    }

    /**
     * The factors.
     *
     * @return one for each channel
     */
    public double[] scale() {
        return scale.clone();
    }

    /**
     * The addends.
     *
     * @return one for each channel
     */
    public double[] shift() {
        return shift.clone();
    }

    /**
     * Tells whether all values are numbers that can be folded into weights.
     *
     * @return false if one is infinite or no number
     */
    public boolean isFinite() {
        return DoubleStream.concat(DoubleStream.of(scale), DoubleStream.of(shift))
                .allMatch(Double::isFinite);
    }
}
