package org.efficientzoo.blocks;

import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A reading that finds the batch norms that can be folded: each behind a convolution whose output
 * nothing else uses, both standing in one place only.
 */
final class FoldablePairs implements Ops<FoldablePairs.Value> {

    private final List<Value> normalised = new ArrayList<>();
    private final Map<Block, Integer> occurrences = new HashMap<>();
    private final Map<SequentialBlock, List<Block>> sequences = new HashMap<>();

    /** A convolution and the batch norm behind it. */
    record Pair(Conv2d conv, BatchNorm norm, float epsilon) {}

    /**
     * What a block looks like from here.
     *
     * @param pairs what can be folded
     * @param sequences DJL's sequences inside, to which their owner may add, and what they hold
     */
    record Found(List<Pair> pairs, Map<SequentialBlock, List<Block>> sequences) {

        /** Whether the sequences hold what they held. */
        boolean isCurrent() {
            return sequences.entrySet().stream()
                    .allMatch(entry -> entry.getValue().equals(children(entry.getKey())));
        }
    }

    /** A value by its maker, and how many operations use it. */
    static final class Value {
        private Conv2d conv;
        private BatchNorm norm;
        private int uses;
    }

    private FoldablePairs() {}

    static Found of(EfficientBlock root) {
        FoldablePairs reading = new FoldablePairs();
        root.read(reading, new Value()).uses++;
        List<Pair> pairs = new ArrayList<>();
        for (Value value : reading.normalised) {
            if (value.uses == 1
                    && reading.occurrences.get(value.conv) == 1
                    && reading.occurrences.get(value.norm) == 1) {
                LeafSettings.Norm settings = LeafSettings.of(value.norm);
                if (settings.axis() == 1) {
                    pairs.add(new Pair(value.conv, value.norm, settings.epsilon()));
                }
            }
        }
        return new Found(List.copyOf(pairs), reading.sequences);
    }

    private static List<Block> children(SequentialBlock sequence) {
        return List.copyOf(sequence.getChildren().values());
    }

    @Override
    public Value apply(Operation operation, List<Value> inputs) {
        if (operation instanceof Operation.RandomDrop) {
            return inputs.get(0); // the very same array in inference
        }
        inputs.forEach(value -> value.uses++);
        Value y = new Value();
        if (operation instanceof Operation.Convolution convolution) {
            occurrences.merge(convolution.conv(), 1, Integer::sum);
            y.conv = convolution.conv();
        } else if (operation instanceof Operation.Normalization normalization) {
            occurrences.merge(normalization.norm(), 1, Integer::sum);
            Value x = inputs.get(0);
            if (x.conv != null && x.norm == null) {
                x.norm = normalization.norm();
                normalised.add(x);
            }
        }
        return y;
    }

    @Override
    public Value sequence(SequentialBlock blocks, Value x) {
        sequences.put(blocks, children(blocks));
        return Ops.super.sequence(blocks, x);
    }
}
