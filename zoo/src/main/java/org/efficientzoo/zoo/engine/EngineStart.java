package org.efficientzoo.zoo.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.util.Utils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.efficientzoo.zoo.file.DiskErrors;

/**
 * Starts an engine, which unpacks its native libraries on a disk that may be full, and finds out
 * whether it has a device. What goes wrong is said in one line.
 */
public final class EngineStart {

    private static final String ONNX_RUNTIME = "OnnxRuntime";
    private static final long UNPACKED = 64L << 20; // bytes, more than ONNX Runtime's libraries

    private EngineStart() {}

    /**
     * Starts an engine, or finds it started.
     *
     * @param name the engine's name as DJL spells it
     * @return the engine
     * @throws IOException if its native libraries cannot be unpacked or loaded; the message says
     *     why and what to do
     * @throws IllegalArgumentException if it is not on the class path
     */
    public static Engine of(String name) throws IOException {
        if (!Engine.hasEngine(name)) {
            throw new IllegalArgumentException(
                    "the engine %s is not on the class path".formatted(name));
        }
        // ONNX Runtime logs why it cannot unpack its libraries, with a stack trace, and throws
        // something else. The variable keeps the logger alive.
        Logger logger = Logger.getLogger("ai.onnxruntime.OnnxRuntime");
        Level before = logger.getLevel();
        logger.setLevel(Level.OFF);
        try {
            return Engine.getEngine(name);
        } catch (RuntimeException | LinkageError e) {
            throw new IOException(
                    "the engine %s cannot start: %s".formatted(name, reason(name, e)), e);
        } finally {
            logger.setLevel(before);
        }
    }

    private static String reason(String engine, Throwable failure) {
        boolean temporary = engine.equals(ONNX_RUNTIME);
        Path folder =
                temporary
                        ? Path.of(System.getProperty("java.io.tmpdir"))
                        : Utils.getEngineCacheDir();
        Throwable root = failure;
        Optional<String> trouble = temporary ? trouble(folder) : Optional.empty();
        for (Throwable next = failure; next != null; next = next.getCause()) {
            if (next instanceof IOException disk) {
                trouble = trouble.or(() -> Optional.of(DiskErrors.reason(disk)));
            }
            root = next.getMessage() == null ? root : next;
        }
        return trouble.isEmpty()
                ? String.valueOf(root.getMessage()).strip().lines().findFirst().orElse("unknown")
                : "its native libraries cannot be unpacked in %s: %s; free space, or name another folder with %s"
                        .formatted(
                                folder,
                                trouble.get(),
                                temporary ? "java -Djava.io.tmpdir=FOLDER" : "DJL_CACHE_DIR");
    }

    /** What is wrong with a folder where nobody tells. */
    private static Optional<String> trouble(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Optional.of("there is no such folder");
        }
        if (!Files.isWritable(folder)) {
            return Optional.of("it may not be written");
        }
        try {
            long free = Files.getFileStore(folder).getUsableSpace();
            return free >= UNPACKED
                    ? Optional.empty()
                    : Optional.of("the disk is full, %d bytes are free".formatted(free));
        } catch (IOException e) {
            return Optional.of(DiskErrors.reason(e));
        }
    }

    /**
     * Makes sure that an engine has a device.
     *
     * @param engine the engine
     * @param device the device, none for the engine's usual one
     * @throws IllegalArgumentException if it has no such device
     */
    public static void check(Engine engine, Optional<Device> device) {
        if (device.isEmpty() || device.get().equals(Device.cpu())) {
            return;
        }
        String rule =
                "the device must be one that %s has here, found %s"
                        .formatted(engine.getEngineName(), device.get());
        if (device.get().isGpu() && device.get().getDeviceId() >= engine.getGpuCount()) {
            throw new IllegalArgumentException(
                    "%s of %d GPUs".formatted(rule, engine.getGpuCount()));
        }
        try (NDManager manager = engine.newBaseManager(device.get());
                NDArray array = manager.create(1f)) {
            array.toFloatArray();
        } catch (RuntimeException | LinkageError e) { // of many lines
            throw new IllegalArgumentException(rule, e);
        }
    }
}
