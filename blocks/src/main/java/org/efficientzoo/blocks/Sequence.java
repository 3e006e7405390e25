package org.efficientzoo.blocks;

import ai.djl.nn.Block;
import java.util.Collection;

/**
 * Blocks one after the other, named 0, 1, 2, … as PyTorch's {@code Sequential} names them.
 *
 * <p>Takes what its first block takes, returns what its last one returns.
 */
public final class Sequence extends EfficientBlock {

    /**
     * Creates a sequence.
     *
     * @param blocks the blocks in order
     */
    public Sequence(Collection<? extends Block> blocks) {
        int index = 0;
        for (Block block : blocks) {
            child(Integer.toString(index), block);
            index++;
        }
    }

    @Override
    protected <T> T forward(Ops<T> ops, T x) {
        T y = x;
        for (Block block : namedChildren().values()) {
            y = ops.call(block, y);
        }
        return y;
    }
}
