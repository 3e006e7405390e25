package org.efficientzoo.zoo.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** A disk that is full, or not for us. */
class DiskTest extends FetchTest {

    private static final Path FULL = Path.of("/dev/full");

    private static void assume(boolean there, String reason) {
        if (!there) {
            System.out.println("Skipped: " + reason);
        }
        assumeThat(there).as(reason).isTrue();
    }

    @Test
    void saysThatTheDiskIsFullAndLeavesNothingOnIt() throws IOException {
        assume(Files.isWritable(FULL), "this system has no /dev/full");
        Files.createSymbolicLink(folder.resolve(NAME + ".part"), FULL);
        server.then(served.whole());
        assertThat(refusal(file()))
                .startsWith(
                        "no space left in %s: net-v1.pth needs 200000 more bytes, "
                                .formatted(folder));
        assertThat(server.requests()).hasSize(1);
        assertNothingThere();
    }

    @Test
    void asksForSpaceBeforeItWrites() throws IOException {
        long huge = 1L << 60;
        server.then(TestServer.reply("200 OK", new byte[100], "Content-Length: " + huge));
        assertThat(refusal(file("", OptionalLong.of(huge))))
                .startsWith("no space left in %s: net-v1.pth needs %d".formatted(folder, huge));
        assertNothingThere();
    }

    @Test
    void namesAFolderThatCannotBe() throws IOException {
        Path notAFolder = Files.writeString(folder.resolve("cache"), "");
        IOException failure =
                catchThrowableOfType(
                        IOException.class,
                        () ->
                                downloader(SETTINGS)
                                        .fetch(
                                                file(),
                                                notAFolder.resolve(NAME),
                                                DownloadListener.NONE));
        assertThat(failure)
                .hasMessage(
                        "cannot write to the folder %s: there is a file of that name; set %s"
                                .formatted(
                                        notAFolder,
                                        "DJL_CACHE_DIR to choose another cache folder"));
        assertThat(names()).containsExactly("cache");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void namesAFolderThatMayNotBeWritten() throws IOException {
        assume(folder.toFile().setWritable(false), "this system has no read-only folders");
        try {
            assume(!Files.isWritable(folder), "this user may write to every folder");
            assertThat(refusal(file()))
                    .isEqualTo(
                            "cannot write to the folder %s: permission denied; set %s"
                                    .formatted(
                                            folder,
                                            "DJL_CACHE_DIR to choose another cache folder"));
            assertNothingThere();
        } finally {
            assertThat(folder.toFile().setWritable(true)).isTrue();
        }
    }

    @Test
    void readsAFileThatIsThereInAFolderThatMayNotBeWritten() throws IOException {
        Files.write(target(), BYTES);
        assume(folder.toFile().setWritable(false), "this system has no read-only folders");
        try {
            fetch(file());
            assertFetched();
        } finally {
            assertThat(folder.toFile().setWritable(true)).isTrue();
        }
    }
}
