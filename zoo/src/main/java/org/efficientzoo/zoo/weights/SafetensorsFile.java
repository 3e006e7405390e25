package org.efficientzoo.zoo.weights;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.Map;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/**
 * A safetensors file: a length of 8 bytes, a JSON header with the type, shape and range of each
 * tensor, and the values. All of the header is checked before any value is read.
 *
 * @see <a href="https://github.com/huggingface/safetensors">the format</a>
 */
public final class SafetensorsFile extends StoredTensors {

    private final Map<String, String> metadata;

    private SafetensorsFile(Path file, FileBytes bytes, SafetensorsHeader header) {
        super(file, bytes, header.tensors());
        this.metadata = header.metadata();
    }

    /**
     * Opens a file and checks its header.
     *
     * @param file the file
     * @return the open file
     * @throws IOException if it cannot be read or is no safetensors file; the message says why
     */
    public static SafetensorsFile open(Path file) throws IOException {
        return open(file, FileBytes.open(file, "a safetensors file"));
    }

    /**
     * Reads what a file holds from memory, and checks its header. Closing frees nothing.
     *
     * @param name what messages call it
     * @param bytes all of the file
     * @return its tensors
     * @throws IOException if it is no safetensors file; the message says why
     */
    public static SafetensorsFile of(String name, byte[] bytes) throws IOException {
        return open(Path.of(name), new SeekableInMemoryByteChannel(bytes));
    }

    /** Reads what a channel holds; the name is for messages alone. */
    static SafetensorsFile open(Path name, SeekableByteChannel channel) throws IOException {
        return open(name, new FileBytes(channel));
    }

    private static SafetensorsFile open(Path file, FileBytes bytes) throws IOException {
        try {
            return new SafetensorsFile(file, bytes, SafetensorsHeader.read(bytes));
        } catch (Malformed e) {
            bytes.close();
            throw new IOException(file + " is not a valid safetensors file: " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            bytes.close();
            throw e;
        }
    }

    /** The text of {@code __metadata__}. */
    @Override
    public Map<String, String> metadata() {
        return metadata;
    }
}
