package org.efficientzoo.zoo.weights;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The tensors of another source under other names. Closing it closes the other source. */
public final class RenamedSource implements TensorSource {

    private final TensorSource source;
    private final Map<String, String> originals = new LinkedHashMap<>();
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();

    /**
     * Renames.
     *
     * @param source the tensors
     * @param rename the new name of each old one
     * @throws IOException if two tensors would have the same name
     */
    public RenamedSource(TensorSource source, UnaryOperator<String> rename) throws IOException {
        this.source = source;
        for (Map.Entry<String, TensorInfo> tensor : source.tensors().entrySet()) {
            String name = rename.apply(tensor.getKey());
            String other = originals.put(name, tensor.getKey());
            if (other != null) {
                throw new IOException(
                        "the tensors %s and %s of %s both mean %s"
                                .formatted(other, tensor.getKey(), source.description(), name));
            }
            tensors.put(name, tensor.getValue());
        }
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    @Override
    public FloatBuffer read(String name) throws IOException {
        String original = originals.get(name);
        if (original == null) {
            throw new IllegalArgumentException(
                    "there is no tensor %s in %s".formatted(name, source.description()));
        }
        return source.read(original);
    }

    @Override
    public Map<String, String> metadata() {
        return source.metadata();
    }

    @Override
    public String description() {
        return source.description();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
