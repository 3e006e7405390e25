package org.efficientzoo.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.TimeZone;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive and the pickle by their structure; check_exports.py has PyTorch read them. */
class PyTorchFileWriterTest {

    private static final PyTorchFileWriter EXACT = new PyTorchFileWriter(Precision.FLOAT32);
    private static final GivenTensors TENSORS =
            new GivenTensors()
                    .with("w", new Shape(2, 3), 1, 2, 3, 4, 5, 6)
                    .with("special", new Shape(GivenTensors.SPECIAL.length), GivenTensors.special())
                    .with("n", DataType.INT64, new Shape(), 3)
                    .with("empty", new Shape(0, 3));

    @TempDir private Path folder;

    private Path file;

    private ZipFile write(CheckpointWriter writer, TensorSource tensors) throws IOException {
        file = folder.resolve("x.pth");
        writer.write(tensors, file);
        return ZipFile.builder().setPath(file).get();
    }

    private static byte[] bytes(ZipFile zip, String name) throws IOException {
        try (InputStream in = zip.getInputStream(zip.getEntry(name))) {
            return in.readAllBytes();
        }
    }

    @Test
    void hasThePickleFirstAndAnEntryForEachTensor() throws IOException {
        try (ZipFile zip = write(EXACT, TENSORS)) {
            List<ZipArchiveEntry> entries = Collections.list(zip.getEntriesInPhysicalOrder());
            assertThat(entries)
                    .extracting(ZipArchiveEntry::getName)
                    .containsExactly(
                            "archive/data.pkl",
                            "archive/data/0",
                            "archive/data/1",
                            "archive/data/2",
                            "archive/data/3",
                            "archive/byteorder",
                            "archive/version");
            assertThat(bytes(zip, "archive/version")).asString().isEqualTo("3\n");
            assertThat(bytes(zip, "archive/byteorder")).asString().isEqualTo("little");
        }
    }

    @Test
    void storesEveryEntryAtAMultipleOf64Bytes() throws IOException {
        try (ZipFile zip = write(EXACT, TENSORS)) {
            List<ZipArchiveEntry> entries = Collections.list(zip.getEntries());
            assertThat(entries).isNotEmpty();
            byte[] whole = Files.readAllBytes(file);
            for (ZipArchiveEntry entry : entries) {
                assertThat(entry.getMethod()).isEqualTo(ZipEntry.STORED);
                assertThat(entry.getDataOffset() % 64).as(entry.getName()).isZero();
                ByteBuffer stored =
                        ByteBuffer.wrap(whole, (int) entry.getDataOffset(), (int) entry.getSize());
                assertThat(stored).isEqualTo(ByteBuffer.wrap(bytes(zip, entry.getName())));
            }
        }
    }

    @Test
    void storesEveryBitOfTheValues() throws IOException {
        try (ZipFile zip = write(EXACT, TENSORS)) {
            ByteBuffer special =
                    ByteBuffer.wrap(bytes(zip, "archive/data/1")).order(ByteOrder.LITTLE_ENDIAN);
            int[] bits = new int[GivenTensors.SPECIAL.length];
            special.asIntBuffer().get(bits);
            assertThat(bits).isEqualTo(GivenTensors.SPECIAL);
            assertThat(special.capacity()).isEqualTo(4 * bits.length);
            assertThat(bytes(zip, "archive/data/2")).containsExactly(3, 0, 0, 0, 0, 0, 0, 0);
            assertThat(bytes(zip, "archive/data/3")).isEmpty();
        }
    }

    @Test
    void storesHalves() throws IOException {
        GivenTensors tensors =
                new GivenTensors()
                        .with("x", new Shape(1), 1)
                        .with("n", DataType.INT64, new Shape(), 1);
        try (ZipFile zip = write(new PyTorchFileWriter(Precision.FLOAT16), tensors)) {
            assertThat(bytes(zip, "archive/data/0")).containsExactly(0, 0x3C);
            assertThat(bytes(zip, "archive/data/1")).hasSize(8);
            assertThat(new String(bytes(zip, "archive/data.pkl"), StandardCharsets.ISO_8859_1))
                    .contains("ctorch\nHalfStorage\n", "ctorch\nLongStorage\n")
                    .doesNotContain("FloatStorage");
        }
    }

    @Test
    void describesATensorAsPyTorchDoes() throws IOException {
        try (ZipFile zip =
                write(EXACT, new GivenTensors().with("w", new Shape(2, 300), new float[600]))) {
            String pickle = new String(bytes(zip, "archive/data.pkl"), StandardCharsets.ISO_8859_1);
            String expected =
                    "\200\2ccollections\nOrderedDict\n)R("
                            + "X\1\0\0\0w"
                            + "ctorch._utils\n_rebuild_tensor_v2\n("
                            + "(X\7\0\0\0storagectorch\nFloatStorage\n"
                            + "X\1\0\0\0000X\3\0\0\0cpuMX\2tQ"
                            + "K\0" // offset
                            + "(K\2M,\1t" // size
                            + "(M,\1K\1t" // stride
                            + "\211ccollections\nOrderedDict\n)RtR"
                            + "u.";
            assertThat(pickle).isEqualTo(expected);
        }
    }

    @Test
    void countsBeyondTheRangeOfInt() {
        byte[] bytes =
                new PickleWriter()
                        .tensor("FloatStorage", "0", new Shape(3_000_000_000L), false)
                        .end();
        String pickle = new String(bytes, StandardCharsets.ISO_8859_1);
        assertThat(pickle).contains("\212\10\0^\320\262\0\0\0\0tQ");
    }

    @Test
    void writesTheSameBytesInEveryTimeZone() throws IOException {
        TimeZone before = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Auckland"));
            byte[] first = bytes();
            TimeZone.setDefault(TimeZone.getTimeZone("America/Los_Angeles"));
            assertThat(bytes()).isEqualTo(first);
        } finally {
            TimeZone.setDefault(before);
        }
    }

    private static byte[] bytes() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        EXACT.write(TENSORS, out);
        return out.toByteArray();
    }

    @Test
    void leavesNothingBehindWhereATensorCannotBeWritten() {
        GivenTensors tensors =
                new GivenTensors().with("a", new Shape(1), 1).with("b", new Shape(2), 1);
        Path target = folder.resolve("x.pth");
        assertThatThrownBy(() -> EXACT.write(tensors, target))
                .isInstanceOf(IOException.class)
                .hasMessage("the tensor b must have 2 values, found 1");
        assertThat(folder).isEmptyDirectory();
    }
}
