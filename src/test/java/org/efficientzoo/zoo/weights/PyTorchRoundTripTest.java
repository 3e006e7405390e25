package org.efficientzoo.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written as PyTorch's file is read as it. */
class PyTorchRoundTripTest {

    private static final PyTorchFileWriter EXACT = new PyTorchFileWriter(Precision.FLOAT32);
    private static final GivenTensors TENSORS =
            new GivenTensors()
                    .with("z", new Shape(2, 3), 1, 2, 3, 4, 5, 6)
                    .with("a", new Shape(GivenTensors.SPECIAL.length), GivenTensors.special())
                    .with("n", DataType.INT64, new Shape(), 3)
                    .with("empty", new Shape(0, 3));

    @TempDir private Path folder;

    @Test
    void readsTheTensorsInOrderAndEveryBit() throws IOException {
        Path file = folder.resolve("x.pth");
        EXACT.write(TENSORS, file);
        try (TensorSource source = Checkpoints.open(file)) {
            assertThat(source.tensors()).isEqualTo(TENSORS.tensors());
            assertThat(source.tensors().keySet()).containsExactly("z", "a", "n", "empty");
            for (String name : TENSORS.tensors().keySet()) {
                assertThat(GivenTensors.bits(source.read(name)))
                        .as(name)
                        .isEqualTo(GivenTensors.bits(TENSORS.read(name)));
            }
        }
    }

    @Test
    void readsHalvesRounded() throws IOException {
        Path file = folder.resolve("x.pth");
        GivenTensors tensors = new GivenTensors().with("x", new Shape(2), 0.1f, 65504);
        new PyTorchFileWriter(Precision.FLOAT16).write(tensors, file);
        try (TensorSource source = Checkpoints.open(file)) {
            assertThat(source.tensors().get("x").dataType()).isEqualTo(DataType.FLOAT16);
            assertThat(source.read("x"))
                    .isEqualTo(FloatBuffer.wrap(new float[] {0.099975586f, 65504}));
        }
    }

    @Test
    void becomesSafetensorsAndBackWithoutAChangedByte() throws IOException {
        Path first = folder.resolve("x.pth");
        Path second = folder.resolve("x.safetensors");
        EXACT.write(TENSORS, first);
        try (TensorSource source = Checkpoints.open(first)) {
            new SafetensorsFileWriter(Precision.FLOAT32, Map.of()).write(source, second);
        }
        ByteArrayOutputStream direct = new ByteArrayOutputStream();
        new SafetensorsFileWriter(Precision.FLOAT32, Map.of()).write(TENSORS, direct);
        assertThat(Files.readAllBytes(second)).isEqualTo(direct.toByteArray());
    }
}
