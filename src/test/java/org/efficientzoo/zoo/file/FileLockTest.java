package org.efficientzoo.zoo.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLockTest {

    private static final Path KERNELS = Path.of("/proc/locks");

    @TempDir private Path folder;

    @Test
    void isTakenByOneAtATime() throws IOException {
        Path file = folder.resolve("lock");
        try (FileLock lock = FileLock.tryTake(file).orElseThrow()) {
            assertThat(FileLock.tryTake(file)).isEmpty();
            assertThat(FileLock.tryTake(folder.resolve("./lock"))).isEmpty();
            assertThat(lock.isHeld()).isTrue();
        }
        FileLock again = FileLock.take(file);
        again.close();
        again.close();
        assertThat(again.isHeld()).isFalse();
        try (FileLock last = FileLock.tryTake(file).orElseThrow()) {
            assertThat(FileLock.tryTake(file)).as("closed twice, free once").isEmpty();
            assertThat(last.isHeld()).isTrue();
        }
    }

    @Test
    void isWaitedFor() throws Exception {
        Path file = folder.resolve("lock");
        CountDownLatch begun = new CountDownLatch(1);
        FileLock lock = FileLock.take(file);
        CompletableFuture<Boolean> other =
                CompletableFuture.supplyAsync(
                        () -> {
                            begun.countDown();
                            try (FileLock waited = FileLock.take(file)) {
                                return waited.isHeld();
                            } catch (IOException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> other.get(200, TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class);
        lock.close();
        assertThat(other.get(60, TimeUnit.SECONDS)).isTrue();
    }

    /** What another process sees, which the JVM's own view does not tell. */
    @Test
    void isNotFreedByThoseWhoDoNotGetIt() throws IOException {
        if (!Files.isReadable(KERNELS)) {
            System.out.println("Skipped: there is no " + KERNELS);
            Assumptions.abort("there is no list of locks");
        }
        Path file = folder.resolve("lock");
        try (FileLock lock = FileLock.take(file)) {
            assertThat(lock.isHeld()).isTrue();
            String line = ":" + Files.getAttribute(file, "unix:ino") + " ";
            assertThat(Files.readString(KERNELS)).contains(line);
            assertThat(FileLock.tryTake(file)).isEmpty();
            assertThat(Files.readString(KERNELS)).contains(line);
        }
    }
}
