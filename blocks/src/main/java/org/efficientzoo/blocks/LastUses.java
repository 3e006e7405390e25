package org.efficientzoo.blocks;

import ai.djl.nn.SequentialBlock;
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

        @Override
        public Integer apply(Operation operation, List<Integer> inputs) {
            return operation instanceof Operation.RandomDrop
                    ? inputs.get(0) // the very same array in inference
                    : operation(inputs);
        }

        private Integer operation(List<Integer> values) {
            operands.add(List.copyOf(values));
            return operands.size() - 1;
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
        public Integer nested(EfficientBlock block, Integer x) {
            return operation(List.of(x));
        }

        @Override
        public Integer sequence(SequentialBlock blocks, Integer x) {
            return operation(List.of(x)); // what is inside may change
        }
    }
}
