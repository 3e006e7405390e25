package org.efficientzoo.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.efficientzoo.reference.References;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Formats are told by content, never by name, and what is no checkpoint is called what it is. */
class CheckpointFormatTest {

    @TempDir private Path folder;

    private Path save(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("weights.bin"), bytes);
    }

    private static byte[] bytes(String latin1) {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @CsvSource({
        "tricky.pth, PYTORCH",
        "deflated.pth, PYTORCH",
        "zip64.pth, PYTORCH",
        "tricky_legacy.pth, PYTORCH_STREAM",
        "protocol4_stream_v2.pth, PYTORCH_STREAM"
    })
    void tellsTheFormatsOfPyTorch(String name, CheckpointFormat format) throws IOException {
        Path file = References.path("checkpoints/" + name);
        Path renamed = Files.copy(file, folder.resolve("weights.safetensors"));
        assertThat(CheckpointFormat.of(renamed)).isEqualTo(format);
        try (TensorSource source = Checkpoints.open(renamed)) {
            assertThat(source.tensors()).isNotEmpty();
        }
    }

    @Test
    void tellsSafetensors() throws IOException {
        byte[] file =
                SafetensorsWriter.file(
                        "{\"w\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4]}}",
                        new byte[4]);
        assertThat(CheckpointFormat.of(save(file))).isEqualTo(CheckpointFormat.SAFETENSORS);
        try (TensorSource source = Checkpoints.open(save(file))) {
            assertThat(source.tensors()).containsOnlyKeys("w");
        }
        assertThatThrownBy(() -> PyTorchFile.open(save(file)))
                .hasMessageEndingWith(" as a PyTorch checkpoint: it is a safetensors file");
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 0", "0, 2, 0", "0, 2, 5", "1, 0, 0"})
    void tellsDarknet(int major, int minor, int revision) throws IOException {
        Path file =
                save(
                        bytes(
                                "%c\0\0\0%c\0\0\0%c\0\0\0".formatted(major, minor, revision)
                                        + "12345678"));
        assertThat(CheckpointFormat.of(file)).isEqualTo(CheckpointFormat.DARKNET);
        assertThatThrownBy(() -> Checkpoints.open(file))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(file + " is a Darknet weights file, which names no tensors");
    }

    static List<Arguments> others() {
        String neither = "it is neither a safetensors, nor a PyTorch, nor a Darknet file";
        return List.of(
                Arguments.of("", "it is empty"),
                Arguments.of("<!DOCTYPE html><html>404</html>", "it is an HTML page"),
                Arguments.of("\n <HTML><body>", "it is an HTML page"),
                Arguments.of("<?xml version=\"1.0\"?><Error/>", "it is an XML document"),
                Arguments.of(
                        "version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 4\n",
                        "it is a pointer file of Git LFS"),
                Arguments.of("DJL@\0\0\0\1", "it is a parameter file of DJL"),
                Arguments.of("\u0012\1\0\0\0\0\0\0\0\0", "it is a parameter file of MXNet"),
                Arguments.of("\u001f\u008b\10\0", "it is a gzip archive"),
                Arguments.of("BZh91AY", "it is a bzip2 archive"),
                Arguments.of("\u00fd7zXZ\0", "it is an xz archive"),
                Arguments.of("7z\u00bc\u00af'\u001c", "it is a 7-Zip archive"),
                Arguments.of("(\u00b5/\u00fd", "it is a Zstandard archive"),
                Arguments.of(tar("weights.pth"), "it is a tar archive"),
                Arguments.of(
                        tar("storages"), "it is a checkpoint in the tar format of PyTorch 0.1"),
                Arguments.of("\u0089HDF\r\n\u001a\n", "it is an HDF5 file, as Keras writes"),
                Arguments.of("\u0093NUMPY\1\0", "it is an array of NumPy"),
                Arguments.of("\10\10\u0012\7pytorch\u001a", "it is an ONNX model"),
                Arguments.of(
                        "\u0080\2}q\0X\1\0\0\0aK\1s.",
                        "it is a pickle that torch.save did not write"),
                Arguments.of("\u0080\2K\1.", "it is a pickle that torch.save did not write"),
                Arguments.of("{\"epoch\": 3}", neither),
                Arguments.of("\0", neither),
                Arguments.of("\0\0\0\0\13\0\0\0\0\0\0\0\0\0\0\0", neither),
                Arguments.of("\2\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0", neither));
    }

    private static String tar(String name) {
        return name + "\0".repeat(257 - name.length()) + "ustar\00000";
    }

    @ParameterizedTest
    @MethodSource("others")
    void saysWhatAFileIsInstead(String content, String what) throws IOException {
        Path file = save(bytes(content));
        assertThatThrownBy(() -> Checkpoints.open(file))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(file + " is no weights file: " + what);
        assertThatThrownBy(() -> PyTorchFile.open(file))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(file + " cannot be read as a PyTorch checkpoint: " + what);
    }

    @Test
    void namesAFileThatIsNotThereAndADirectory() {
        Path missing = folder.resolve("missing.pth");
        assertThatThrownBy(() -> Checkpoints.open(missing))
                .isExactlyInstanceOf(NoSuchFileException.class)
                .hasMessage(missing + ": there is no such weights file");
        assertThatThrownBy(() -> Checkpoints.open(folder))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(folder + " is a directory, not a weights file");
    }

    @Test
    void waitsForNoPipe() {
        assertThatThrownBy(() -> Checkpoints.open(Path.of("/dev/null")))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("/dev/null is no regular file, let alone a weights file");
    }
}
