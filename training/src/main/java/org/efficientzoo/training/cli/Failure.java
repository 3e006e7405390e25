package org.efficientzoo.training.cli;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Turns an exception into the one line that a user reads. */
final class Failure {

    private Failure() {}

    static String describe(Throwable e) {
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

    static String oneLine(String message) {
        return message.strip().replaceFirst("^Error: ", "").replaceAll("\\s*\\R\\s*", "; ");
    }
}
