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

    private static final String SAVE = "; weights are read that torch.save or safetensors saved";
    private static final String PICKLE =
            "it is a pickle that torch.save did not write; save a state_dict() with it";

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

    @ParameterizedTest
    @CsvSource({
        "'DJL@', DJL, a parameter file of DJL",
        "'{\"weight_map\": {\"a\": \"b\"}}', INDEX, the index of a checkpoint in several files"
    })
    void tellsWhatIsReadOtherwise(String content, CheckpointFormat format, String title)
            throws IOException {
        Path file = save(bytes(content));
        assertThat(CheckpointFormat.of(file)).isEqualTo(format);
        assertThatThrownBy(() -> PyTorchFile.open(file))
                .hasMessage(file + " cannot be read as a PyTorch checkpoint: it is " + title);
    }

    static List<Arguments> others() {
        String neither = "it is neither a safetensors, nor a PyTorch, nor a Darknet file";
        return List.of(
                Arguments.of("", "it is empty"),
                Arguments.of(
                        "<!DOCTYPE html><html>404</html>", "it is an HTML page; download it again"),
                Arguments.of("\n <HTML><body>", "it is an HTML page; download it again"),
                Arguments.of("<?xml version=\"1.0\"?><Error/>", "it is an XML document"),
                Arguments.of(
                        "version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 4\n",
                        "it is a pointer file of Git LFS; fetch the file itself (git lfs pull)"),
                Arguments.of("\u0012\1\0\0\0\0\0\0\0\0", "it is a parameter file of MXNet" + SAVE),
                Arguments.of("\u001f\u008b\10\0", "it is a gzip archive; unpack it first"),
                Arguments.of("BZh91AY", "it is a bzip2 archive; unpack it first"),
                Arguments.of("\u00fd7zXZ\0", "it is an xz archive; unpack it first"),
                Arguments.of("7z\u00bc\u00af'\u001c", "it is a 7-Zip archive; unpack it first"),
                Arguments.of("(\u00b5/\u00fd", "it is a Zstandard archive; unpack it first"),
                Arguments.of(tar("weights.pth"), "it is a tar archive; unpack it first"),
                Arguments.of(
                        tar("storages"),
                        "it is a checkpoint in the tar format of PyTorch 0.1; save it again with a"
                                + " later PyTorch"),
                Arguments.of("\u0089HDF\r\n\u001a\n", "it is an HDF5 file, as Keras writes" + SAVE),
                Arguments.of("\u0093NUMPY\1\0", "it is an array of NumPy" + SAVE),
                Arguments.of("\10\10\u0012\7pytorch\u001a", "it is an ONNX model" + SAVE),
                Arguments.of("\u0080\2}q\0X\1\0\0\0aK\1s.", PICKLE),
                Arguments.of("\u0080\2K\1.", PICKLE),
                Arguments.of("{\"epoch\": 3}", "it is a JSON text, {\"epoch\": 3}"),
                Arguments.of(" [1,\n2]", "it is a JSON text, [1,?2]"),
                Arguments.of("404: Not Found", "it is a text, 404: Not Found"),
                Arguments.of("(dp0\nVa\np1\nI1\ns.", PICKLE),
                Arguments.of("}q\0U\1aq\1K\1s.", PICKLE),
                Arguments.of("GGUF\3\0\0\0", "it is a GGUF model" + SAVE),
                Arguments.of("\34\0\0\0TFL3\0", "it is a TensorFlow Lite model" + SAVE),
                Arguments.of("\24\0\0\0ET12\0", "it is an ExecuTorch program" + SAVE),
                Arguments.of(
                        "\10\1\u0012\u00b4\1\n\20\n\0",
                        "it is a SavedModel of TensorFlow or a model of Core ML" + SAVE),
                Arguments.of("\10\4\u0012\40\n\20\n\0", "it is a model of Core ML" + SAVE),
                Arguments.of(
                        "\n,\n\5input\u0012\13Placeholder",
                        "it is a model of TensorFlow or Caffe" + SAVE),
                Arguments.of(
                        "\n\10ResNet50\u00a2\6\5", "it is a model of TensorFlow or Caffe" + SAVE),
                Arguments.of("\0".repeat(600), "it is a file of zeros; download it again"),
                Arguments.of(
                        "\0\1\0\0\0\0\0",
                        "it is the log of a download by aria2; download it again"),
                Arguments.of("\177ELF\2\1\1\0", "it is a program"),
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
