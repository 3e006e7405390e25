package org.efficientzoo.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A checkpoint in several files is one, and its index leads to no other place. */
class IndexedFilesTest {

    private static final String ONE = "model-00001-of-00002.safetensors";
    private static final String TWO = "model-00002-of-00002.safetensors";

    @TempDir private Path folder;

    @BeforeEach
    void writeTheParts() throws IOException {
        write(new GivenTensors().with("a", new Shape(2), 1, 2), ONE);
        write(new GivenTensors().with("b", new Shape(1), 3).with("c", new Shape(1), 4), TWO);
    }

    private void write(TensorSource tensors, String name) throws IOException {
        new SafetensorsFileWriter(Precision.FLOAT32, Map.of("from", name))
                .write(tensors, folder.resolve(name));
    }

    private Path index(String json) throws IOException {
        return Files.writeString(folder.resolve("model.safetensors.index.json"), json);
    }

    private Path sound() throws IOException {
        return index(
                """
                {"metadata": {"total_size": 16},
                 "weight_map": {"a": "%s", "b": "%s", "c": "%s"}}
                """
                        .formatted(ONE, TWO, TWO));
    }

    @Test
    void readsTheTensorsOfAllFiles() throws IOException {
        Path index = sound();
        try (TensorSource source = Checkpoints.open(index)) {
            assertThat(source.tensors().keySet()).containsExactly("a", "b", "c");
            assertThat(source.read("a")).isEqualTo(FloatBuffer.wrap(new float[] {1, 2}));
            assertThat(source.read("c").get(0)).isEqualTo(4);
            assertThat(source.metadata()).containsEntry("from", ONE);
            assertThat(source.description()).isEqualTo(index.toString());
            assertThatThrownBy(() -> source.read("d"))
                    .isExactlyInstanceOf(IllegalArgumentException.class);
        }
        assertThat(Checkpoints.files(index))
                .isEqualTo(List.of(index, folder.resolve(ONE), folder.resolve(TWO)));
        assertThat(Checkpoints.files(folder.resolve(ONE))).containsExactly(folder.resolve(ONE));
    }

    @Test
    void readsFilesOfPyTorch() throws IOException {
        new PyTorchFileWriter(Precision.FLOAT32)
                .write(
                        new GivenTensors().with("a", new Shape(1), 7),
                        folder.resolve("pytorch_model-1-of-1.bin"));
        Path index = index("{\"weight_map\": {\"a\": \"pytorch_model-1-of-1.bin\"}}");
        try (TensorSource source = Checkpoints.open(index)) {
            assertThat(source.read("a").get(0)).isEqualTo(7);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../x",
                "/etc/passwd",
                "a/b",
                "..",
                ".",
                "",
                "..\\\\x",
                "C:x",
                "a\\u0000b",
                "a\\nb"
            })
    void refusesNamesThatLeadElsewhere(String name) throws IOException {
        Path index = index("{\"weight_map\": {\"a\": \"%s\"}}".formatted(name));
        assertThatThrownBy(() -> Checkpoints.open(index))
                .isExactlyInstanceOf(IOException.class)
                .hasMessageStartingWith(
                        index
                                + " is not an index of weights: it must name files of its own folder, found ")
                .message()
                .hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | is not an index of weights: it must name 1 to 256 files, found 0",
                "[] | is not an index of weights: it is not the JSON it should be",
                "[[ | is not an index of weights: it is not the JSON it should be",
                "{\"a\": | is not an index of weights: it is not the JSON it should be",
                "{\"a\": 5, \"a\": \"x\"} | is not an index of weights: the tensor a is there twice",
                "{\"a\": \"missing\"} | names missing, which must be a file beside it, found none",
                "{\"a\": \"folder\"} | names folder, which must be a file beside it, found none",
                "{\"b\": \"" + TWO + "\"} | must name all tensors of FOLDER/" + TWO + ", found c"
            })
    void saysWhatIsWrong(String weightMap, String rule) throws IOException {
        Files.createDirectory(folder.resolve("folder"));
        Path index = index("{\"weight_map\": " + weightMap + "}");
        assertThatThrownBy(() -> Checkpoints.open(index))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(index + " " + rule.replace("FOLDER", folder.toString()));
    }

    @Test
    void refusesAFileThatLacksATensorAndAnIndexOfAnIndex() throws IOException {
        Path index = index("{\"weight_map\": {\"d\": \"%s\"}}".formatted(ONE));
        assertThatThrownBy(() -> Checkpoints.open(index))
                .hasMessage(
                        "%s must have the tensor d that %s names, found none"
                                .formatted(folder.resolve(ONE), index));
        Path itself = index("{\"weight_map\": {\"a\": \"model.safetensors.index.json\"}}");
        assertThatThrownBy(() -> Checkpoints.open(itself))
                .hasMessageEndingWith("found the index of a checkpoint in several files");
    }
}
