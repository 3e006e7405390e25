package org.efficientzoo.zoo.onnx;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.Arrays;
import java.util.Optional;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.FoldedNorm;

/**
 * The weights of a convolution or a linear layer and what is to be done to them, in double
 * precision, until they are rounded once when they are written.
 *
 * <p>The weight w of output o and input i becomes {@code w * outputScale[o] * inputScale[i]}, the
 * bias b of output o becomes {@code b * outputScale[o] + shift[o]}.
 */
final class Kernel {

    private final String prefix;
    private final Parameter weight;
    private final Optional<Parameter> bias;
    private final Shape shape;
    private final int groups;
    private final double[] outputScale;
    private final double[] inputScale;
    private final double[] shift;
    private final boolean shifted;

    private Kernel(
            Kernel from,
            double[] outputScale,
            double[] inputScale,
            double[] shift,
            boolean shifted) {
        this.prefix = from.prefix;
        this.weight = from.weight;
        this.bias = from.bias;
        this.shape = from.shape;
        this.groups = from.groups;
        this.outputScale = outputScale;
        this.inputScale = inputScale;
        this.shift = shift;
        this.shifted = shifted;
    }

    /**
     * Takes the weights as they are.
     *
     * @param prefix the name of the layer and a dot, or nothing
     * @param leaf the layer, with weights (outputs, inputs of a group, …) and maybe biases
     *     (outputs)
     * @param groups the groups of a convolution, 1 of a linear layer
     */
    Kernel(String prefix, Block leaf, int groups) {
        this.prefix = prefix;
        this.weight = BlockNames.parameter(leaf, Parameter.Type.WEIGHT).orElseThrow();
        this.bias = BlockNames.parameter(leaf, Parameter.Type.BIAS);
        this.shape = weight.getArray().getShape();
        this.groups = groups;
        this.outputScale = ones(outputs());
        this.inputScale = ones(inputsPerGroup() * groups);
        this.shift = new double[outputs()];
        this.shifted = bias.isPresent();
    }

    private static double[] ones(int count) {
        double[] ones = new double[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** What stands before the names of its tensors. */
    String prefix() {
        return prefix;
    }

    int groups() {
        return groups;
    }

    int outputs() {
        return (int) shape.get(0);
    }

    int inputsPerGroup() {
        return (int) shape.get(1);
    }

    /** The weights of one output and one input. */
    private int area() {
        return (int) shape.slice(2).size();
    }

    boolean hasBias() {
        return shifted;
    }

    /** The same followed by a batch norm. */
    Kernel followedBy(FoldedNorm norm) {
        double[] scale = norm.scale();
        double[] addend = norm.shift();
        double[] scales = outputScale.clone();
        double[] shifts = shift.clone();
        for (int o = 0; o < scales.length; o++) {
            scales[o] *= scale[o];
            shifts[o] = shifts[o] * scale[o] + addend[o];
        }
        return new Kernel(this, scales, inputScale, shifts, true);
    }

    /** The same preceded by {@code x * scale}, for each input. */
    Kernel precededBy(double[] scale) {
        double[] scales = inputScale.clone();
        for (int i = 0; i < scales.length; i++) {
            scales[i] *= scale[i];
        }
        return new Kernel(this, outputScale, scales, shift, shifted);
    }

    /**
     * The same preceded by {@code x - subtrahend}, for each input; right where nothing is padded.
     */
    Kernel precededByMinus(double[] subtrahend) {
        float[] weights = weight.getArray().toFloatArray();
        double[] shifts = shift.clone();
        int perOutput = inputsPerGroup() * area();
        for (int i = 0; i < weights.length; i++) {
            int output = i / perOutput;
            int input = output / (outputs() / groups) * inputsPerGroup() + i % perOutput / area();
            shifts[output] -=
                    weights[i] * outputScale[output] * inputScale[input] * subtrahend[input];
        }
        return new Kernel(this, outputScale, inputScale, shifts, true);
    }

    /** The shape of the weights with that many outputs and inputs a group. */
    long[] shape(int outputCount, int inputCount) {
        long[] dimensions = shape.getShape().clone();
        dimensions[0] = outputCount;
        dimensions[1] = inputCount;
        return dimensions;
    }

    /**
     * The weights, rounded.
     *
     * @param outputs which output stands at each place, {@link Order#DEAD} for zeros
     * @param inputs which input of its group stands at each place, or {@link Order#DEAD}
     */
    float[] weights(Order outputs, Order inputs) {
        float[] from = weight.getArray().toFloatArray();
        int area = area();
        float[] to = new float[Math.multiplyExact(outputs.size() * inputs.size(), area)];
        for (int o = 0; o < outputs.size(); o++) {
            int output = outputs.at(o);
            for (int i = 0; i < inputs.size() && output != Order.DEAD; i++) {
                int input = inputs.at(i);
                if (input == Order.DEAD) {
                    continue;
                }
                int group = output / (outputs() / groups);
                double scale = outputScale[output] * inputScale[group * inputsPerGroup() + input];
                int source = (output * inputsPerGroup() + input) * area;
                int target = (o * inputs.size() + i) * area;
                for (int k = 0; k < area; k++) {
                    to[target + k] = (float) (from[source + k] * scale);
                }
            }
        }
        return to;
    }

    /** The biases, rounded. */
    float[] biases(Order outputs) {
        Optional<float[]> from = bias.map(parameter -> parameter.getArray().toFloatArray());
        return outputs.pick(
                o -> (float) (from.map(b -> b[o] * outputScale[o]).orElse(0.0) + shift[o]), 0);
    }
}
