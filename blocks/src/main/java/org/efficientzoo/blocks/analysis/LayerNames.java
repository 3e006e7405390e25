package org.efficientzoo.blocks.analysis;

import ai.djl.nn.Block;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.function.Supplier;
import org.efficientzoo.blocks.BlockNames;

/** Names leaves by their place, and operations without a leaf by the block around them. */
public final class LayerNames {

    private final Map<Block, String> names;
    private final Deque<String> around = new ArrayDeque<>();

    /**
     * Names what is inside a block.
     *
     * @param root the outermost block, whose own name is empty
     */
    public LayerNames(Block root) {
        this.names = BlockNames.of(root);
        around.push("");
    }

    /**
     * Names a leaf.
     *
     * @param block the leaf
     * @return its name, empty for the root and for what is not inside it
     */
    public String of(Block block) {
        return names.getOrDefault(block, "");
    }

    /**
     * Names an operation of the block that is being read.
     *
     * @param operation the operation
     * @return the name of the block, a dot, the operation
     */
    public String here(String operation) {
        String block = around.element();
        return block.isEmpty() ? operation : block + "." + operation;
    }

    /**
     * Reads a block, whose operations are named for it meanwhile.
     *
     * @param block the block
     * @param reading what to do
     * @param <T> what comes of it
     * @return the result of the reading
     */
    public <T> T inside(Block block, Supplier<T> reading) {
        around.push(of(block));
        T result = reading.get();
        around.pop();
        return result;
    }
}
