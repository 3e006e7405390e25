package org.efficientzoo.blocks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import java.util.List;

/** The reading that computes, with the operations of whatever engine the arrays belong to. */
class EagerOps implements Reading<NDArray> {

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
        return PointwiseConv.differentiable(conv, parameters, x, training)
                .orElseGet(() -> leaf(conv, x));
    }

    @Override
    public NDArray batchNorm(BatchNorm norm, NDArray x) {
        return training && FrozenNorm.is(norm)
                ? FrozenNorm.apply(norm, parameters, x)
                : leaf(norm, x);
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
        return function.apply(x);
    }

    @Override
    public NDArray maxPool(Pooling window, NDArray x) {
        Square w = new Square(window);
        NDArray y = Pool.maxPool2d(x, w.kernel(), w.stride(), w.padding(), window.ceilMode());
        return withinWindows(window, x, y);
    }

    @Override
    public NDArray avgPool(Pooling window, NDArray x) {
        Square w = new Square(window);
        NDArray y = Pool.avgPool2d(x, w.kernel(), w.stride(), w.padding(), window.ceilMode(), true);
        return withinWindows(window, x, y);
    }

    /** With ceil mode and padding MXNet also keeps windows that see nothing but padding. */
    private NDArray withinWindows(Pooling window, NDArray x, NDArray y) {
        if (!window.ceilMode()) {
            return y;
        }
        long height = window.outputSize(x.getShape().get(2));
        long width = window.outputSize(x.getShape().get(3));
        Shape found = y.getShape();
        if (found.get(2) == height && found.get(3) == width) {
            return y;
        }
        NDIndex inside =
                new NDIndex().addAllDim().addAllDim().addSliceDim(0, height).addSliceDim(0, width);
        NDArray cropped = y.get(inside);
        if (!training) {
            y.close();
        }
        return cropped;
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
        // MXNet stores what a convolution makes in blocks of channels; its slice of such a map of
        // four axes crashes where the range is no whole number of blocks, that of three does not.
        Shape shape = x.getShape();
        Shape flat = new Shape(shape.get(0), shape.get(1), shape.get(2) * shape.get(3));
        NDArray flattened = x.reshape(flat);
        NDArray range = flattened.get(new NDIndex().addAllDim().addSliceDim(from, to).addAllDim());
        NDArray joined =
                range.reshape(new Shape(shape.get(0), to - from, shape.get(2), shape.get(3)));
        if (!training) {
            flattened.close();
            range.close();
        }
        return joined;
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
