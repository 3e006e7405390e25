package org.efficientzoo.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.efficientzoo.zoo.network.DarkNet19;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Headers and lengths of any kind; the values between them are zeros that take no room. */
class DarknetFuzzTest {

    private static final DarknetLayout LAYOUT =
            DarknetLayout.of(
                    DarkNet19.builder().optWidth(1 / 32.0).build(), new Shape(1, 3, 32, 32));
    private static final int LONGEST = 1 << 24;

    private static Path file;

    @BeforeAll
    static void makeFile() throws IOException {
        file = Files.createTempFile("darknet", ".weights");
    }

    @AfterAll
    static void deleteFile() throws IOException {
        Files.delete(file);
    }

    /** The first four bytes are the length of the file, the others what it begins with. */
    @FuzzTest(maxDuration = "10m")
    void coversTheFileWithTensorsOrRefusesItInOneLine(byte[] data) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        long length = bytes.remaining() < 4 ? 0 : Math.floorMod(bytes.getInt(), LONGEST);
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(0);
            sparse.write(data, bytes.position(), bytes.remaining());
            sparse.setLength(length);
        }
        try (DarknetFile source = DarknetFile.open(file, FileChannel.open(file), LAYOUT)) {
            long read = 0;
            for (String name : source.tensors().keySet()) {
                read += 4L * source.read(name).remaining();
            }
            assertThat(length - read).as("bytes of the header").isIn(16L, 20L);
        } catch (IOException e) {
            assertThat(e).hasMessageStartingWith(file + " is no valid Darknet weights file: ");
            assertThat(e.getMessage()).doesNotContain("\n");
        }
    }
}
