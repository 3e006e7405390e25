package org.efficientzoo.zoo.weights;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;

/** A process that writes a checkpoint of four megabytes and prints why it could not. */
final class LargeFile {

    private LargeFile() {}

    public static void main(String[] arguments) {
        GivenTensors tensors = new GivenTensors();
        for (int i = 0; i < 4; i++) {
            tensors.with("t" + i, new Shape(1 << 18), new float[1 << 18]);
        }
        try {
            new PyTorchFileWriter(Precision.FLOAT32).write(tensors, Path.of(arguments[0]));
        } catch (IOException e) {
            System.out.println(e.getMessage());
        }
    }
}
