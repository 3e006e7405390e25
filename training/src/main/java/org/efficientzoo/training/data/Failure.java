package org.efficientzoo.training.data;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
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
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : oneLine(message);
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
