package org.efficientzoo.blocks;

import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import java.util.List;

/**
 * A reading in inference to which most operations are alike: they have operands and make a new
 * value. What hands its operand on as it is, dropout and no activation, is no operation.
 */
abstract class UniformOps<T> implements Ops<T> {

    /** Some operation. */
    abstract T operation(List<T> operands);

    @Override
    public T conv(Conv2d conv, T x) {
        return operation(List.of(x));
    }

    @Override
    public T batchNorm(BatchNorm norm, T x) {
        return operation(List.of(x));
    }

    @Override
    public T linear(Linear linear, T x) {
        return operation(List.of(x));
    }

    @Override
    public T dropout(Dropout dropout, T x) {
        return x; // the very same array in inference
    }

    @Override
    public T activation(Nonlinearity function, T x) {
        return function.kind() == Nonlinearity.Kind.NONE ? x : operation(List.of(x));
    }

    @Override
    public T maxPool(Pooling window, T x) {
        return operation(List.of(x));
    }

    @Override
    public T avgPool(Pooling window, T x) {
        return operation(List.of(x));
    }

    @Override
    public T globalAvgPool(T x) {
        return operation(List.of(x));
    }

    @Override
    public T add(T a, T b) {
        return operation(List.of(a, b));
    }

    @Override
    public T concat(List<T> maps) {
        return operation(maps);
    }

    @Override
    public T slice(int from, int to, T x) {
        return operation(List.of(x));
    }

    @Override
    public T shuffle(int groups, T x) {
        return operation(List.of(x));
    }

    @Override
    public T unshuffle(int groups, T x) {
        return operation(List.of(x));
    }

    @Override
    public T other(Block block, T x) {
        return operation(List.of(x));
    }
}
