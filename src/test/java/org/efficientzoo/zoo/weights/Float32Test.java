package org.efficientzoo.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stored values of every type, read back as float32: exactly, wherever float32 can. */
class Float32Test {

    private static final int ALL_SHORTS = 1 << 16;

    @TempDir private Path folder;

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static FloatBuffer allShorts(DataType type) {
        ByteBuffer bytes = buffer(2 * ALL_SHORTS);
        for (int i = 0; i < ALL_SHORTS; i++) {
            bytes.putShort((short) i);
        }
        return Float32.from(type, bytes.flip(), ALL_SHORTS);
    }

    /** The value that IEEE 754 gives to the bits of a half, in double arithmetic. */
    private static double half(int bits) {
        double sign = bits < 0x8000 ? 1 : -1;
        int exponent = bits / 1024 % 32;
        double fraction = bits % 1024 / 1024.0;
        return switch (exponent) {
            case 0 -> sign * fraction * Math.pow(2, -14);
            case 31 -> fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
            default -> sign * (1 + fraction) * Math.pow(2, exponent - 15);
        };
    }

    @Test
    void convertsEveryHalfExactly() {
        FloatBuffer floats = allShorts(DataType.FLOAT16);
        assertThat(floats.remaining()).isEqualTo(ALL_SHORTS);
        for (int i = 0; i < ALL_SHORTS; i++) {
            assertThat(Float.compare(floats.get(i), (float) half(i)))
                    .as("half %04x became %s", i, floats.get(i))
                    .isZero(); // tells -0 from 0, and takes any NaN for another
        }
    }

    @Test
    void convertsEveryBfloat16Exactly() {
        FloatBuffer floats = allShorts(DataType.BFLOAT16);
        for (int i = 0; i < ALL_SHORTS; i++) {
            int bits = Float.floatToRawIntBits(floats.get(i));
            if (!Float.isNaN(floats.get(i))) {
                assertThat(bits).isEqualTo(i * ALL_SHORTS);
            }
            boolean nan = i % 0x8000 > 0x7F80;
            assertThat(Float.isNaN(floats.get(i))).as("bfloat16 %04x", i).isEqualTo(nan);
        }
    }

    private <N> void reads(
            String type, int size, BiConsumer<ByteBuffer, N> put, N[] stored, float... expected)
            throws IOException {
        byte[] values = new byte[size * stored.length];
        ByteBuffer bytes = ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN);
        for (N value : stored) {
            put.accept(bytes, value);
        }
        JsonObject header = new JsonObject();
        header.add(
                "x",
                SafetensorsWriter.entry(
                        type, new Shape(stored.length), 0, (long) size * stored.length));
        Path file = folder.resolve(type + ".safetensors");
        Files.write(file, SafetensorsWriter.file(header.toString(), values));
        try (SafetensorsFile source = SafetensorsFile.open(file)) {
            FloatBuffer found = source.read("x");
            assertThat(found.position()).isZero();
            float[] floats = new float[found.remaining()];
            found.get(floats);
            assertThat(floats).containsExactly(expected);
        }
    }

    @Test
    void readsFloat32AsItIs() throws IOException {
        Float[] values = {0f, -0f, 1.5f, Float.MIN_VALUE, -Float.MAX_VALUE, Float.NaN};
        reads(
                "F32",
                4,
                ByteBuffer::putFloat,
                values,
                0f,
                -0f,
                1.5f,
                0x1p-149f,
                -0x1.fffffep127f,
                Float.NaN);
    }

    @Test
    void roundsFloat64ToTheNearest() throws IOException {
        Double[] values = {0.1, -1e300, 1 + 0x1p-24, 1 + 0x1.8p-24, 1e-50};
        reads(
                "F64",
                8,
                ByteBuffer::putDouble,
                values,
                0.1f,
                Float.NEGATIVE_INFINITY,
                1f,
                1 + 0x1p-23f,
                0f);
    }

    @Test
    void roundsIntegersToTheNearest() throws IOException {
        Long[] longs = {0L, -1L, (1L << 24) + 1, Long.MAX_VALUE, Long.MIN_VALUE};
        reads("I64", 8, ByteBuffer::putLong, longs, 0f, -1f, 0x1p24f, 0x1p63f, -0x1p63f);
        Integer[] integers = {7, -7, (1 << 24) + 3, Integer.MIN_VALUE};
        reads("I32", 4, ByteBuffer::putInt, integers, 7f, -7f, 0x1p24f + 4, -0x1p31f);
    }

    @Test
    void readsSmallIntegersExactly() throws IOException {
        Short[] shorts = {0, 1, -1, Short.MAX_VALUE, Short.MIN_VALUE};
        reads("I16", 2, ByteBuffer::putShort, shorts, 0f, 1f, -1f, 32767f, -32768f);
        Byte[] bytes = {0, 1, -1, 127, -128};
        reads("I8", 1, ByteBuffer::put, bytes, 0f, 1f, -1f, 127f, -128f);
        reads("U8", 1, ByteBuffer::put, bytes, 0f, 1f, 255f, 127f, 128f);
    }

    @Test
    void readsTruthAsOneAndFalsehoodAsZero() throws IOException {
        Byte[] bytes = {0, 1, 1, 0};
        reads("BOOL", 1, ByteBuffer::put, bytes, 0f, 1f, 1f, 0f);
    }

    @Test
    void readsTensorsOfNoDimensionAndOfNoElement() throws IOException {
        String header =
                """
                {"one": {"dtype": "F32", "shape": [], "data_offsets": [0, 4]},
                 "none": {"dtype": "F16", "shape": [3, 0], "data_offsets": [4, 4]}}\
                """;
        byte[] values = SafetensorsWriter.bytes(FloatBuffer.wrap(new float[] {2.5f}));
        Path file = folder.resolve("odd.safetensors");
        Files.write(file, SafetensorsWriter.file(header, values));
        try (SafetensorsFile source = SafetensorsFile.open(file)) {
            assertThat(source.tensors())
                    .containsEntry("one", new TensorInfo(DataType.FLOAT32, new Shape()))
                    .containsEntry("none", new TensorInfo(DataType.FLOAT16, new Shape(3, 0)));
            assertThat(source.read("one").get()).isEqualTo(2.5f);
            assertThat(source.read("none").remaining()).isZero();
            assertThatThrownBy(() -> source.read("two"))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage("there is no tensor two in " + file);
        }
    }
}
