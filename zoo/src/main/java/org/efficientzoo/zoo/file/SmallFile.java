package org.efficientzoo.zoo.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Files of text and JSON that are read whole: never more of them than their kind may have, and
 * nothing but regular files, since a pipe is waited for and a device may have no end.
 */
public final class SmallFile {

    /** The bytes that such a file may have where nothing else is said: 16 MiB. */
    public static final int MOST = 16 << 20;

    private static final int MEBIBYTE = 1 << 20;

    private SmallFile() {}

    /**
     * Makes sure that a file is a regular one, or a link to one.
     *
     * @param file the file
     * @throws IOException if it is something else; nothing is said of a file that is missing
     */
    public static void checkRegular(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException(
                    "%s must be a regular file, found a %s"
                            .formatted(
                                    file, Files.isDirectory(file) ? "folder" : "pipe or device"));
        }
    }

    /**
     * Reads a file.
     *
     * @param file the file
     * @param most the bytes that it may have
     * @return its bytes
     * @throws IOException if it is missing, no regular file, larger, or cannot be read
     */
    public static byte[] bytes(Path file, int most) throws IOException {
        checkRegular(file);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(most); // the size that a system names may be wrong
            if (in.read() < 0) {
                return bytes;
            }
        }
        throw new IOException(
                "%s must have at most %s, found %s"
                        .formatted(file, size(most), size(Math.max(Files.size(file), most + 1L))));
    }

    private static String size(long bytes) {
        return bytes % MEBIBYTE == 0 ? bytes / MEBIBYTE + " MiB" : bytes + " bytes";
    }

    /**
     * Reads a text of at most {@link #MOST} bytes.
     *
     * @param file the file, in UTF-8
     * @return its text
     * @throws IOException if it is missing, no regular file, larger, or no such text
     */
    public static String text(Path file) throws IOException {
        return text(file, MOST);
    }

    /**
     * Reads a text.
     *
     * @param file the file, in UTF-8
     * @param most the bytes that it may have
     * @return its text
     * @throws IOException if it is missing, no regular file, larger, or no such text
     */
    public static String text(Path file, int most) throws IOException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes(file, most)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IOException(file + " must be UTF-8 text, found other bytes", e);
        }
    }

    /**
     * Reads the lines of a text.
     *
     * @param file the file, in UTF-8
     * @param most the bytes that it may have
     * @return its lines, without their ends
     * @throws IOException if it is missing, no regular file, larger, or no such text
     */
    public static List<String> lines(Path file, int most) throws IOException {
        return text(file, most).lines().toList();
    }
}
