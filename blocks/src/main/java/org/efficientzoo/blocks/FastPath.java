package org.efficientzoo.blocks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Optional;

/**
 * A way to predict with a whole block that is faster than one operation after the other. Providers
 * are found as services ({@link java.util.ServiceLoader}) by the class loader of this interface.
 */
public interface FastPath {

    /** A block made ready. Safe for use by several threads. */
    @FunctionalInterface
    interface Prepared {

        /**
         * Predicts with the values that the arrays have now.
         *
         * @param x the input
         * @param arrays the values of the parameters, in the order of {@link
         *     BlockNames#parameters}, on the device of the input; none records gradients
         * @return the output, owned by the input's manager
         */
        NDArray predict(NDArray x, List<NDArray> arrays);
    }

    /**
     * Makes a block ready.
     *
     * @param graph the forward pass of the block, which is initialised
     * @param manager the manager that the parameters live with; what is made here closes with it
     * @return the block made ready, or nothing if there is no such way for the block, the engine or
     *     the device
     */
    Optional<Prepared> prepare(ForwardGraph graph, NDManager manager);
}
