package org.efficientzoo.blocks.analysis;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import java.util.List;
import java.util.function.ToLongFunction;
import org.efficientzoo.blocks.ForwardGraph;

/**
 * The cost of a block for one shape of input: parameters, multiply-accumulates and activations, in
 * total and layer by layer. No engine is needed.
 *
 * @param input the shape of the input, (N, C, H, W)
 * @param convention what counts as a multiply-accumulate
 * @param layers the layers in order of execution
 */
public record Complexity(Shape input, Convention convention, List<LayerCost> layers) {

    /** Copies the list. */
    public Complexity {
        layers = List.copyOf(layers);
    }

    /**
     * Counts with {@link Convention#CONV_LINEAR}.
     *
     * @param block the block, initialised or not
     * @param input the shape of its input, (N, C, H, W)
     * @return the cost
     * @throws IllegalArgumentException if the input does not suit the block, or a block with
     *     parameters or children inside it is none whose cost is known
     */
    public static Complexity of(Block block, Shape input) {
        return of(block, input, Convention.CONV_LINEAR);
    }

    /**
     * Counts.
     *
     * @param block the block, initialised or not
     * @param input the shape of its input, (N, C, H, W)
     * @param convention what counts as a multiply-accumulate
     * @return the cost
     * @throws IllegalArgumentException if the input does not suit the block, or a block with
     *     parameters or children inside it is none whose cost is known
     */
    public static Complexity of(Block block, Shape input, Convention convention) {
        CostOps ops = new CostOps(convention);
        ForwardGraph.of(block).values(input, ops::at);
        return new Complexity(input, convention, ops.layers());
    }

    /**
     * The trainable parameters; running statistics are not counted.
     *
     * @return their number
     */
    public long parameters() {
        return total(LayerCost::parameters);
    }

    /**
     * The multiply-accumulates for the whole batch.
     *
     * @return their number
     */
    public long macs() {
        return total(LayerCost::macs);
    }

    /**
     * The output elements of all convolutions and linear layers for the whole batch.
     *
     * @return their number
     */
    public long activations() {
        return total(LayerCost::activations);
    }

    private long total(ToLongFunction<LayerCost> column) {
        return layers.stream().mapToLong(column).sum();
    }
}
