package org.efficientzoo.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.efficientzoo.reference.References;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What PyTorch saved, in the forms of training scripts, and what only looks like it. */
class PyTorchFileTest {

    @TempDir private Path folder;

    private static final byte[] SIX = TorchWriter.floats(0, 1, 2, 3, 4, 5);

    static List<String> forms() {
        return List.copyOf(References.json("checkpoints/forms.json").keySet());
    }

    @ParameterizedTest
    @MethodSource("forms")
    void readsOrRefusesTheFormsOfTrainingScripts(String name) throws IOException {
        JsonObject form = References.json("checkpoints/forms.json").getAsJsonObject(name);
        Path file = References.path("checkpoints/" + name + ".pth");
        if (form.has("refused")) {
            assertThatThrownBy(() -> PyTorchFile.open(file).close())
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessageStartingWith(
                            file
                                    + " cannot be read as a PyTorch checkpoint: "
                                    + form.get("refused").getAsString());
            return;
        }
        JsonObject tensors = form.getAsJsonObject("tensors");
        assertThat(tensors.size()).isPositive();
        try (PyTorchFile source = PyTorchFile.open(file)) {
            assertThat(source.tensors().keySet()).containsExactlyElementsOf(tensors.keySet());
            for (String key : tensors.keySet()) {
                JsonArray row = tensors.getAsJsonArray(key);
                TensorInfo info = source.tensors().get(key);
                assertThat(info.dataType().name()).isEqualToIgnoringCase(row.get(0).getAsString());
                assertThat(info.shape()).isEqualTo(References.shape(row.get(1)));
                double[] expected = References.doubles(row.get(2));
                float[] found = TorchWriter.values(source, key);
                assertThat(found).hasSize(expected.length);
                for (int i = 0; i < expected.length; i++) {
                    assertThat((double) found[i]).as(key).isEqualTo(expected[i]);
                }
            }
        }
    }

    private static byte[] archive(long elements, long offset, long[] shape, long... stride) {
        byte[] pickle = HandMadePickle.oneTensor(elements, offset, shape, stride);
        return TorchWriter.archive(pickle, SIX).zip();
    }

    private static long[] of(long... values) {
        return values;
    }

