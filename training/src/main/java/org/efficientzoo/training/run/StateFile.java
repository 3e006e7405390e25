package org.efficientzoo.training.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.efficientzoo.zoo.weights.Checkpoints;
import org.efficientzoo.zoo.weights.Precision;
import org.efficientzoo.zoo.weights.SafetensorsFileWriter;
import org.efficientzoo.zoo.weights.TensorInfo;
import org.efficientzoo.zoo.weights.TensorSource;

/**
 * All that a run needs to go on bit for bit, in one safetensors file: arrays in groups ({@code
 * model}, {@code optimizer}, {@code average}) and the {@link Position} in the metadata.
 */
final class StateFile {

    static final String MODEL = "model";
    static final String OPTIMIZER = "optimizer";
    static final String AVERAGE = "average";

    private static final String POSITION = "position";

    private StateFile() {}

    /**
     * Writes a state; the file appears whole or not at all.
     *
     * @param groups arrays by name by group
     */
    static void write(Path file, Position position, Map<String, Map<String, NDArray>> groups)
            throws IOException {
        Map<String, NDArray> all = new LinkedHashMap<>();
        groups.forEach(
                (group, arrays) ->
                        arrays.forEach((name, array) -> all.put(group + "." + name, array)));
        new SafetensorsFileWriter(Precision.FLOAT32, Map.of(POSITION, position.json()))
                .write(new Arrays(all), file);
    }

    /** A state that was read. */
    record Read(Position position, Map<String, Map<String, NDArray>> groups) {

        Map<String, NDArray> group(String name) {
            return groups.getOrDefault(name, Map.of());
        }
    }

    /**
     * Reads a state.
     *
     * @param manager the manager that the arrays will live under
     * @throws IOException if the file is no state
     */
    static Read read(Path file, NDManager manager) throws IOException {
        try (TensorSource source = Checkpoints.open(file)) {
            String position = source.metadata().get(POSITION);
            if (position == null) {
                throw new IOException(file + " is no state of a run");
            }
            Map<String, Map<String, NDArray>> groups = new LinkedHashMap<>();
            for (Map.Entry<String, TensorInfo> entry : source.tensors().entrySet()) {
                String name = entry.getKey();
                int dot = name.indexOf('.');
                FloatBuffer values = source.read(name);
                float[] copy = new float[values.remaining()];
                values.get(copy);
                groups.computeIfAbsent(
                                name.substring(0, Math.max(0, dot)), key -> new LinkedHashMap<>())
                        .put(
                                name.substring(dot + 1),
                                manager.create(copy, entry.getValue().shape()));
            }
            return new Read(Position.of(position), groups);
        } catch (IllegalArgumentException e) {
            throw new IOException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** Arrays of an engine as tensors to write. */
    private record Arrays(Map<String, NDArray> arrays) implements TensorSource {

        @Override
        public Map<String, TensorInfo> tensors() {
            Map<String, TensorInfo> tensors = new LinkedHashMap<>();
            arrays.forEach(
                    (name, array) -> {
                        Shape shape = array.getShape();
                        tensors.put(name, new TensorInfo(DataType.FLOAT32, shape));
                    });
            return Collections.unmodifiableMap(tensors);
        }

        @Override
        public FloatBuffer read(String name) {
            return FloatBuffer.wrap(arrays.get(name).toFloatArray());
        }

        @Override
        public String description() {
            return "a training run";
        }

        /** Does nothing: the arrays stay open. */
        @Override
        public void close() {}
    }
}
