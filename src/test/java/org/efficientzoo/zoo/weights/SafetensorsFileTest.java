package org.efficientzoo.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonObject;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a file pretends to be, opening it costs little and says in one line what is wrong. */
class SafetensorsFileTest {

    private static final byte[] VALUES = new byte[16];
    private static final String SOUND =
            """
            {"__metadata__": {"format": "pt"},
             "b": {"dtype": "F32", "shape": [2], "data_offsets": [8, 16]},
             "a": {"data_offsets": [0, 8], "shape": [2, 1], "dtype": "F32"}}   \
            """;

    @TempDir private Path folder;

    private Path save(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("x.safetensors"), bytes);
    }

    private static byte[] header(String json) {
        return SafetensorsWriter.file(json, VALUES);
    }

    /** A file with one tensor. */
    private static byte[] one(String type, String shape, String range) {
        return header(
                "{\"w\": {\"dtype\": %s, \"shape\": %s, \"data_offsets\": %s}}"
                        .formatted(type, shape, range));
    }

    private static byte[] two(String first, String second) {
        return header(
                """
                {"a": {"dtype": "F32", "shape": [2], "data_offsets": %s},
                 "b": {"dtype": "F32", "shape": [2], "data_offsets": %s}}\
                """
                        .formatted(first, second));
    }

    private static byte[] length(long length) {
        return SafetensorsWriter.file(length, SOUND.getBytes(StandardCharsets.UTF_8), VALUES);
    }

    static List<Arguments> attacks() {
        int size = length(0).length;
        String limit = "its header must have 2 to " + (size - 8) + " bytes, found ";
        String json = "its header is not the JSON it should be";
        String cut = "; it is cut short or damaged, download it again";
        String whole = "the %s of the tensor w must be whole numbers, found %s";
        String lacks = "the tensor w lacks dtype, shape or data_offsets";
        String bytes = "the tensor w must have %s bytes within 0 to 16, found %s";
        return List.of(
                Arguments.of("empty", new byte[0], "it must have at least 8 bytes, found 0"),
                Arguments.of("short", new byte[7], "it must have at least 8 bytes, found 7"),
                Arguments.of(
                        "a length alone",
                        new byte[8],
                        "its header must have 2 to 0 bytes, found 0"),
                Arguments.of("length 0", length(0), limit + 0),
                Arguments.of("length 1", length(1), limit + 1),
                Arguments.of("length -1", length(-1), limit + -1),
                Arguments.of("least length", length(Long.MIN_VALUE), limit + Long.MIN_VALUE),
                Arguments.of("longest length", length(Long.MAX_VALUE), limit + Long.MAX_VALUE),
                Arguments.of(
                        "longer than any header", length((16 << 20) + 1), limit + ((16 << 20) + 1)),
                Arguments.of(
                        "length of an int's wrap",
                        length((1L << 32) + 2),
                        limit + ((1L << 32) + 2)),
                Arguments.of("length beyond the file", length(size - 7), limit + (size - 7) + cut),
                Arguments.of(
                        "length into the values",
                        length(size - 8),
                        "the tensor b must have 8 bytes within 0 to 0, found 8 to 16" + cut),
                Arguments.of("length too short", length(20), json),
                Arguments.of(
                        "no UTF-8",
                        SafetensorsWriter.file(4, new byte[] {'{', (byte) 0xC3, '(', '}'}, VALUES),
                        "its header is not UTF-8"),
                Arguments.of("zip", header("PK\3\4 and the rest of it"), json),
                Arguments.of("HTML", header("<html><body>404</body></html>"), json),
                Arguments.of("array", header("[1, 2]"), json),
                Arguments.of("text", header("\"{}\""), json),
                Arguments.of("open end", header("{\"w\": {"), json),
                Arguments.of(
                        "deep nesting", header("{\"__metadata__\": " + "[".repeat(100_000)), json),
                Arguments.of("two documents", header("{} {}"), json),
                Arguments.of("tensor is a number", header("{\"w\": 5}"), json),
                Arguments.of("tensor is null", header("{\"w\": null}"), json),
                Arguments.of(
                        "no tensor but values",
                        header("{}"),
                        "the 16 bytes from 10 on belong to no tensor"),
                Arguments.of("nothing of a tensor", header("{\"w\": {}}"), lacks),
                Arguments.of("one offset", one("\"F32\"", "[4]", "[0]"), lacks),
                Arguments.of("three offsets", one("\"F32\"", "[4]", "[0, 16, 16]"), lacks),
                Arguments.of(
                        "duplicate",
                        header(
                                "{\"w\": {\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}, \"w\": {\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}"),
                        "the tensor w is there twice"),
                Arguments.of("overlap", two("[0, 8]", "[4, 12]"), "the tensors a and b overlap"),
                Arguments.of("same range", two("[0, 8]", "[0, 8]"), "the tensors a and b overlap"),
                Arguments.of(
                        "hole before",
                        two("[4, 12]", "[12, 20]"),
                        "the tensor b must have 8 bytes within 0 to 16, found 12 to 20" + cut),
                Arguments.of(
                        "trailing values",
                        one("\"F32\"", "[3]", "[0, 12]"),
                        "the 4 bytes from %d on belong to no tensor"
                                .formatted(8 + one("\"F32\"", "[3]", "[0, 12]").length - 24 + 12)),
                Arguments.of(
                        "leading values",
                        one("\"F32\"", "[3]", "[4, 16]"),
                        "the 4 bytes from %d on belong to no tensor"
                                .formatted(one("\"F32\"", "[3]", "[4, 16]").length - 16)),
                Arguments.of(
                        "beyond the file",
                        one("\"F32\"", "[5]", "[0, 20]"),
                        bytes.formatted(20, "0 to 20") + cut),
                Arguments.of(
                        "negative begin",
                        one("\"F32\"", "[5]", "[-4, 16]"),
                        bytes.formatted(20, "-4 to 16")),
                Arguments.of(
                        "end before begin",
                        one("\"F32\"", "[2]", "[16, 8]"),
                        bytes.formatted(8, "16 to 8")),
                Arguments.of(
                        "fewer bytes than the shape",
                        one("\"F64\"", "[4]", "[0, 16]"),
                        bytes.formatted(32, "0 to 16")),
                Arguments.of(
                        "more bytes than the shape",
                        one("\"F16\"", "[4]", "[0, 16]"),
                        bytes.formatted(8, "0 to 16")),
                Arguments.of(
                        "bytes of a scalar",
                        one("\"F32\"", "[]", "[0, 16]"),
                        bytes.formatted(4, "0 to 16")),
                Arguments.of(
                        "huge and empty",
                        one("\"F32\"", "[0]", "[0, 16]"),
                        bytes.formatted(0, "0 to 16")),
                Arguments.of(
                        "negative dimension",
                        one("\"F32\"", "[-4]", "[0, 16]"),
                        "the tensor w has the shape [-4]"),
                Arguments.of(
                        "two negative dimensions",
                        one("\"F32\"", "[-2, -2]", "[0, 16]"),
                        "the tensor w has the shape [-2, -2]"),
                Arguments.of(
                        "overflow to 16",
                        one("\"F32\"", "[4611686018427387908]", "[0, 16]"),
                        "the tensor w has the shape [4611686018427387908]"),
                Arguments.of(
                        "overflow of a product",
                        one("\"F32\"", "[4294967296, 4294967296]", "[0, 16]"),
                        "the tensor w has the shape [4294967296, 4294967296]"),
                Arguments.of(
                        "dimension beyond a long",
                        one("\"F32\"", "[92233720368547758070]", "[0, 16]"),
                        json),
                Arguments.of(
                        "dimension that is a fraction",
                        one("\"F32\"", "[2.5]", "[0, 16]"),
                        whole.formatted("shape", "2.5")),
                Arguments.of(
                        "dimension with a point",
                        one("\"F32\"", "[4.0]", "[0, 16]"),
                        whole.formatted("shape", "4.0")),
                Arguments.of(
                        "dimension with an exponent",
                        one("\"F32\"", "[4e0]", "[0, 16]"),
                        whole.formatted("shape", "4e0")),
                Arguments.of(
                        "dimension that is a number in a text",
                        one("\"F32\"", "[\"4\"]", "[0, 16]"),
                        whole.formatted("shape", "\"4\"")),
                Arguments.of(
                        "offset with a point",
                        one("\"F32\"", "[4]", "[0, 16.0]"),
                        whole.formatted("data_offsets", "16.0")),
                Arguments.of(
                        "dimension that is a text",
                        one("\"F32\"", "[\"four\"]", "[0, 16]"),
                        whole.formatted("shape", "\"four\"")),
                Arguments.of("shape that is a number", one("\"F32\"", "4", "[0, 16]"), json),
                Arguments.of(
                        "many dimensions",
                        one("\"F32\"", "[" + "1, ".repeat(16) + "4]", "[0, 16]"),
                        "a tensor has more than 16 dimensions"),
                Arguments.of(
                        "unknown dtype",
                        one("\"F8_E4M3\"", "[16]", "[0, 16]"),
                        "the tensor w has the unknown dtype F8_E4M3"),
                Arguments.of(
                        "dtype in small letters",
                        one("\"f32\"", "[4]", "[0, 16]"),
                        "the tensor w has the unknown dtype f32"),
                Arguments.of("dtype null", one("null", "[4]", "[0, 16]"), json));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void saysInOneLineWhatIsWrong(String what, byte[] bytes, String rule) throws IOException {
        Path file = save(bytes);
        assertThatThrownBy(() -> SafetensorsFile.open(file).close())
                .as(what)
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(file + " is not a valid safetensors file: " + rule);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void allocatesNoMoreThanTheFileHas(String what, byte[] bytes, String rule) throws IOException {
        Path file = save(bytes);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> SafetensorsFile.open(file).close()).hasMessageEndingWith(rule);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                .as(what)
                .isLessThan(2_000_000 + 20L * bytes.length);
    }

    @Test
    void readsTheNamesInTheOrderOfTheHeader() throws IOException {
        try (SafetensorsFile source = SafetensorsFile.open(save(header(SOUND)))) {
            assertThat(source.tensors().keySet()).containsExactly("b", "a");
            assertThat(source.description()).isEqualTo(folder.resolve("x.safetensors").toString());
            assertThatThrownBy(() -> source.tensors().clear())
                    .isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void saysThatADirectoryIsNoFile() {
        assertThatThrownBy(() -> SafetensorsFile.open(folder))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(folder + " is a directory, not a safetensors file");
    }

    @Test
    void namesAFileThatIsNotThere() {
        Path missing = folder.resolve("missing.safetensors");
        assertThatThrownBy(() -> SafetensorsFile.open(missing))
                .isExactlyInstanceOf(NoSuchFileException.class)
                .hasMessage(missing + ": there is no such weights file");
    }

    @Test
    void closesTheFileThatItRefuses() throws IOException {
        Path file = save(new byte[8]);
        long before = openFiles();
        for (int i = 0; i < 50; i++) {
            assertThatThrownBy(() -> SafetensorsFile.open(file)).isInstanceOf(IOException.class);
        }
        assertThat(openFiles()).isLessThan(before + 25);
    }

    private static long openFiles() {
        var system =
                (com.sun.management.UnixOperatingSystemMXBean)
                        ManagementFactory.getOperatingSystemMXBean();
        return system.getOpenFileDescriptorCount();
    }

    /** The tensor in front takes more than an int can count, and no space on the disk. */
    @Test
    void readsWhatLiesBeyondTwoGigabytes() throws IOException {
        long elements = 600_000_000;
        JsonObject header = new JsonObject();
        header.add("a", SafetensorsWriter.entry("F32", new Shape(elements), 0, 4 * elements));
        header.add(
                "b", SafetensorsWriter.entry("F32", new Shape(1), 4 * elements, 4 * elements + 4));
        Path file = folder.resolve("large.safetensors");
        Files.write(file, SafetensorsWriter.file(header.toString(), new byte[0]));
        try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
            large.setLength(large.length() + 4 * elements + 4);
            large.seek(large.length() - 4);
            large.write(SafetensorsWriter.bytes(FloatBuffer.wrap(new float[] {2.5f})));
        }
        try (SafetensorsFile source = SafetensorsFile.open(file)) {
            assertThat(source.tensors().get("a").shape()).isEqualTo(new Shape(elements));
            assertThat(source.read("b").get()).isEqualTo(2.5f);
        }
    }

    /** A header of empty tensors; each takes 60 bytes of the file and half a KiB of heap. */
    private static byte[] emptyTensors(int count) {
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i < count; i++) {
            header.append(i == 0 ? "" : ",")
                    .append('"')
                    .append(i)
                    .append("\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}");
        }
        return SafetensorsWriter.file(header + "}", new byte[0]);
    }

    @Test
    void takesLittleMemoryForManyEmptyTensors() throws IOException {
        Path file = save(emptyTensors(250_000)); // nearly 16 MiB, the longest header
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> SafetensorsFile.open(file).close())
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(
                        file
                                + " is not a valid safetensors file: it must have at most 65536 tensors,"
                                + " found 65537");
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(150_000_000);
        Path longer = save(emptyTensors(700_000));
        long size = Files.size(longer) - 8;
        long middle = threads.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> SafetensorsFile.open(longer).close())
                .hasMessageEndingWith("its header must have 2 to 16777216 bytes, found " + size);
        assertThat(threads.getCurrentThreadAllocatedBytes() - middle).isLessThan(4_000_000);
    }
}
