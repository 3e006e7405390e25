package org.efficientzoo.benchmark;

import ai.djl.engine.EngineProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;

/** The engines on the class path, none of which is loaded to find them. */
public final class Engines {

    /** The usual engine, the only one for TorchScript. */
    public static final String PYTORCH = "PyTorch";

    static final String ONNX_RUNTIME = "OnnxRuntime";

    /** All that networks run on, as DJL spells them, the usual one first. */
    private static final List<String> KNOWN = List.of(PYTORCH, "MXNet", ONNX_RUNTIME);

    private Engines() {}

    /**
     * The engines on the class path that can run networks of the zoo.
     *
     * @return their names as DJL spells them
     */
    public static List<String> present() {
        List<String> found =
                ServiceLoader.load(EngineProvider.class).stream()
                        .map(provider -> provider.get().getEngineName())
                        .toList();
        return KNOWN.stream().filter(found::contains).toList();
    }

    /**
     * Finds an engine.
     *
     * @param name its name in any case
     * @return its name as DJL spells it
     * @throws IllegalArgumentException if no network runs on an engine of this name, or it is not
     *     on the class path
     */
    public static String named(String name) {
        String known =
                KNOWN.stream()
                        .filter(engine -> engine.equalsIgnoreCase(name))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "unknown engine %s; there is PyTorch, MXNet and OnnxRuntime"
                                                        .formatted(name)));
        if (!present().contains(known)) {
            throw new IllegalArgumentException(
                    "the engine %s is not on the class path; there is %s"
                            .formatted(known, listed()));
        }
        return known;
    }

    /**
     * The engines that a user named.
     *
     * @param names their names in any case; none for all that are present
     * @return each once, as DJL spells it
     * @throws IllegalArgumentException as {@link #named}
     */
    public static List<String> chosen(List<String> names) {
        return names.isEmpty() ? present() : names.stream().map(Engines::named).distinct().toList();
    }

    /**
     * The engines that are present, for people.
     *
     * @return their names with commas, or {@code none}
     */
    public static String listed() {
        List<String> present = present();
        return present.isEmpty() ? "none" : String.join(", ", present);
    }

    /**
     * The engine that runs a file.
     *
     * @param file the file
     * @return the engine's name
     * @throws IllegalArgumentException if it is neither an ONNX nor a TorchScript file by its name,
     *     or its engine is not on the class path
     */
    public static String of(Path file) {
        String name = file.getFileName().toString();
        if (name.endsWith(".onnx")) {
            return named(ONNX_RUNTIME);
        }
        if (name.endsWith(".pt")) {
            return named(PYTORCH);
        }
        throw new IllegalArgumentException(
                "a model file must end with .onnx or .pt (TorchScript), found " + file);
    }

    /** The engine that gives an untrained network its values. */
    static String initializing() {
        return present().stream()
                .filter(engine -> !engine.equals(ONNX_RUNTIME))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "a network gets its values on PyTorch or MXNet, found neither on the class path"));
    }

    /**
     * Whether an engine can run a network layer by layer.
     *
     * @param engine the engine's name in any case
     * @return false for one that runs files alone
     */
    public static boolean hasPlain(String engine) {
        return !engine.equalsIgnoreCase(ONNX_RUNTIME);
    }
}
