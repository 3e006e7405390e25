package org.efficientzoo.zoo.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** Says why a file could not be written; Java's own exceptions often name no file. */
public final class DiskErrors {

    private DiskErrors() {}

    /**
     * The reason alone.
     *
     * @param e what the system threw
     * @return the reason in the system's words, such as {@code No space left on device}
     */
    public static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        String reason = e instanceof FileSystemException named ? named.getReason() : e.getMessage();
        return reason == null ? e.getClass().getSimpleName() : reason;
    }

    /**
     * The exception for a file that was not written, of which nothing is left.
     *
     * @param file the file or folder that was to be
     * @param e what the system threw
     * @return the exception, whose message says what to do
     */
    public static IOException unwritten(Path file, IOException e) {
        return new IOException(
                "cannot write %s: %s; nothing was kept, free space or name another place"
                        .formatted(file, reason(e)),
                e);
    }
}
