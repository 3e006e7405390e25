package org.efficientzoo.blocks;

import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import java.util.List;
import java.util.Optional;

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
     * The operation's part in the names of layers.
     *
     * @return a short word, such as {@code conv}
     */
    String label();

    /**
     * The leaf of a convolution, with a batch norm inside or without.
     *
     * @return the leaf, or nothing for another operation
     */
    default Optional<Conv2d> convolution() {
        return Optional.empty();
    }

    /**
     * The leaf that computes the operation and holds its weights.
     *
     * @return the leaf, or nothing for an operation without one
     */
    default Optional<Block> leaf() {
        return Optional.empty();
    }

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

        @Override
        public String label() {
            return "conv";
        }

        @Override
        public Optional<Block> leaf() {
            return Optional.of(conv);
        }

        @Override
        public Optional<Conv2d> convolution() {
            return Optional.of(conv);
        }
    }

    /**
     * A convolution and the batch norm behind it, whose weights can be one: see {@link
     * ForwardGraph#withFoldedNorms}.
     *
     * @param conv the leaf of the convolution
     * @param norm the leaf of the batch norm
     */
    record NormalizedConvolution(Conv2d conv, BatchNorm norm) implements Operation {
        @Override
        public <T> T read(Reading<T> reading, List<T> inputs) {
            return reading.normalizedConv(conv, norm, inputs.get(0));
        }

        @Override
        public String label() {
            return "conv";
        }

        @Override
        public Optional<Block> leaf() {
            return Optional.of(conv);
        }

        @Override
        public Optional<Conv2d> convolution() {
            return Optional.of(conv);
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

        @Override
        public String label() {
            return "norm";
        }

        @Override
        public Optional<Block> leaf() {
            return Optional.of(norm);
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

        @Override
        public String label() {
            return "linear";
        }

        @Override
        public Optional<Block> leaf() {
            return Optional.of(linear);
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

        @Override
        public String label() {
            return "dropout";
        }

        @Override
        public Optional<Block> leaf() {
            return Optional.of(dropout);
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

        @Override
        public String label() {
            return function.label();
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

        @Override
        public String label() {
            return "maxpool";
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

        @Override
        public String label() {
            return "avgpool";
        }
    }

    /** {@link Ops#globalAvgPool}. */
    record GlobalAveragePooling() implements Operation {
        @Override
        public <T> T read(Reading<T> reading, List<T> inputs) {
            return reading.globalAvgPool(inputs.get(0));
        }

        @Override
        public String label() {
            return "avgpool";
        }
    }

    /** {@link Ops#add}. */
    record Addition() implements Operation {
        @Override
        public <T> T read(Reading<T> reading, List<T> inputs) {
            return reading.add(inputs.get(0), inputs.get(1));
        }

        @Override
        public String label() {
            return "add";
        }
    }

    /** {@link Ops#concat(List)}. */
    record Concatenation() implements Operation {
        @Override
        public <T> T read(Reading<T> reading, List<T> inputs) {
            return reading.concat(inputs);
        }

        @Override
        public String label() {
            return "concat";
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

        @Override
        public String label() {
            return "slice";
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

        @Override
        public String label() {
            return "shuffle";
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

        @Override
        public String label() {
            return "shuffle";
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

        @Override
        public String label() {
            return "other";
        }

        @Override
        public Optional<Block> leaf() {
            return Optional.of(block);
        }
    }
}
