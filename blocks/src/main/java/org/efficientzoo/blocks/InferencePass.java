package org.efficientzoo.blocks;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.List;
import java.util.Set;

/**
 * A prediction operation by operation, which releases each array at its last use.
 *
 * <p>Memory that is given back at once is used again by the next operation while it is still in the
 * processor's caches; memory held until the end of the call has to be fetched from the operating
 * system, page by page.
 *
 * <p>Safe for use by several threads.
 */
final class InferencePass {

    private final ForwardGraph graph;
    private final List<Set<Integer>> lastUses;

    /** Prepares the pass of a graph with one output. */
    InferencePass(ForwardGraph graph) {
        this.graph = graph.withoutDropout();
        this.lastUses = LastUses.of(this.graph);
    }

    /**
     * Computes.
     *
     * @param store where the values of parameters are found
     * @param x the input, which stays as it is
     * @param inPlace whether a sum may overwrite an operand, which gradients may still need
     * @return the output: another array, or the input itself where nothing is done to it
     */
    NDArray run(ParameterStore store, NDArray x, boolean inPlace) {
        EagerOps ops = new EagerOps(store, false);
        NDArray[] values = new NDArray[graph.nodes().size()];
        try (Bounds bounds = new Bounds()) {
            for (int i = 0; i < values.length; i++) {
                ForwardGraph.Node node = graph.nodes().get(i);
                List<NDArray> inputs =
                        node.inputs().stream()
                                .map(value -> value == ForwardGraph.INPUT ? x : values[value])
                                .toList();
                values[i] = compute(i, node, inputs, ops, bounds, inPlace);
                for (int done : lastUses.get(i)) {
                    if (done == i || values[done] != values[i]) {
                        values[done].close();
                    }
                }
            }
        }
        int output = graph.output();
        return output == ForwardGraph.INPUT ? x : values[output];
    }

    private NDArray compute(
            int number,
            ForwardGraph.Node node,
            List<NDArray> inputs,
            EagerOps ops,
            Bounds bounds,
            boolean inPlace) {
        Operation operation = node.operation();
        if (operation instanceof Operation.Addition && inPlace) {
            for (int k : new int[] {1, 0}) {
                if (isFresh(number, node.inputs().get(k))) {
                    return inputs.get(k).addi(inputs.get(1 - k));
                }
            }
        }
        if (operation.equals(new Operation.Elementwise(Nonlinearity.RELU6))) {
            return bounds.relu6(inputs.get(0));
        }
        NDArray y = operation.read(ops, inputs);
        return operation instanceof Operation.Foreign foreign
                ? own(number, node, foreign.block(), y, inputs.get(0), ops.parameters())
                : y;
    }

    /** Whether a value was made by the operation just before, and nothing else has its memory. */
    private boolean isFresh(int number, int value) {
        if (value != number - 1 || !lastUses.get(number).contains(value)) {
            return false;
        }
        Operation made = graph.nodes().get(value).operation();
        return made.convolution().isPresent() || made instanceof Operation.Normalization;
    }

    /** A block may return its very input or a parameter, which whoever uses it must not close. */
    private NDArray own(
            int number,
            ForwardGraph.Node node,
            Block block,
            NDArray y,
            NDArray x,
            ParameterStore store) {
        boolean passedOn = y == x && lastUses.get(number).contains(node.inputs().get(0));
        if ((y == x && !passedOn) || isParameter(y, block, store)) {
            NDArray copy = y.duplicate();
            copy.attach(x.getManager());
            return copy;
        }
        return y;
    }

    private static boolean isParameter(NDArray y, Block block, ParameterStore store) {
        return block.getParameters().values().stream()
                .filter(Parameter::isInitialized)
                .anyMatch(found -> store.getValue(found, y.getDevice(), false) == y);
    }
}
