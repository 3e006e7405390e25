package org.efficientzoo.zoo.onnx;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import java.util.Collections;
import java.util.List;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.Nonlinearity;
import org.efficientzoo.blocks.Operation;
import org.efficientzoo.blocks.Pooling;
import org.efficientzoo.blocks.Reading;

/** What an operation does with the channels of its inputs. */
enum ChannelUse {
    /** It moves them: one map behind the other. */
    JOINS,
    /** It moves them: a range of them. */
    SELECTS,
    /** It moves them: rows and columns swapped. */
    SHUFFLES,
    /** It takes them in any order, and gives its own in any order. */
    TAKES_ANY,
    /** It treats each one alone, and gives as many in the same order. */
    KEEPS,
    /** It needs the order of the network's description. */
    NEEDS_NATURAL;

    private static final OfOperation READING = new OfOperation();

    /** Tells it of an operation. */
    static ChannelUse of(Operation operation) {
        return operation.read(READING, Collections.nCopies(2, KEEPS)); // the inputs do not matter
    }

    /** Whether it computes nothing. */
    boolean isMove() {
        return this == JOINS || this == SELECTS || this == SHUFFLES;
    }

    static boolean isDense(Conv2d conv) {
        return conv.getGroups() == 1;
    }

    /** Whether each channel is filtered alone and stays one channel. */
    static boolean isDepthwise(Conv2d conv) {
        return !isDense(conv) && conv.getGroups() == conv.getFilters() && inputs(conv) == 1;
    }

    private static long inputs(Conv2d conv) {
        return BlockNames.parameter(conv, Parameter.Type.WEIGHT).orElseThrow().getShape().get(1);
    }

    private static final class OfOperation implements Reading<ChannelUse> {

        @Override
        public ChannelUse conv(Conv2d conv, ChannelUse x) {
            if (isDense(conv)) {
                return TAKES_ANY;
            }
            return isDepthwise(conv) ? KEEPS : NEEDS_NATURAL;
        }

        @Override
        public ChannelUse normalizedConv(Conv2d conv, BatchNorm norm, ChannelUse x) {
            return conv(conv, x);
        }

        @Override
        public ChannelUse batchNorm(BatchNorm norm, ChannelUse x) {
            return KEEPS;
        }

        @Override
        public ChannelUse linear(Linear linear, ChannelUse x) {
            return TAKES_ANY;
        }

        @Override
        public ChannelUse dropout(Dropout dropout, ChannelUse x) {
            return KEEPS;
        }

        @Override
        public ChannelUse activation(Nonlinearity function, ChannelUse x) {
            return KEEPS;
        }

        @Override
        public ChannelUse maxPool(Pooling window, ChannelUse x) {
            return KEEPS;
        }

        @Override
        public ChannelUse avgPool(Pooling window, ChannelUse x) {
            return KEEPS;
        }

        @Override
        public ChannelUse globalAvgPool(ChannelUse x) {
            return KEEPS;
        }

        @Override
        public ChannelUse add(ChannelUse a, ChannelUse b) {
            return NEEDS_NATURAL;
        }

        @Override
        public ChannelUse concat(List<ChannelUse> maps) {
            return JOINS;
        }

        @Override
        public ChannelUse slice(int from, int to, ChannelUse x) {
            return SELECTS;
        }

        @Override
        public ChannelUse shuffle(int groups, ChannelUse x) {
            return SHUFFLES;
        }

        @Override
        public ChannelUse unshuffle(int groups, ChannelUse x) {
            return SHUFFLES;
        }

        @Override
        public ChannelUse other(Block block, ChannelUse x) {
            return NEEDS_NATURAL;
        }
    }
}
