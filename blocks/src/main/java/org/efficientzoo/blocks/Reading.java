package org.efficientzoo.blocks;

import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import java.util.List;

/**
 * A reading that tells the operations apart: it says of each one what it makes of its inputs. One
 * that treats all operations alike implements {@link Ops#apply} instead.
 *
 * @param <T> what the reading carries in place of a feature map
 */
public interface Reading<T> extends Ops<T> {

    @Override
    default T apply(Operation operation, List<T> inputs) {
        return operation.read(this, inputs);
    }

    @Override
    T conv(Conv2d conv, T x);

    @Override
    T batchNorm(BatchNorm norm, T x);

    /**
     * Convolves and normalizes, as {@link Operation.NormalizedConvolution} says.
     *
     * @param conv the leaf of the convolution
     * @param norm the leaf of the batch norm
     * @param x the input, (N, C, H, W)
     * @return (N, filters, H', W')
     */
    default T normalizedConv(Conv2d conv, BatchNorm norm, T x) {
        return batchNorm(norm, conv(conv, x));
    }

    @Override
    T linear(Linear linear, T x);

    @Override
    T dropout(Dropout dropout, T x);

    @Override
    T activation(Nonlinearity function, T x);

    @Override
    T maxPool(Pooling window, T x);

    @Override
    T avgPool(Pooling window, T x);

    @Override
    T globalAvgPool(T x);

    @Override
    T add(T a, T b);

    @Override
    T concat(List<T> maps);

    @Override
    T slice(int from, int to, T x);

    @Override
    T shuffle(int groups, T x);

    @Override
    T unshuffle(int groups, T x);

    @Override
    T other(Block block, T x);
}
