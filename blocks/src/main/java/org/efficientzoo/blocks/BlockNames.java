package org.efficientzoo.blocks;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Names blocks and parameters as a PyTorch state dict names them, and finds them.
 *
 * <p>A block of this project names its children itself; the children of any other block are named
 * 0, 1, 2, … in order. A batch norm's gamma, beta, running mean and running variance are called
 * {@code weight}, {@code bias}, {@code running_mean} and {@code running_var}.
 */
public final class BlockNames {

    private static final Map<Parameter.Type, String> NORM_NAMES =
            Map.of(
                    Parameter.Type.GAMMA, "weight",
                    Parameter.Type.BETA, "bias",
                    Parameter.Type.RUNNING_MEAN, "running_mean",
                    Parameter.Type.RUNNING_VAR, "running_var");

    private BlockNames() {}

    /**
     * Names every block inside a block; a block that stands in several places has the first name.
     *
     * @param root the outermost block, whose own name is empty
     * @return an unmodifiable map by identity
     */
    public static Map<Block, String> of(Block root) {
        IdentityHashMap<Block, String> names = new IdentityHashMap<>();
        collect(root, "", names);
        return Collections.unmodifiableMap(names);
    }

    private static void collect(Block block, String name, Map<Block, String> names) {
        if (names.putIfAbsent(block, name) == null) {
            children(block).forEach((key, child) -> collect(child, join(name, key), names));
        }
    }

    /**
     * Finds every parameter inside a block, running statistics included, each one once.
     *
     * @param root the outermost block
     * @return the parameters by name, in the order of the state dict
     */
    public static Map<String, Parameter> parameters(Block root) {
        Map<String, Parameter> all = new LinkedHashMap<>();
        collect(root, "", all, Collections.newSetFromMap(new IdentityHashMap<>()));
        return Collections.unmodifiableMap(all);
    }

    /**
     * Finds a parameter of a leaf by what it is for.
     *
     * @param leaf the leaf
     * @param type what the parameter is for
     * @return the parameter, empty where the leaf has none, as a convolution without a bias
     */
    public static Optional<Parameter> parameter(Block leaf, Parameter.Type type) {
        return leaf.getDirectParameters().values().stream()
                .filter(parameter -> parameter.getType() == type)
                .findFirst();
    }

    private static void collect(
            Block block, String name, Map<String, Parameter> all, Set<Block> seen) {
        if (!seen.add(block)) {
            return;
        }
        for (Parameter parameter : block.getDirectParameters().values()) {
            all.put(join(name, nameOf(parameter)), parameter);
        }
        children(block).forEach((key, child) -> collect(child, join(name, key), all, seen));
    }

    private static Map<String, Block> children(Block block) {
        if (block instanceof EfficientBlock efficient) {
            return efficient.namedChildren();
        }
        Map<String, Block> numbered = new LinkedHashMap<>();
        for (Block child : block.getChildren().values()) {
            numbered.put(Integer.toString(numbered.size()), child);
        }
        return numbered;
    }

    private static String nameOf(Parameter parameter) {
        return NORM_NAMES.getOrDefault(parameter.getType(), parameter.getName());
    }

    private static String join(String outer, String inner) {
        return outer.isEmpty() ? inner : outer + "." + inner;
    }
}
