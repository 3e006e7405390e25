package org.efficientzoo.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.junit.jupiter.api.Test;

class FailureTest {

    @Test
    void saysWhatJavasFileExceptionsLeaveOut() {
        assertThat(Failure.describe(new NoSuchFileException("a.txt")))
                .isEqualTo("no such file: a.txt");
        assertThat(Failure.describe(new AccessDeniedException("a.txt")))
                .isEqualTo("permission denied: a.txt");
    }

    @Test
    void putsTheReasonBeforeTheFile() {
        assertThat(Failure.describe(new NoSuchFileException("a", null, "there is no such list")))
                .isEqualTo("there is no such list: a");
        assertThat(Failure.describe(new FileSystemException("a", null, "Too many open files")))
                .isEqualTo("Too many open files: a");
        assertThat(Failure.describe(new NotDirectoryException("a is no folder")))
                .isEqualTo("a is no folder");
    }

    @Test
    void saysWhatMemoryAndLinksLacked() {
        assertThat(Failure.describe(new OutOfMemoryError("Java heap space")))
                .isEqualTo("not enough memory");
        assertThat(Failure.describe(new FileSystemLoopException("a/b")))
                .isEqualTo("a link leads back to a folder above it: a/b");
    }

    @Test
    void putsSeveralLinesIntoOne() {
        assertThat(Failure.describe(new IOException("first \n  second\r\nthird\n")))
                .isEqualTo("first; second; third");
    }

    @Test
    void namesAnExceptionThatSaysNothing() {
        assertThat(Failure.describe(new IllegalStateException()))
                .isEqualTo("IllegalStateException");
    }

    @Test
    void namesTheLocaleThatHasTheLettersOfAFile() {
        InvalidPathException e = new InvalidPathException("K\u00e4fer", "unmappable characters");
        String before = System.setProperty("sun.jnu.encoding", "ANSI_X3.4-1968");
        try {
            assertThat(Failure.describe(e))
                    .isEqualTo(
                            "K\u00e4fer cannot be the name of a file; this locale has letters of ANSI_X3.4-1968 alone, LC_ALL=C.UTF-8 has all");
            System.setProperty("sun.jnu.encoding", "UTF-8");
            assertThat(Failure.describe(e)).isEqualTo("K\u00e4fer cannot be the name of a file");
        } finally {
            System.setProperty("sun.jnu.encoding", before);
        }
    }
}
