package org.efficientzoo.training.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import java.util.LinkedHashMap;
import java.util.Map;
import org.efficientzoo.blocks.BlockNames;

/** The parameters and running statistics of a network as arrays by name. */
public final class NetworkValues {

    private NetworkValues() {}

    /**
     * The arrays of a network.
     *
     * @param network the network, initialised
     * @return the arrays themselves by the names of the state dict
     */
    public static Map<String, NDArray> of(Block network) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        BlockNames.parameters(network)
                .forEach((name, parameter) -> arrays.put(name, parameter.getArray()));
        return arrays;
    }

    /**
     * Copies saved values into the arrays of a network, which stay the same arrays.
     *
     * @param saved the values by name
     * @param network the network, initialised
     * @throws IllegalArgumentException if a name is missing, unknown, or of another shape; nothing
     *     is changed then
     */
    public static void load(Map<String, NDArray> saved, Block network) {
        Copies.copyAll(saved, of(network), "the network");
    }
}
