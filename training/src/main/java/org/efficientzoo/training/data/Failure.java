package org.efficientzoo.training.data;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** Turns an exception into the one line that a user reads. */
public final class Failure {

    private Failure() {}

    /**
     * Describes what went wrong.
     *
     * @param e the exception
     * @return one line
     */
    public static String describe(Throwable e) {
        if (e instanceof OutOfMemoryError) {
            return "not enough memory";
        }
        if (e instanceof FileSystemLoopException loop) {
            return "a link leads back to a folder above it: " + loop.getFile();
        }
        if (e instanceof AccessDeniedException denied) {
            return "permission denied: " + denied.getFile();
        }
        if (e instanceof NoSuchFileException missing && missing.getReason() == null) {
            return "no such file: " + missing.getFile();
        }
        if (e instanceof FileSystemException file
                && !(e instanceof NotDirectoryException)
                && file.getReason() != null) {
            return oneLine(file.getReason() + ": " + file.getFile());
        }
        if (e instanceof InvalidPathException path) {
            return unnameable(path);
        }
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : oneLine(message);
    }

    /** Java asks the locale for the bytes of a name, and C has none for most letters. */
    private static String unnameable(InvalidPathException e) {
        String charset = System.getProperty("sun.jnu.encoding", "");
        String hint =
                charset.startsWith("UTF")
                        ? ""
                        : "; this locale has letters of %s alone, LC_ALL=C.UTF-8 has all"
                                .formatted(charset);
        return oneLine("%s cannot be the name of a file%s".formatted(e.getInput(), hint));
    }

    /**
     * Says that memory is too short for an image.
     *
     * @param image the image
     * @return one line, which names the image
     */
    static String notEnoughMemory(Path image) {
        return "not enough memory for %s; java -Xmx gives more".formatted(image);
    }

    /**
     * Joins the lines of a message.
     *
     * @param message the message
     * @return one line
     */
    public static String oneLine(String message) {
        return message.strip().replaceFirst("^Error: ", "").replaceAll("\\s*\\R\\s*", "; ");
    }
}
