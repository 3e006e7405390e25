package org.efficientzoo.zoo.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {

    private static final byte[] CONTENT = {1, 2, 3};

    @TempDir private Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("x");
    }

    private static void write(Path target) throws IOException {
        try (WholeFile whole = WholeFile.replacing(target)) {
            whole.stream().write(CONTENT);
            whole.commit();
        }
    }

    @Test
    void appearsWithTheCommitAndLeavesNothingElse() throws IOException {
        try (WholeFile whole = WholeFile.creating(file)) {
            whole.stream().write(CONTENT);
            whole.stream().write(4);
            assertThat(file).doesNotExist();
            assertThat(whole.path()).hasBinaryContent(new byte[] {1, 2, 3, 4}).hasParent(folder);
            whole.commit();
        }
        assertThat(file).hasBinaryContent(new byte[] {1, 2, 3, 4});
        assertThat(folder.toFile().list()).containsExactly("x");
    }

    @Test
    void neverAppearsWithoutTheCommit() throws IOException {
        try (WholeFile whole = WholeFile.creating(file)) {
            whole.stream().write(CONTENT);
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void leavesTheOldContentUntilTheCommit() throws IOException {
        Files.writeString(file, "old");
        try (WholeFile whole = WholeFile.replacing(file)) {
            whole.stream().write(CONTENT);
        }
        assertThat(file).hasContent("old");
        write(file);
        assertThat(file).hasBinaryContent(CONTENT);
        assertThat(folder.toFile().list()).containsExactly("x");
    }

    @Test
    void refusesAFileThatIsThere() throws IOException {
        Files.writeString(file, "old");
        assertThatThrownBy(() -> WholeFile.creating(file))
                .isInstanceOf(IOException.class)
                .hasMessage(file + " exists already; name another file");
        assertThat(file).hasContent("old");
        assertThat(folder.toFile().list()).containsExactly("x");
    }

    @Test
    void leavesAFileAloneThatAppearedMeanwhile() throws IOException {
        try (WholeFile whole = WholeFile.creating(file)) {
            whole.stream().write(CONTENT);
            Files.writeString(file, "faster");
            assertThatThrownBy(whole::commit).hasMessageContaining("exists already");
        }
        assertThat(file).hasContent("faster");
        assertThat(folder.toFile().list()).containsExactly("x");
    }

    @Test
    void refusesPlacesWhereNoFileCanBe() throws IOException {
        assertThatThrownBy(() -> WholeFile.replacing(folder))
                .isInstanceOf(IOException.class)
                .hasMessage(folder + " is a directory; name a file in it");
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> WholeFile.replacing(missing.resolve("x")))
                .isInstanceOf(IOException.class)
                .hasMessage("there is no folder %s; create it first".formatted(missing));
        Files.writeString(file, "no folder");
        assertThatThrownBy(() -> WholeFile.replacing(file.resolve("y")))
                .isInstanceOf(IOException.class)
                .hasMessage(file + " is no folder; name another place");
    }

    @Test
    void replacesNothingThatIsNoRegularFile() throws Exception {
        Path maker = Path.of("/usr/bin/mkfifo");
        if (!Files.isExecutable(maker)) {
            System.out.println("Skipped: nothing here makes a named pipe");
        }
        assumeThat(maker).isExecutable();
        Process process = new ProcessBuilder(maker.toString(), file.toString()).start();
        assertThat(process.waitFor()).isZero();
        assertThatThrownBy(() -> write(file))
                .isInstanceOf(IOException.class)
                .hasMessage(file + " is no regular file; name another place");
        assertThat(folder.toFile().list()).containsExactly("x");
    }

    @Test
    void saysWhereItCannotWrite() {
        Path system = Path.of("/proc/self/new");
        boolean linux = Files.isDirectory(system.getParent());
        if (!linux) {
            System.out.println("Skipped: only Linux has a folder that nobody can write in");
        }
        assumeThat(linux).isTrue();
        assertThatThrownBy(() -> write(system))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot write in the folder /proc/")
                .hasMessageEndingWith("; name another place");
    }

    @Test
    void writesBehindALink() throws IOException {
        boolean links = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        if (!links) {
            System.out.println("Skipped: this system may not let a test make links");
        }
        assumeThat(links).isTrue();
        Files.writeString(file, "old");
        Path other = Files.createDirectory(folder.resolve("other"));
        Path link = Files.createSymbolicLink(other.resolve("link"), file);
        write(link);
        assertThat(link).isSymbolicLink();
        assertThat(file).hasBinaryContent(CONTENT);
        assertThat(other.toFile().list()).containsExactly("link");
    }

    /** Writes more than a process is let, where a shell can limit that. */
    @Test
    void saysWhatTheDiskSaidAndLeavesNothing() throws Exception {
        Path target = Files.createDirectory(folder.resolve("work")).resolve("x.pth");
        assertThat(LimitedProcess.run(folder, LargeFile.class, target))
                .isEqualToIgnoringNewLines(
                        "cannot write %s: File too large; nothing was kept, free space or name another place"
                                .formatted(target));
        assertThat(target.getParent()).isEmptyDirectory();
    }
}
