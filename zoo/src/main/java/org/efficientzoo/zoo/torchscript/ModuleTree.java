package org.efficientzoo.zoo.torchscript;

import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.efficientzoo.zoo.weights.PickleWriter;

/** The modules of an archive, one inside another as the dots in the names of the tensors say. */
final class ModuleTree {

    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_]\\w*");
    private static final String MODULE = "__torch__";

    private final Map<String, ModuleTree> children = new LinkedHashMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    /**
     * One tensor.
     *
     * @param name its name in the state dict
     * @param isParameter whether it is trained, and no running statistic
     * @param values its values, read when they are written
     */
    record Tensor(String name, Shape shape, boolean isParameter, Supplier<float[]> values) {}

    private ModuleTree() {}

    static ModuleTree of(List<Tensor> tensors) {
        ModuleTree root = new ModuleTree();
        for (Tensor tensor : tensors) {
            ModuleTree module = root;
            String[] path = tensor.name.split("\\.", -1);
            for (int i = 0; i < path.length - 1; i++) {
                module = module.children.computeIfAbsent(path[i], key -> new ModuleTree());
            }
            module.tensors.put(path[path.length - 1], tensor);
        }
        return root;
    }

    /** The expression that finds a tensor from {@code self}. */
    static String expression(String name) {
        String found = "self";
        for (String part : name.split("\\.", -1)) {
            found =
                    IDENTIFIER.matcher(part).matches()
                            ? found + "." + part
                            : "getattr(%s, \"%s\")".formatted(found, part);
        }
        return found;
    }

    /**
     * Writes the classes, inner ones first.
     *
     * @param type the name of the outermost class
     * @param methods its methods
     */
    String source(String type, String methods) {
        Map<String, String> types = new LinkedHashMap<>(); // body to name
        String body = body(types);
        StringBuilder source = new StringBuilder();
        types.forEach((inner, name) -> source.append(header(name)).append(inner));
        return source.append(header(type)).append(body).append(methods).toString();
    }

    private static String header(String type) {
        return "class " + type + "(Module):\n";
    }

    private String body(Map<String, String> types) {
        StringBuilder body = new StringBuilder();
        body.append("  __parameters__ = [").append(quoted(true)).append("]\n");
        body.append("  __buffers__ = [").append(quoted(false)).append("]\n");
        tensors.keySet().forEach(name -> body.append(annotation(name, "Tensor")));
        body.append("  training : bool\n");
        children.forEach(
                (name, child) -> body.append(annotation(name, MODULE + "." + child.type(types))));
        return body.toString();
    }

    /** Modules of the same attributes are of one class. */
    private String type(Map<String, String> types) {
        String body = body(types);
        return types.computeIfAbsent(body, key -> "Module" + types.size());
    }

    private static String annotation(String name, String type) {
        return IDENTIFIER.matcher(name).matches()
                ? "  %s : %s\n".formatted(name, type)
                : "  __annotations__[\"%s\"] = %s\n".formatted(name, type);
    }

    private String quoted(boolean parameters) {
        return tensors.entrySet().stream()
                .filter(entry -> entry.getValue().isParameter == parameters)
                .map(entry -> "\"" + entry.getKey() + "\", ")
                .collect(Collectors.joining());
    }

    /**
     * Writes the objects.
     *
     * @param type the name of the outermost class
     * @param stored where to note the tensors in the order of their keys, 0, 1, …
     */
    byte[] data(String type, List<Tensor> stored) {
        PickleWriter data = new PickleWriter();
        Map<String, String> types = new LinkedHashMap<>();
        write(type, types, data, stored);
        return data.end();
    }

    private void write(
            String type, Map<String, String> types, PickleWriter data, List<Tensor> stored) {
        Map<String, Runnable> attributes = new LinkedHashMap<>();
        tensors.forEach(
                (name, tensor) ->
                        attributes.put(
                                name,
                                () -> {
                                    String key = Integer.toString(stored.size());
                                    stored.add(tensor);
                                    data.tensor(
                                            "FloatStorage", key, tensor.shape, tensor.isParameter);
                                }));
        attributes.put("training", () -> data.bool(false));
        children.forEach(
                (name, child) ->
                        attributes.put(
                                name, () -> child.write(child.type(types), types, data, stored)));
        Archive.object(data, MODULE, type, attributes);
    }
}
