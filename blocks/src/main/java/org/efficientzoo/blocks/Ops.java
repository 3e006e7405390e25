package org.efficientzoo.blocks;

import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import java.util.List;

/**
 * The operations that a network is made of, over an abstract feature map.
 *
 * <p>A block's forward pass is written once over these operations and read in many ways: with
 * arrays it computes, with shapes it tells shapes, with a tally it counts, with an interval it
 * measures the receptive field. One implementation is one reading. A feature map has the layout (N,
 * C, H, W), or (N, C) behind {@link #globalAvgPool}.
 *
 * <p>A forward pass cannot look into a {@code T}, so the sequence of its operations is the same in
 * every reading.
 *
 * @param <T> what the reading carries in place of a feature map
 */
public interface Ops<T> {

    /**
     * Applies an operation. All methods below come down to this one; a {@link Reading} tells the
     * operations apart.
     *
     * @param operation the operation
     * @param inputs the values that it takes, as many as its method below does
     * @return the value that it makes
     */
    T apply(Operation operation, List<T> inputs);

    /**
     * Convolves.
     *
     * @param conv the leaf that holds kernel, stride, padding, groups and weights
     * @param x the input, (N, C, H, W)
     * @return (N, filters, H', W')
     */
    default T conv(Conv2d conv, T x) {
        return apply(new Operation.Convolution(conv), List.of(x));
    }

    /**
     * Normalises each channel.
     *
     * @param norm the leaf that holds scale, shift and statistics
     * @param x the input, (N, C, H, W)
     * @return a map of the input's shape
     */
    default T batchNorm(BatchNorm norm, T x) {
        return apply(new Operation.Normalization(norm), List.of(x));
    }

    /**
     * Multiplies by a matrix.
     *
     * @param linear the leaf that holds the weights
     * @param x the input, (N, C)
     * @return (N, units)
     */
    default T linear(Linear linear, T x) {
        return apply(new Operation.FullyConnected(linear), List.of(x));
    }

    /**
     * Drops a share of the values in training, none in inference.
     *
     * @param dropout the leaf that holds the rate
     * @param x the input, of any shape
     * @return a map of the input's shape
     */
    default T dropout(Dropout dropout, T x) {
        return apply(new Operation.RandomDrop(dropout), List.of(x));
    }

    /**
     * Applies an activation function to each value.
     *
     * @param function the function; {@link Nonlinearity#NONE} returns the input itself
     * @param x the input, of any shape
     * @return a map of the input's shape
     */
    default T activation(Nonlinearity function, T x) {
        return function.kind() == Nonlinearity.Kind.NONE
                ? x
                : apply(new Operation.Elementwise(function), List.of(x));
    }

    /**
     * Takes the largest value of each window; padding never wins.
     *
     * @param window the window
     * @param x the input, (N, C, H, W)
     * @return (N, C, H', W')
     */
    default T maxPool(Pooling window, T x) {
        return apply(new Operation.MaxPooling(window), List.of(x));
    }

    /**
     * Takes the mean of each window; padding counts as zeros.
     *
     * @param window the window
     * @param x the input, (N, C, H, W)
     * @return (N, C, H', W')
     */
    default T avgPool(Pooling window, T x) {
        return apply(new Operation.AveragePooling(window), List.of(x));
    }

    /**
     * Takes the mean of each channel.
     *
     * @param x the input, (N, C, H, W)
     * @return (N, C)
     */
    default T globalAvgPool(T x) {
        return apply(new Operation.GlobalAveragePooling(), List.of(x));
    }

    /**
     * Adds value by value.
     *
     * @param a a map
     * @param b a map of the same shape
     * @return a map of the same shape
     */
    default T add(T a, T b) {
        return apply(new Operation.Addition(), List.of(a, b));
    }

    /**
     * Joins maps along the channels, in their order.
     *
     * @param maps at least one map; all agree in N, H and W
     * @return (N, sum of the channels, H, W)
     */
    default T concat(List<T> maps) {
        return apply(new Operation.Concatenation(), maps);
    }

    /**
     * Takes a range of channels.
     *
     * @param from the first channel
     * @param to the channel behind the last
     * @param x the input, (N, C, H, W)
     * @return (N, to - from, H, W)
     */
    default T slice(int from, int to, T x) {
        return apply(new Operation.ChannelRange(from, to), List.of(x));
    }

    /**
     * Shuffles the channels: (N, g, C/g, H, W), the axes g and C/g swapped, (N, C, H, W).
     *
     * @param groups g, which divides the channels
     * @param x the input, (N, C, H, W)
     * @return a map of the input's shape
     * @see <a href="https://arxiv.org/abs/1707.01083">ShuffleNet, section 3.1</a>
     */
    default T shuffle(int groups, T x) {
        return apply(new Operation.Shuffling(groups), List.of(x));
    }

    /**
     * Undoes {@link #shuffle}: (N, C/g, g, H, W), the axes swapped, (N, C, H, W).
     *
     * @param groups g, which divides the channels
     * @param x the input, (N, C, H, W)
     * @return a map of the input's shape
     */
    default T unshuffle(int groups, T x) {
        return apply(new Operation.Unshuffling(groups), List.of(x));
    }

    /**
     * Reads a block of this project inside another one.
     *
     * @param block the inner block
     * @param x its input
     * @return its output
     */
    default T nested(EfficientBlock block, T x) {
        return block.read(this, x);
    }

    /**
     * Reads DJL's own sequence of blocks, to which its owner may add more at any time.
     *
     * @param blocks the sequence
     * @param x its input
     * @return its output
     */
    default T sequence(SequentialBlock blocks, T x) {
        T y = x;
        for (Block child : blocks.getChildren().values()) {
            y = call(child, y);
        }
        return y;
    }

    /**
     * Handles a block that is none of this project's and none of the leaves above; a subclass of
     * one of these is such a block, too.
     *
     * @param block the block
     * @param x its only input
     * @return its only output
     */
    default T other(Block block, T x) {
        return apply(new Operation.Foreign(block), List.of(x));
    }

    /**
     * Reads any block: a block of this project, one of DJL's leaves, a sequence of them, or
     * something unknown.
     *
     * @param block the block
     * @param x its input
     * @return its output
     */
    default T call(Block block, T x) {
        if (block instanceof EfficientBlock efficient) {
            return nested(efficient, x);
        }
        Class<?> type = block.getClass(); // a subclass may compute something else
        if (type == Conv2d.class || type == GroupedConv2d.class) {
            return conv((Conv2d) block, x);
        }
        if (type == BatchNorm.class) {
            return batchNorm((BatchNorm) block, x);
        }
        if (type == Linear.class) {
            return linear((Linear) block, x);
        }
        if (type == Dropout.class) {
            return dropout((Dropout) block, x);
        }
        if (type == SequentialBlock.class && !((SequentialBlock) block).isReturnIntermediate()) {
            return sequence((SequentialBlock) block, x);
        }
        return other(block, x);
    }

    /**
     * Applies {@code max(x, 0)}.
     *
     * @param x the input, of any shape
     * @return a map of the input's shape
     */
    default T relu(T x) {
        return activation(Nonlinearity.RELU, x);
    }

    /**
     * Joins two maps along the channels.
     *
     * @param first the map whose channels come first
     * @param second the map whose channels follow
     * @return (N, sum of the channels, H, W)
     */
    default T concat(T first, T second) {
        return concat(List.of(first, second));
    }
}
