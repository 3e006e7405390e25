package org.efficientzoo.zoo.weights;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The tensors of one open file, whatever its format. */
abstract class StoredTensors implements TensorSource {

    /** The most tensors of a file; a network has a thousand, and each takes half a KiB of heap. */
    static final int MOST_TENSORS = 1 << 16;

    private final Path file;
    private final FileBytes bytes;
    private final Map<String, StoredTensor> stored;
    private final Map<String, TensorInfo> tensors;

    StoredTensors(Path file, FileBytes bytes, Map<String, StoredTensor> stored) {
        this.file = file;
        this.bytes = bytes;
        this.stored = stored;
        Map<String, TensorInfo> infos = new LinkedHashMap<>();
        stored.forEach((name, tensor) -> infos.put(name, tensor.info()));
        this.tensors = Collections.unmodifiableMap(infos);
    }

    /**
     * Checks the number of tensors.
     *
     * @throws Malformed if they are more than any network has
     */
    static void checkNumber(long tensors) throws Malformed {
        if (tensors > MOST_TENSORS) {
            throw new Malformed(
                    "it must have at most %d tensors, found %d".formatted(MOST_TENSORS, tensors));
        }
    }

    @Override
    public final Map<String, TensorInfo> tensors() {
        return tensors;
    }

    @Override
    public final FloatBuffer read(String name) throws IOException {
        StoredTensor tensor = stored.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("there is no tensor " + name + " in " + file);
        }
        try {
            return tensor.read(bytes);
        } catch (Malformed e) {
            String line = Malformed.line("the tensor %s cannot be read".formatted(name));
            throw new IOException("%s in %s: %s".formatted(line, file, e.getMessage()), e);
        }
    }

    @Override
    public final String description() {
        return file.toString();
    }

    @Override
    public final void close() throws IOException {
        bytes.close();
    }
}
