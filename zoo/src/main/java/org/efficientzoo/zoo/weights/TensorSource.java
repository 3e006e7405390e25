package org.efficientzoo.zoo.weights;

import java.io.Closeable;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;

/** A named set of tensors whose values are read one by one, when they are asked for. */
public interface TensorSource extends Closeable {

    /**
     * What there is.
     *
     * @return the tensors by name, unmodifiable, in the order of the file
     */
    Map<String, TensorInfo> tensors();

    /**
     * Reads the values of a tensor.
     *
     * @param name the name of a tensor that there is
     * @return its values as float32, in row-major order, from position 0 to the limit; they may be
     *     a view of the file, for reading alone, which outlives this source
     * @throws IOException if reading fails
     * @throws IllegalArgumentException if there is no such tensor
     */
    FloatBuffer read(String name) throws IOException;

    /**
     * What the file says of itself: text by key, such as the network and its preprocessing in what
     * this project writes.
     *
     * @return the metadata, unmodifiable; empty where the format has none
     */
    default Map<String, String> metadata() {
        return Map.of();
    }

    /**
     * What was chosen or passed over when the tensors were found, for people to read.
     *
     * @return the notes, one line each, unmodifiable; empty where there was nothing to choose
     */
    default List<String> notes() {
        return List.of();
    }

    /**
     * Where the tensors come from, for messages.
     *
     * @return a file name or the like
     */
    String description();

    /** {@inheritDoc} */
    @Override
    void close() throws IOException;
}
