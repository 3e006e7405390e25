package org.efficientzoo.zoo.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/** Tells in one line why something is not an image that can be decoded: the rule and the value. */
public final class ImageDecodingException extends IOException {

    private static final long serialVersionUID = 1L;

    ImageDecodingException(String message) {
        super(message);
    }

    ImageDecodingException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The same complaint about a named file. */
    ImageDecodingException about(Path file) {
        return new ImageDecodingException(file + ": " + getMessage(), this);
    }

    /** A decoder of the JDK gave up; of what it says the first line is kept. */
    static ImageDecodingException undecodable(String format, Exception cause) {
        String found = cause instanceof IOException ? cause.getMessage() : cause.toString();
        String line =
                Objects.requireNonNullElse(found, cause.toString())
                        .lines()
                        .findFirst()
                        .orElse("an error");
        return new ImageDecodingException(
                "a " + format + " must be whole and well-formed, found: " + line, cause);
    }

    static ImageDecodingException truncated(String format, long bytes) {
        return new ImageDecodingException(
                "a %s must be whole, found a truncated one of %d bytes".formatted(format, bytes));
    }
}
