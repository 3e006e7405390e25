package org.efficientzoo.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values that are float32 in the file are a view of it; others cost a copy of one tensor. */
class ReadingMemoryTest {

    private static final int ELEMENTS = 4 << 20;

    @TempDir private Path folder;

    private Path save(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("weights"), bytes);
    }

    private static byte[] archive(byte[] pickle) {
        return TorchWriter.archive(pickle, new byte[4 * ELEMENTS]).zip();
    }

    /** The heap that opening a file and reading its tensor {@code w} takes. */
    private static long allocated(Path file) throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        try (TensorSource source = Checkpoints.open(file)) {
            FloatBuffer values = source.read("w");
            long used = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(values.remaining()).isPositive();
            return used;
        }
    }

    @Test
    void viewsWhatIsContiguousInAnArchive() throws IOException {
        byte[] pickle = HandMadePickle.oneTensor(ELEMENTS, 7, new long[] {ELEMENTS - 7}, 1);
        assertThat(allocated(save(archive(pickle)))).isLessThan(4_000_000);
    }

    @Test
    void viewsWhatIsContiguousInAStream() throws IOException {
        byte[] pickle = HandMadePickle.oneTensor(ELEMENTS, 7, new long[] {ELEMENTS - 7}, 1);
        byte[] storage = TorchWriter.counted(ELEMENTS, new byte[4 * ELEMENTS]);
        byte[] file = TorchWriter.stream(pickle, TorchWriter.keys("0"), storage);
        assertThat(allocated(save(file))).isLessThan(4_000_000);
    }

    @Test
    void viewsWhatASafetensorsFileHolds() throws IOException {
        String header =
                "{\"w\": {\"dtype\": \"F32\", \"shape\": [%d], \"data_offsets\": [0, %d]}}"
                        .formatted(ELEMENTS, 4 * ELEMENTS);
        byte[] file = SafetensorsWriter.file(header, new byte[4 * ELEMENTS]);
        assertThat(allocated(save(file))).isLessThan(4_000_000);
    }

    @Test
    void copiesWhatLiesInSteps() throws IOException {
        byte[] pickle = HandMadePickle.oneTensor(ELEMENTS, 0, new long[] {2, ELEMENTS / 2}, 1, 2);
        assertThat(allocated(save(archive(pickle))))
                .isBetween(4L * ELEMENTS, 4L * ELEMENTS + 4_000_000);
    }

    @Test
    void copiesNoMoreThanTheTensorOfALargeStorage() throws IOException {
        byte[] pickle = HandMadePickle.oneTensor(ELEMENTS, 0, new long[] {2}, ELEMENTS - 1);
        assertThat(allocated(save(archive(pickle)))).isLessThan(4_000_000);
    }
}
