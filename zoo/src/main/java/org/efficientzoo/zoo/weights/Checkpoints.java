package org.efficientzoo.zoo.weights;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Opens checkpoints of any format that names its tensors: in one file, or in several of an index.
 */
public final class Checkpoints {

    private Checkpoints() {}

    /**
     * Opens a file, whatever its name.
     *
     * @param file a safetensors or PyTorch file, or the index of several
     * @return its tensors
     * @throws IOException if it cannot be read or is no such file; the message says in one line
     *     why, and what it is instead where that can be told
     */
    public static TensorSource open(Path file) throws IOException {
        return switch (CheckpointFormat.of(file)) {
            case SAFETENSORS -> SafetensorsFile.open(file);
            case PYTORCH, PYTORCH_STREAM -> PyTorchFile.open(file);
            case INDEX -> IndexedFiles.open(file);
            case DARKNET, DJL ->
                    throw new IOException(
                            "%s is %s, which names no tensors"
                                    .formatted(file, CheckpointFormat.of(file).title()));
        };
    }

    /**
     * The files that hold a checkpoint.
     *
     * @param file a checkpoint of any format
     * @return the file, and those that it names if it is an index
     * @throws IOException if an index cannot be read
     */
    public static List<Path> files(Path file) throws IOException {
        return CheckpointFormat.of(file) == CheckpointFormat.INDEX
                ? Stream.concat(Stream.of(file), IndexedFiles.parts(file).stream()).toList()
                : List.of(file);
    }
}
