package org.efficientzoo.zoo.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoriesTest {

    @TempDir private Path folder;

    @Test
    void makesWhatIsNotThere() throws Exception {
        Path deep = folder.resolve("a/b");
        assertThat(Directories.make(deep)).isEqualTo(deep).isDirectory();
        assertThat(Directories.make(deep)).isEqualTo(deep);
    }

    @Test
    void takesALinkToAFolderForOne() throws Exception {
        Path real = Files.createDirectory(folder.resolve("real"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);
        assertThat(Directories.make(link)).isEqualTo(link);
    }

    @Test
    void refusesTheNameOfAFile() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> Directories.make(file))
                .isInstanceOf(FileAlreadyExistsException.class);
    }
}
