package org.efficientzoo.blocks;

import ai.djl.nn.Block;
import java.util.List;

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
    public Sequence(List<? extends Block> blocks) {
        for (int i = 0; i < blocks.size(); i++) {
            child(Integer.toString(i), blocks.get(i));
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
