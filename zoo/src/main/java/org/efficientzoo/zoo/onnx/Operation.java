package org.efficientzoo.zoo.onnx;

import ai.djl.nn.Parameter;
import java.util.List;
import org.efficientzoo.blocks.Pooling;
import org.efficientzoo.zoo.image.ChannelOrder;

/** What a {@link Node} does. */
sealed interface Operation {

    /** The input of the graph. */
    record Input() implements Operation {}

    /**
     * Pixels, (N, H, W, 3) of uint8, red first, become planes of floats, less the shift and times
     * the scale of red, green and blue; an empty list is no shift or no scale.
     */
    record Pixels(List<Double> shift, List<Double> scale, ChannelOrder planes)
            implements Operation {}

    /** A convolution; height before width. */
    record Convolution(
            Kernel kernel,
            List<Long> sides,
            List<Long> strides,
            List<Long> padding,
            List<Long> dilations)
            implements Operation {

        boolean isDense() {
            return kernel.groups() == 1;
        }

        /** Each channel is filtered alone and stays one channel. */
        boolean isDepthwise() {
            return !isDense()
                    && kernel.inputsPerGroup() == 1
                    && kernel.groups() == kernel.outputs();
        }

        Convolution with(Kernel other) {
            return new Convolution(other, sides, strides, padding, dilations);
        }
    }

    /** A multiplication by a matrix. */
    record Linear(Kernel kernel) implements Operation {}

    /** A batch norm that stays one. */
    record Norm(String name, Affine affine) implements Operation {}

    /** The parameters of a batch norm, each a value a channel. */
    record Affine(
            Parameter weight,
            Parameter bias,
            Parameter runningMean,
            Parameter runningVar,
            float epsilon) {}

    /** A function of each value, by the name of the ONNX operator. */
    record Function(String type) implements Operation {}

    /** {@code min(max(x, 0), 6)}. */
    record Relu6() implements Operation {}

    /** {@code x} where positive, {@code slope * x} elsewhere. */
    record LeakyRelu(float slope) implements Operation {}

    /** The largest value of each window. */
    record MaxPool(Pooling window) implements Operation {}

    /** The mean of each window; padding counts as zeros. */
    record AvgPool(Pooling window) implements Operation {}

    /** The mean of each channel, (N, C). */
    record GlobalAvgPool() implements Operation {}

    /** A sum, value by value. */
    record Add() implements Operation {}

    /** Maps joined along the channels. */
    record Concat() implements Operation {}

    /** A range of channels. */
    record Slice(int from, int to) implements Operation {}

    /** The channels as (rows, C/rows), the axes swapped. */
    record Shuffle(int rows) implements Operation {}

    /** Probabilities of the classes. */
    record Softmax() implements Operation {}
}
