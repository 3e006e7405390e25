package org.efficientzoo.blocks;

import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import java.util.ArrayList;
import java.util.List;

/**
 * A reading that finds the last use of each intermediate value of a block.
 *
 * <p>The operations of a forward pass always come in the same order, so that the n-th operation of
 * this reading is the n-th operation of every other one. A value is the number of the operation
 * that made it; the block's input is {@link #INPUT}.
 */
final class LastUses {

    private static final int INPUT = -1;

    /** What becomes of an operand once its operation is done. */
    enum Fate {
        /** It is needed later, or it is the result. */
        KEEP,
        /** It was made inside the block and nobody needs it any more. */
        RELEASE,
        /** It is the block's input, which the block itself does not need any more. */
        RELEASE_IF_OWNED
    }

    private final List<List<Fate>> fates;

    private LastUses(List<List<Fate>> fates) {
        this.fates = fates;
    }

    static LastUses of(EfficientBlock block) {
        Recorder recorder = new Recorder();
        int result = block.read(recorder, INPUT);
        return new LastUses(recorder.fates(result));
    }

    Fate fate(int operation, int operand) {
        return fates.get(operation).get(operand);
    }

    private static final class Recorder implements Ops<Integer> {

        private final List<List<Integer>> operands = new ArrayList<>();

        private Integer operation(List<Integer> values) {
            operands.add(List.copyOf(values));
            return operands.size() - 1;
        }

        private Integer operation(Integer value) {
            return operation(List.of(value));
        }

        List<List<Fate>> fates(int result) {
            List<List<Fate>> all = new ArrayList<>();
            for (int i = 0; i < operands.size(); i++) {
                List<Fate> row = new ArrayList<>();
                List<Integer> values = operands.get(i);
                for (int k = 0; k < values.size(); k++) {
                    int value = values.get(k);
                    boolean needed =
                            value == result
                                    || values.subList(k + 1, values.size()).contains(value)
                                    || operands.subList(i + 1, operands.size()).stream()
                                            .anyMatch(later -> later.contains(value));
                    Fate last = value == INPUT ? Fate.RELEASE_IF_OWNED : Fate.RELEASE;
                    row.add(needed ? Fate.KEEP : last);
                }
                all.add(List.copyOf(row));
            }
            return List.copyOf(all);
        }

        @Override
        public Integer conv(Conv2d conv, Integer x) {
            return operation(x);
        }

        @Override
        public Integer batchNorm(BatchNorm norm, Integer x) {
            return operation(x);
        }

        @Override
        public Integer linear(Linear linear, Integer x) {
            return operation(x);
        }

        @Override
        public Integer dropout(Dropout dropout, Integer x) {
            return x; // in inference, the only user of this reading, the very same array
        }

        @Override
        public Integer activation(Nonlinearity function, Integer x) {
            return function.kind() == Nonlinearity.Kind.NONE ? x : operation(x);
        }

        @Override
        public Integer maxPool(Pooling window, Integer x) {
            return operation(x);
        }

        @Override
        public Integer avgPool(Pooling window, Integer x) {
            return operation(x);
        }

        @Override
        public Integer globalAvgPool(Integer x) {
            return operation(x);
        }

        @Override
        public Integer add(Integer a, Integer b) {
            return operation(List.of(a, b));
        }

        @Override
        public Integer concat(List<Integer> maps) {
            return operation(maps);
        }

        @Override
        public Integer slice(int from, int to, Integer x) {
            return operation(x);
        }

        @Override
        public Integer shuffle(int groups, Integer x) {
            return operation(x);
        }

        @Override
        public Integer unshuffle(int groups, Integer x) {
            return operation(x);
        }

        @Override
        public Integer nested(EfficientBlock block, Integer x) {
            return operation(x);
        }

        @Override
        public Integer sequence(SequentialBlock blocks, Integer x) {
            return operation(x); // what is inside may change
        }

        @Override
        public Integer other(Block block, Integer x) {
            return operation(x);
        }
    }
}
