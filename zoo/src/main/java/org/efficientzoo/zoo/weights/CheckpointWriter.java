package org.efficientzoo.zoo.weights;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import org.efficientzoo.zoo.file.WholeFile;

/**
 * Writes named tensors as a checkpoint: floats in the precision of the writer, int64 as int64.
 *
 * <p>The values are read one tensor after the other and never are all in memory. The same tensors
 * give the same bytes.
 */
public sealed interface CheckpointWriter permits SafetensorsFileWriter, PyTorchFileWriter {

    /**
     * Writes the tensors to a stream, which stays open.
     *
     * @param tensors the tensors
     * @param out takes the bytes of the file
     * @throws IOException if reading or writing fails
     * @throws IllegalArgumentException if the format has no place for a tensor or one of its values
     */
    void write(TensorSource tensors, OutputStream out) throws IOException;

    /**
     * Writes the tensors to a file, which appears only when it is complete; one that was there is
     * replaced then.
     *
     * @param tensors the tensors
     * @param file the file
     * @throws IOException if reading or writing fails; nothing is left behind
     * @throws IllegalArgumentException if the format has no place for a tensor or one of its values
     */
    default void write(TensorSource tensors, Path file) throws IOException {
        try (WholeFile whole = WholeFile.replacing(file)) {
            write(tensors, whole.stream());
            whole.commit();
        }
    }
}
