package org.efficientzoo.zoo.weights;

import java.io.IOException;
import java.nio.file.Path;

/** Opens checkpoints of any format that names its tensors. */
public final class Checkpoints {

    private Checkpoints() {}

    /**
     * Opens a file, whatever its name.
     *
     * @param file a safetensors or PyTorch file
     * @return its tensors
     * @throws IOException if it cannot be read or is no such file; the message says in one line
     *     why, and what it is instead where that can be told
     */
    public static TensorSource open(Path file) throws IOException {
        return switch (CheckpointFormat.of(file)) {
            case SAFETENSORS -> SafetensorsFile.open(file);
            case PYTORCH, PYTORCH_STREAM -> PyTorchFile.open(file);
            case DARKNET ->
                    throw new IOException(
                            file + " is a Darknet weights file, which names no tensors");
        };
    }
}
