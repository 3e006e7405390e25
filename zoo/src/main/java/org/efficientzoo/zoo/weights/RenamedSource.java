package org.efficientzoo.zoo.weights;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The tensors of another source under other names. Closing it closes the other source. */
public final class RenamedSource implements TensorSource {

    private final TensorSource source;
    private final List<String> notes;
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
        for (String tensor : source.tensors().keySet()) {
            put(tensor, rename.apply(tensor));
        }
        notes = source.notes();
    }

    /**
     * Gives the names that fit a network, and leaves out what has none.
     *
     * @param source the tensors
     * @param fitted the new name of each old one, in the new order
     * @throws IOException if two tensors would have the same name
     */
    public RenamedSource(TensorSource source, FittedNames fitted) throws IOException {
        this.source = source;
        for (Map.Entry<String, String> name : fitted.names().entrySet()) {
            put(name.getKey(), name.getValue());
        }
        notes = Stream.concat(source.notes().stream(), fitted.notes().stream()).toList();
    }

    private void put(String tensor, String name) throws IOException {
        String other = originals.put(name, tensor);
        if (other != null) {
            throw new IOException(
                    "the tensors %s and %s of %s both mean %s"
                            .formatted(other, tensor, source.description(), name));
        }
        tensors.put(name, source.tensors().get(tensor));
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
    public List<String> notes() {
        return notes;
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
