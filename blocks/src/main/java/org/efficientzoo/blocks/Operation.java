package org.efficientzoo.blocks;

import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import java.util.List;

/**
 * One operation of a forward pass, without its inputs. {@link Ops} says what each one computes and
 * which shapes it takes.
 *
 * <p>A new operation is a record here, a method of {@link Ops} for authors and one of {@link
 * Reading}, which every reading must then implement: a forgotten one does not compile.
 */
public sealed interface Operation {

    /**
     * Reads the operation.
     *
     * @param reading what reads it
     * @param inputs the values that it takes, as many as the method of {@link Ops} does
     * @param <T> what the reading carries
     * @return the value that it makes
     */
    <T> T read(Reading<T> reading, List<T> inputs);

    /**
     * {@link Ops#conv}.
     *
     * @param conv the leaf that holds kernel, stride, padding, groups and weights
     */
    record Convolution(Conv2d conv) implements Operation {
        @Override
        public <T> T read(Reading<T> reading, List<T> inputs) {
            return reading.conv(conv, inputs.get(0));
        }
    }

    /**
     * {@link Ops#batchNorm}.
     *
     * @param norm the leaf that holds scale, shift and statistics
     */
    record Normalization(BatchNorm norm) implements Operation {
        @Override
        public <T> T read(Reading<T> reading, List<T> inputs) {
            return reading.batchNorm(norm, inputs.get(0));
        }
    }

    /**
     * {@link Ops#linear}.
     *
     * @param linear the leaf that holds the weights
     */
    record FullyConnected(Linear linear) implements Operation {
        @Override
        public <T> T read(Reading<T> reading, List<T> inputs) {
            return reading.linear(linear, inputs.get(0));
        }
    }

    /**
     * {@link Ops#dropout}.
     *
     * @param dropout the leaf that holds the rate
     */
    record RandomDrop(Dropout dropout) implements Operation {
        @Override
        public <T> T read(Reading<T> reading, List<T> inputs) {
            return reading.dropout(dropout, inputs.get(0));
        }
    }

    /**
     * {@link Ops#activation}.
     *
     * @param function the function, other than none
     */
    record Elementwise(Nonlinearity function) implements Operation {
        @Override
        public <T> T read(Reading<T> reading, List<T> inputs) {
            return reading.activation(function, inputs.get(0));
        }
    }

    /**
     * {@link Ops#maxPool}.
     *
     * @param window the window
     */
    record MaxPooling(Pooling window) implements Operation {
        @Override
        public <T> T read(Reading<T> reading, List<T> inputs) {
            return reading.maxPool(window, inputs.get(0));
        }
    }

    /**
     * {@link Ops#avgPool}.
     *
     * @param window the window
     */
    record AveragePooling(Pooling window) implements Operation {
        @Override
        public <T> T read(Reading<T> reading, List<T> inputs) {
            return reading.avgPool(window, inputs.get(0));
        }
    }

    /** {@link Ops#globalAvgPool}. */
    record GlobalAveragePooling() implements Operation {
        @Override
        public <T> T read(Reading<T> reading, List<T> inputs) {
            return reading.globalAvgPool(inputs.get(0));
        }
    }

    /** {@link Ops#add}. */
    record Addition() implements Operation {
        @Override
        public <T> T read(Reading<T> reading, List<T> inputs) {
            return reading.add(inputs.get(0), inputs.get(1));
        }
    }

    /** {@link Ops#concat(List)}. */
    record Concatenation() implements Operation {
        @Override
        public <T> T read(Reading<T> reading, List<T> inputs) {
            return reading.concat(inputs);
        }
    }

    /**
     * {@link Ops#slice}.
     *
     * @param from the first channel
     * @param to the channel behind the last
     */
    record ChannelRange(int from, int to) implements Operation {
        @Override
        public <T> T read(Reading<T> reading, List<T> inputs) {
            return reading.slice(from, to, inputs.get(0));
        }
    }

    /**
     * {@link Ops#shuffle}.
     *
     * @param groups into how many groups the channels are split
     */
    record Shuffling(int groups) implements Operation {
        @Override
        public <T> T read(Reading<T> reading, List<T> inputs) {
            return reading.shuffle(groups, inputs.get(0));
        }
    }

    /**
     * {@link Ops#unshuffle}.
     *
     * @param groups of the shuffle that it undoes
     */
    record Unshuffling(int groups) implements Operation {
        @Override
        public <T> T read(Reading<T> reading, List<T> inputs) {
            return reading.unshuffle(groups, inputs.get(0));
        }
    }

    /**
     * {@link Ops#other}.
     *
     * @param block a block that is none of the project's and none of the leaves above
     */
    record Foreign(Block block) implements Operation {
        @Override
        public <T> T read(Reading<T> reading, List<T> inputs) {
            return reading.other(block, inputs.get(0));
        }
    }
}
