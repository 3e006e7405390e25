package org.efficientzoo.blocks.analysis;

import ai.djl.nn.Block;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.function.Supplier;
import org.efficientzoo.blocks.BlockNames;

/** Names leaves by their place, and operations without a leaf by the block around them. */
final class LayerNames {

    private final Map<Block, String> names;
    private final Deque<String> around = new ArrayDeque<>();

    LayerNames(Block root) {
        this.names = BlockNames.of(root);
        around.push("");
    }

    String of(Block block) {
        return names.getOrDefault(block, "");
    }

    String here(String operation) {
        String block = around.element();
        return block.isEmpty() ? operation : block + "." + operation;
    }

    <T> T inside(Block block, Supplier<T> reading) {
        around.push(of(block));
        T result = reading.get();
        around.pop();
        return result;
    }
}
