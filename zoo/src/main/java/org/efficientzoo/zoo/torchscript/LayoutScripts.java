package org.efficientzoo.zoo.torchscript;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The scripts of a block, one a layout, of which each input takes the one that is right for its
 * shape on this machine. Safe for use by several threads.
 */
final class LayoutScripts implements AutoCloseable {

    private final Block block;
    private final NDManager manager;
    private final Function<Layout, BoundScript> load;
    private final LayoutCheck.Setting setting;
    private final Map<Layout, BoundScript> scripts = new EnumMap<>(Layout.class);
    private final Map<Use, Chosen> known = new ConcurrentHashMap<>();

    private record Use(Shape input, boolean training) {}

    private record Chosen(Layout layout, BoundScript script) {}

    /**
     * Loads the script of the layout that is fast.
     *
     * @param block the block
     * @param manager a manager of PyTorch, on the device to run on
     * @param load loads the script of a layout
     * @throws IllegalArgumentException if PyTorch refuses the script, or the user's setting is none
     */
    LayoutScripts(Block block, NDManager manager, Function<Layout, BoundScript> load) {
        this.block = block;
        this.manager = manager;
        this.load = load;
        this.setting = LayoutCheck.setting(manager.getDevice());
        script(setting.fastest());
    }

    /** The script for inputs of a shape. */
    BoundScript of(Shape input, boolean training) {
        return chosen(input, training).script;
    }

    /** The layout for inputs of a shape. */
    Layout layout(Shape input, boolean training) {
        return chosen(input, training).layout;
    }

    private Chosen chosen(Shape input, boolean training) {
        Use use = new Use(input, training);
        Chosen chosen = known.get(use);
        if (chosen == null) {
            Layout layout = LayoutCheck.layout(setting, block, input, training, manager);
            chosen = new Chosen(layout, script(layout));
            known.put(use, chosen);
        }
        return chosen;
    }

    private BoundScript script(Layout layout) {
        synchronized (scripts) {
            return scripts.computeIfAbsent(layout, load);
        }
    }

    @Override
    public void close() {
        synchronized (scripts) {
            scripts.values().forEach(BoundScript::close);
        }
    }
}
