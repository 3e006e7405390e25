package org.efficientzoo.zoo.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchFolderTest {

    @TempDir Path parent;

    @Test
    void disappearsWithAllThatIsInIt() throws IOException {
        Path folder;
        try (ScratchFolder scratch = ScratchFolder.in(parent, ".making")) {
            folder = scratch.path();
            assertThat(folder).isEmptyDirectory().hasParent(parent);
            Files.writeString(scratch.file("a"), "x");
            Files.createDirectories(folder.resolve("deep/deeper"));
            Files.writeString(folder.resolve("deep/deeper/b"), "x");
        }
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void mayBeGoneWhenItIsClosed() throws IOException {
        try (ScratchFolder scratch = ScratchFolder.temporary()) {
            Files.delete(scratch.path());
        }
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void needsAPlace() {
        assertThatThrownBy(() -> ScratchFolder.in(parent.resolve("none"), "x"))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void disappearsWithItsProcess() throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Abandoning.class.getName(),
                                parent.toString())
                        .inheritIO()
                        .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(3);
        assertThat(parent).isEmptyDirectory();
    }

    /** Leaves a folder open. */
    static final class Abandoning {

        private Abandoning() {}

        public static void main(String[] args) throws IOException {
            Path left = ScratchFolder.in(Path.of(args[0]), "x").file("left");
            Files.writeString(left, "open");
            System.exit(Files.exists(left) ? 3 : 4);
        }
    }
}
