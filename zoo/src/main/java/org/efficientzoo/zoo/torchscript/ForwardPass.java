package org.efficientzoo.zoo.torchscript;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;

/**
 * A way to run a network's forward pass: block by block on any engine, or all of it in one native
 * call on PyTorch. Both use the parameters of the network's block, give the same numbers, and let
 * gradients reach the parameters.
 */
@FunctionalInterface
public interface ForwardPass extends AutoCloseable {

    /**
     * Runs the network.
     *
     * @param x the input, (N, C, H, W)
     * @param training whether batch norms use and record the statistics of the batch, and dropout
     *     drops
     * @return the output, owned by the input's manager
     */
    NDArray logits(NDArray x, boolean training);

    /**
     * Tells how the maps lie in memory for inputs of a shape, which a script decides by what this
     * machine's convolutions answer.
     *
     * @param input the shape of the input, (N, C, H, W)
     * @param training whether for {@link #logits} in training
     * @return {@code channels-last} or {@code plain}
     */
    default String layout(Shape input, boolean training) {
        return Layout.CHANNELS_FIRST.toString();
    }

    /** Gives native memory back; the network and its parameters stay as they are. */
    @Override
    default void close() {}

    /**
     * Runs a network block by block.
     *
     * @param network the network
     * @param parameters where its parameters are looked up
     * @return the pass
     */
    static ForwardPass eager(Block network, ParameterStore parameters) {
        return new EagerPass(network, parameters);
    }

    /**
     * Runs a network in the fastest way that there is: as a script on PyTorch, block by block on
     * another engine or where a block has no script, which is logged once a reason. Batch norms
     * that are frozen when the script is made keep their running statistics; what is frozen later
     * needs another pass.
     *
     * @param network the network, initialised
     * @param parameters where its parameters are looked up
     * @param manager a manager of the engine and device to run on
     * @return the pass
     */
    static ForwardPass of(Block network, ParameterStore parameters, NDManager manager) {
        String engine = manager.getEngine().getEngineName();
        if (!engine.equals(BoundScript.ENGINE)) {
            return eager(network, parameters);
        }
        try {
            return new ScriptPass(network, parameters, manager);
        } catch (IllegalArgumentException e) {
            Fallback.log(e.getMessage());
            return eager(network, parameters);
        }
    }
}
