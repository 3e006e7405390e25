package org.efficientzoo.blocks;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import java.util.List;

/**
 * The forward pass in inference as it is described, one operation after the other: no script, no
 * batch norm folded into a convolution. It is what faster ways are compared with.
 */
public final class PlainPass {

    private PlainPass() {}

    /**
     * Computes.
     *
     * @param block an initialised block that takes one array and gives one
     * @param parameters where the values of its parameters are found
     * @param x its input
     * @return its output
     */
    public static NDArray compute(Block block, ParameterStore parameters, NDArray x) {
        EfficientBlock root =
                block instanceof EfficientBlock own ? own : new Sequence(List.of(block));
        return root.predictOneByOne(parameters, x);
    }
}
