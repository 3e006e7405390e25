package org.efficientzoo.zoo.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60) // a pipe would be waited for
class SmallFileTest {

    @TempDir private Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("file"), text);
    }

    @Test
    void readsTextAndLines() throws IOException {
        assertThat(SmallFile.text(file("z\u00f6lf\r\nb"))).isEqualTo("z\u00f6lf\r\nb");
        assertThat(SmallFile.lines(file("a\r\nb\nc"), 100)).containsExactly("a", "b", "c");
        assertThat(SmallFile.text(file(""))).isEmpty();
    }

    @Test
    void readsWhatASystemTellsNoSizeOf() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (Files.isReadable(status)) {
            assertThat(SmallFile.text(status)).contains("Name:");
        }
    }

    @Test
    void takesAsManyBytesAsItMayAndNoMore() throws IOException {
        Path file = file("abcd");
        assertThat(SmallFile.bytes(file, 4)).hasSize(4);
        assertThatThrownBy(() -> SmallFile.bytes(file, 3))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(file + " must have at most 3 bytes, found 4 bytes");
        assertThatThrownBy(() -> SmallFile.text(file, 3)).hasMessageContaining("at most 3 bytes");
        assertThatThrownBy(() -> SmallFile.lines(file, 3)).hasMessageContaining("at most 3 bytes");
    }

    @Test
    void refusesTextOfOtherBytes() throws IOException {
        Path file =
                Files.write(
                        folder.resolve("file"), "z\u00f6".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> SmallFile.text(file))
                .hasMessage(file + " must be UTF-8 text, found other bytes");
    }

    @Test
    void refusesADeviceAPipeAndAFolder() throws Exception {
        Path endless = SpecialFiles.endless(folder.resolve("endless"));
        Path pipe = SpecialFiles.pipe(folder.resolve("pipe"));
        String found = " must be a regular file, found a pipe or device";
        assertThatThrownBy(() -> SmallFile.text(endless)).hasMessage(endless + found);
        assertThatThrownBy(() -> SmallFile.text(pipe)).hasMessage(pipe + found);
        assertThatThrownBy(() -> Sha256.of(pipe)).hasMessage(pipe + found);
        assertThatThrownBy(() -> FileLock.take(pipe)).hasMessage(pipe + found);
        assertThatThrownBy(() -> SmallFile.text(folder))
                .hasMessage(folder + " must be a regular file, found a folder");
    }

    @Test
    void readsBehindALinkToAFileAndMissesWhatIsNotThere() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), file("text"));
        assertThat(SmallFile.text(link)).isEqualTo("text");
        assertThatThrownBy(() -> SmallFile.text(folder.resolve("none")))
                .isInstanceOf(NoSuchFileException.class);
    }
}