    static List<Arguments> layouts() {
        return List.of(
                Arguments.of(archive(6, 0, of(2, 3), 3, 1), new float[] {0, 1, 2, 3, 4, 5}),
                Arguments.of(archive(6, 0, of(3, 2), 1, 3), new float[] {0, 3, 1, 4, 2, 5}),
                Arguments.of(archive(6, 5, of()), new float[] {5}),
                Arguments.of(archive(6, 6, of(0), 1), new float[] {}),
                Arguments.of(archive(6, 4, of(2), 1), new float[] {4, 5}),
                Arguments.of(archive(6, 1, of(2, 2), 3, 1), new float[] {1, 2, 4, 5}),
                Arguments.of(archive(6, 1, of(3, 2), 0, 1), new float[] {1, 2, 1, 2, 1, 2}),
                Arguments.of(
                        archive(6, 1, of(3, 3), 1, 1), new float[] {1, 2, 3, 2, 3, 4, 3, 4, 5}),
                Arguments.of(archive(6, 2, of(1, 2, 1), Long.MAX_VALUE, 2, 7), new float[] {2, 4}));
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void readsAnyLayoutRowByRow(byte[] file, float[] expected) throws IOException {
        try (PyTorchFile source = TorchWriter.open(file)) {
            assertThat(TorchWriter.values(source, "w")).containsExactly(expected);
        }
    }

    private static final long HUGE = Long.MAX_VALUE;

    static List<Arguments> lies() {
        String storage = "the storage 0 must have %d elements of 4 bytes, found 24 bytes";
        String within = "its elements must lie within the 6 of its storage, found %d to %d";
        String numbers = "a tensor has the shape [%s], the strides [%s] and the offset %d";
        String dimensions = "its shape or strides are no list of integers";
        long[] many = LongStream.range(0, 65).map(i -> 1).toArray();
        return List.of(
                Arguments.of(archive(5, 0, of(5), 1), storage.formatted(5)),
                Arguments.of(archive(7, 0, of(6), 1), storage.formatted(7)),
                Arguments.of(archive(HUGE, 0, of(6), 1), storage.formatted(HUGE)),
                Arguments.of(archive(1L << 62, 0, of(6), 1), storage.formatted(1L << 62)),
                Arguments.of(archive(-1, 0, of(0), 1), "its pickle refers to what is no storage"),
                Arguments.of(archive(6, 0, of(7), 1), within.formatted(0, 7)),
                Arguments.of(archive(6, 1, of(6), 1), within.formatted(1, 7)),
                Arguments.of(archive(6, 0, of(2), 6), within.formatted(0, 7)),
                Arguments.of(archive(6, HUGE - 1, of(1), 1), within.formatted(HUGE - 1, HUGE)),
                Arguments.of(archive(6, HUGE, of(1), 1), numbers.formatted(1, 1, HUGE)),
                Arguments.of(archive(6, -1, of(2), 1), numbers.formatted(2, 1, -1)),
                Arguments.of(archive(6, 5, of(2), -1), numbers.formatted(2, -1, 5)),
                Arguments.of(archive(6, 0, of(-1), 1), numbers.formatted(-1, 1, 0)),
                Arguments.of(archive(6, 0, of(2), 1, 1), numbers.formatted(2, "1, 1", 0)),
                Arguments.of(archive(6, 0, of(3), HUGE), numbers.formatted(3, HUGE, 0)),
                Arguments.of(
                        archive(6, 0, of(1L << 32, 1L << 32), 0, 0),
                        numbers.formatted("4294967296, 4294967296", "0, 0", 0)),
                Arguments.of(
                        archive(6, 0, of(1 << 20, 2), 0, 1),
                        "it must have at most 1048576 elements, found 2097152"),
                Arguments.of(archive(6, 0, many, many), dimensions));
    }

    @ParameterizedTest
    @MethodSource("lies")
    void refusesTensorsThatLeaveTheirStorage(byte[] file, String rule) {
        assertThatThrownBy(() -> TorchWriter.open(file))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("x.pth cannot be read as a PyTorch checkpoint: the tensor w: " + rule);
    }

    @Test
    void expandsUpToTheLimit() throws IOException {
        try (PyTorchFile source = TorchWriter.open(archive(6, 1, of(1 << 20), 0))) {
            assertThat(TorchWriter.values(source, "w")).hasSize(1 << 20).containsOnly(1);
        }
    }

    @Test
    void refusesATensorThatIsThereTwice() {
        HandMadePickle pickle = new HandMadePickle().raw("}(");
        pickle.text("w").tensor("FloatStorage", "0", 6, 0, of(6), 1);
        pickle.text("w").tensor("FloatStorage", "0", 6, 0, of(5), 1);
        assertThatThrownBy(
                        () -> TorchWriter.open(TorchWriter.archive(pickle.raw("u").stop()).zip()))
                .hasMessageEndingWith(": the tensor w is there twice");
    }

    @Test
    void readsADictThatHoldsItself() {
        HandMadePickle pickle = new HandMadePickle().raw("}q\0(");
        for (String key : List.of("state_dict", "model", "net", "ema", "model_ema")) {
            pickle.text(key).raw("h\0");
        }
        assertThatThrownBy(
                        () -> TorchWriter.open(TorchWriter.archive(pickle.raw("u").stop()).zip()))
                .hasMessageEndingWith(
                        ": it holds no state dict; its keys are state_dict, model, net, ema, model_ema");
    }

    @Test
    void showsNamesOfTheFileInOneLine() {
        HandMadePickle pickle = new HandMadePickle().raw("}");
        pickle.text("a\n\u001b[31mb\u2028" + "c".repeat(1000));
        pickle.tensor("FloatStorage", "9", 6, 0, of(6), 1).raw("s");
        assertThatThrownBy(() -> TorchWriter.open(TorchWriter.archive(pickle.stop()).zip()))
                .hasMessageContaining("the tensor a??[31mb?ccc")
                .hasMessageEndingWith("ccc...")
                .extracting(e -> e.getMessage().length())
                .isEqualTo("x.pth cannot be read as a PyTorch checkpoint: ".length() + 403);
    }

    @Test
    void namesAFileThatIsNotThereAndADirectory() {
        Path missing = folder.resolve("missing.pth");
        assertThatThrownBy(() -> PyTorchFile.open(missing))
                .isExactlyInstanceOf(NoSuchFileException.class)
                .hasMessage(missing + ": there is no such weights file");
        assertThatThrownBy(() -> PyTorchFile.open(folder))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(folder + " is a directory, not a PyTorch checkpoint");
    }

    @Test
    void listsItsTensorsForReadingAlone() throws IOException {
        try (PyTorchFile source = TorchWriter.open(archive(6, 0, of(6), 1))) {
            Map<String, TensorInfo> tensors = source.tensors();
            assertThatThrownBy(tensors::clear).isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> source.read("v"))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage("there is no tensor v in x.pth");
            assertThat(source.description()).isEqualTo("x.pth");
        }
    }
}
