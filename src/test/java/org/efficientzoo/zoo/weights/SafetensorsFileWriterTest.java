package org.efficientzoo.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileWriterTest {

    private static final SafetensorsFileWriter EXACT =
            new SafetensorsFileWriter(Precision.FLOAT32, Map.of());
    private static final SafetensorsFileWriter HALF =
            new SafetensorsFileWriter(Precision.FLOAT16, Map.of());

    @TempDir private Path folder;

    private static byte[] bytes(CheckpointWriter writer, TensorSource tensors) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        writer.write(tensors, out);
        return out.toByteArray();
    }

    private static String header(byte[] file) {
        int length = (file[0] & 0xFF) + 256 * (file[1] & 0xFF);
        return new String(file, 8, length, StandardCharsets.UTF_8);
    }

    private static byte[] values(byte[] file) {
        return Arrays.copyOfRange(file, 8 + header(file).length(), file.length);
    }

    @Test
    void writesWideTypesFirstAndThenByName() throws IOException {
        GivenTensors tensors =
                new GivenTensors()
                        .with("w", new Shape(2, 1), 1, -2)
                        .with("n", DataType.INT64, new Shape(), 3)
                        .with("b", new Shape(0, 3));
        byte[] file =
                bytes(new SafetensorsFileWriter(Precision.FLOAT32, Map.of("k", "v")), tensors);
        assertThat(header(file).stripTrailing())
                .isEqualTo(
                        "{\"__metadata__\":{\"k\":\"v\"},"
                                + "\"n\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
                                + "\"b\":{\"dtype\":\"F32\",\"shape\":[0,3],\"data_offsets\":[8,8]},"
                                + "\"w\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[8,16]}}");
        byte[] three = {3, 0, 0, 0, 0, 0, 0, 0};
        byte[] oneAndMinusTwo = {0, 0, (byte) 0x80, 0x3F, 0, 0, 0, (byte) 0xC0};
        assertThat(values(file)).startsWith(three).endsWith(oneAndMinusTwo).hasSize(16);
    }

    @Test
    void writesHalvesBehindTheCounters() throws IOException {
        GivenTensors tensors =
                new GivenTensors()
                        .with("a", new Shape(3), 1, -2, 0.1f)
                        .with("n", DataType.INT64, new Shape(), 0);
        byte[] file = bytes(HALF, tensors);
        assertThat(header(file).stripTrailing())
                .isEqualTo(
                        "{\"n\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
                                + "\"a\":{\"dtype\":\"F16\",\"shape\":[3],\"data_offsets\":[8,14]}}");
        byte[] halves = {0, 0x3C, 0, (byte) 0xC0, 0x66, 0x2E};
        assertThat(values(file)).endsWith(halves).hasSize(14);
    }

    @Test
    void padsTheHeaderWithSpacesToEightBytes() throws IOException {
        for (int length = 1; length <= 16; length++) {
            String name = "x".repeat(length);
            byte[] file = bytes(EXACT, new GivenTensors().with(name, new Shape(1), 1));
            String header = header(file);
            assertThat(header.length() % 8).isZero();
            assertThat(header.stripTrailing()).endsWith("}");
            assertThat(header.length() - header.stripTrailing().length()).isLessThan(8);
            assertThat(values(file)).hasSize(4);
        }
    }

    @Test
    void keepsEveryBitOfSpecialValues() throws IOException {
        Shape shape = new Shape(GivenTensors.SPECIAL.length);
        Path file = folder.resolve("x.safetensors");
        EXACT.write(new GivenTensors().with("x", shape, GivenTensors.special()), file);
        try (SafetensorsFile source = SafetensorsFile.open(file)) {
            assertThat(GivenTensors.bits(source.read("x"))).isEqualTo(GivenTensors.SPECIAL);
        }
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void readsBackTensorsOfManyChunks(Precision precision) throws IOException {
        float[] values = new float[100_003];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 2048; // exact in 16 bits
        }
        Path file = folder.resolve("x.safetensors");
        GivenTensors tensors = new GivenTensors().with("x", new Shape(values.length), values);
        new SafetensorsFileWriter(precision, Map.of()).write(tensors, file);
        try (SafetensorsFile source = SafetensorsFile.open(file)) {
            assertThat(source.read("x")).isEqualTo(FloatBuffer.wrap(values));
        }
    }

    @Test
    void readsFromThePositionOfTheValues() throws IOException {
        GivenTensors part =
                new GivenTensors() {
                    @Override
                    public FloatBuffer read(String name) {
                        return super.read(name).position(1);
                    }
                };
        byte[] expected = bytes(EXACT, new GivenTensors().with("x", new Shape(2), 2, 3));
        assertThat(bytes(EXACT, part.with("x", new Shape(2), 1, 2, 3))).isEqualTo(expected);
    }

    @Test
    void writesTheSameBytesInWhateverOrderTheMetadataCome() throws IOException {
        GivenTensors tensors = new GivenTensors().with("x", new Shape(1), 1);
        Map<String, String> forth = new LinkedHashMap<>(Map.of("a", "1"));
        forth.put("b", "2");
        Map<String, String> back = new LinkedHashMap<>(Map.of("b", "2"));
        back.put("a", "1");
        assertThat(bytes(new SafetensorsFileWriter(Precision.FLOAT32, back), tensors))
                .isEqualTo(bytes(new SafetensorsFileWriter(Precision.FLOAT32, forth), tensors));
    }

    @Test
    void escapesWhatJsonMust() throws IOException {
        String text = "\"quoted\", a \\ and\na line, Zürich & <ü>";
        Map<String, String> metadata = Map.of("text", text);
        GivenTensors tensors = new GivenTensors().with(text, new Shape(1), 1);
        byte[] file = bytes(new SafetensorsFileWriter(Precision.FLOAT32, metadata), tensors);
        var header = JsonParser.parseString(header(file)).getAsJsonObject();
        assertThat(header.keySet()).containsExactly("__metadata__", text);
        assertThat(header.getAsJsonObject("__metadata__").get("text").getAsString())
                .isEqualTo(text);
        assertThat(header(file)).contains("Zürich & <ü>"); // nothing beyond need, as Python's
    }

    @Test
    void refusesWhatTheFormatHasNoPlaceFor() {
        assertThatThrownBy(() -> bytes(EXACT, one("__metadata__", DataType.FLOAT32, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no tensor may be called __metadata__");
        assertThatThrownBy(() -> bytes(EXACT, one("mask", DataType.BOOLEAN, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the tensor mask must have floats or int64, found boolean");
        assertThatThrownBy(() -> bytes(EXACT, one("n", DataType.INT64, 1 << 24)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "the values of the tensor n must be whole numbers below 2^24, found 1.6777216E7");
        assertThatThrownBy(() -> bytes(EXACT, one("n", DataType.INT64, 0.5f)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> bytes(EXACT, one("x", DataType.FLOAT32, 1, 2)))
                .isInstanceOf(IOException.class)
                .hasMessage("the tensor x must have 1 values, found 2");
    }

    private static GivenTensors one(String name, DataType type, float... values) {
        return new GivenTensors().with(name, type, new Shape(1), values);
    }

    @Test
    void namesTheTensorThatIsTooLargeForHalves() throws IOException {
        assertThat(values(bytes(HALF, one("x", DataType.FLOAT32, Float.NEGATIVE_INFINITY))))
                .containsExactly(0, 0xFC);
        Path file = folder.resolve("x.safetensors");
        assertThatThrownBy(() -> HALF.write(one("x", DataType.FLOAT32, -65520), file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the values of the tensor x must be within 65504.0 to be float16, found -65520.0");
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"squeezenet1_1_c10", "shufflenet_v2_x0_5_c10"})
    void writesTheBytesOfAPythonProgram(String name) throws IOException {
        Path file =
                Path.of(System.getProperty("project.root"), "../shared/reference/checkpoints")
                        .resolve(name + ".safetensors")
                        .normalize();
        if (!Files.isRegularFile(file)) {
            System.out.println("Skipped: the checkpoint is not there, " + file);
        }
        assumeThat(file).isRegularFile();
        SafetensorsFileWriter writer =
                new SafetensorsFileWriter(Precision.FLOAT32, Map.of("format", "pt"));
        try (SafetensorsFile source = SafetensorsFile.open(file)) {
            assertThat(bytes(writer, source)).isEqualTo(Files.readAllBytes(file));
        }
    }
}
