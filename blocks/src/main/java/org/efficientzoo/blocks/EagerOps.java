package org.efficientzoo.blocks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import java.util.List;

/** The reading that computes, with the operations of whatever engine the arrays belong to. */
class EagerOps implements Ops<NDArray> {

    private final ParameterStore parameters;
    private final boolean training;

    EagerOps(ParameterStore parameters, boolean training) {
        this.parameters = parameters;
        this.training = training;
    }

    final ParameterStore parameters() {
        return parameters;
    }

    private NDArray leaf(Block block, NDArray x) {
        return block.forward(parameters, new NDList(x), training).singletonOrThrow();
    }

    @Override
    public NDArray conv(Conv2d conv, NDArray x) {
        return leaf(conv, x);
    }

    @Override
    public NDArray batchNorm(BatchNorm norm, NDArray x) {
        return leaf(norm, x);
    }

    @Override
    public NDArray linear(Linear linear, NDArray x) {
        return leaf(linear, x);
    }

    @Override
    public NDArray dropout(Dropout dropout, NDArray x) {
        return training ? leaf(dropout, x) : x;
    }

    @Override
    public NDArray activation(Nonlinearity function, NDArray x) {
        return switch (function.kind()) {
            case NONE -> x;
            case RELU -> Activation.relu(x);
            case RELU6 -> x.clip(0, 6);
            case LEAKY_RELU -> Activation.leakyRelu(x, function.slope());
        };
    }

    @Override
    public NDArray maxPool(Pooling window, NDArray x) {
        Square w = new Square(window);
        return Pool.maxPool2d(x, w.kernel(), w.stride(), w.padding(), window.ceilMode());
    }

    @Override
    public NDArray avgPool(Pooling window, NDArray x) {
        Square w = new Square(window);
        return Pool.avgPool2d(x, w.kernel(), w.stride(), w.padding(), window.ceilMode(), true);
    }

    @Override
    public NDArray globalAvgPool(NDArray x) {
        return Pool.globalAvgPool2d(x);
    }

    @Override
    public NDArray add(NDArray a, NDArray b) {
        return a.add(b);
    }

    @Override
    public NDArray concat(List<NDArray> maps) {
        return NDArrays.concat(new NDList(maps), 1);
    }

    @Override
    public NDArray slice(int from, int to, NDArray x) {
        return x.get(new NDIndex().addAllDim().addSliceDim(from, to).addEllipseDim());
    }

    @Override
    public NDArray shuffle(int groups, NDArray x) {
        return swapChannelAxes(groups, x.getShape().get(1) / groups, x);
    }

    @Override
    public NDArray unshuffle(int groups, NDArray x) {
        return swapChannelAxes(x.getShape().get(1) / groups, groups, x);
    }

    private NDArray swapChannelAxes(long outer, long inner, NDArray x) {
        Shape shape = x.getShape();
        Shape split = new Shape(shape.get(0), outer, inner, shape.get(2), shape.get(3));
        NDArray grouped = x.reshape(split);
        NDArray swapped = grouped.swapAxes(1, 2);
        NDArray joined = swapped.reshape(shape);
        if (!training) {
            grouped.close();
            swapped.close();
        }
        return joined;
    }

    @Override
    public NDArray other(Block block, NDArray x) {
        return leaf(block, x);
    }

    private record Square(Shape kernel, Shape stride, Shape padding) {

        Square(Pooling window) {
            this(of(window.kernel()), of(window.stride()), of(window.padding()));
        }

        private static Shape of(int side) {
            return new Shape(side, side);
        }
    }
}
