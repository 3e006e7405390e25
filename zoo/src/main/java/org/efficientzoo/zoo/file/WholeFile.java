package org.efficientzoo.zoo.file;

import java.io.Closeable;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file that appears whole or not at all. Its bytes go to a temporary file in the same folder,
 * which {@link #commit} moves to its place; without that, closing deletes it, and so does the end
 * of the process.
 */
public final class WholeFile implements Closeable {

    private static final String BEGINNING = ".efficient-zoo-";
    private static final String ENDING = ".tmp";

    private final Path file;
    private final Path target;
    private final boolean replace;
    private final Path temporary;
    private final FileChannel channel;
    private final DeletedAtExit atExit;

    private WholeFile(Path file, boolean replace) throws IOException {
        this.file = file;
        this.replace = replace;
        check();
        target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        Path folder = target.getParent();
        if (folder == null || Files.notExists(folder)) {
            throw new IOException("there is no folder %s; create it first".formatted(folder));
        }
        if (!Files.isDirectory(folder)) {
            throw new IOException("%s is no folder; name another place".formatted(folder));
        }
        temporary = folder.resolve(BEGINNING + UUID.randomUUID() + ENDING);
        try {
            channel =
                    FileChannel.open(
                            temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new IOException(
                    "cannot write in the folder %s: %s; name another place"
                            .formatted(folder, DiskErrors.reason(e)),
                    e);
        }
        atExit = new DeletedAtExit(temporary);
    }

    /**
     * Begins a file; one that is there already is an error.
     *
     * @param file the file
     * @return the file that is to be written, to be closed by the caller
     * @throws IOException if there can be no such file; the message says what to do
     */
    public static WholeFile creating(Path file) throws IOException {
        return new WholeFile(file, false);
    }

    /**
     * Begins a file; one that is there already is replaced in the end, behind a link where it is
     * one.
     *
     * @param file the file
     * @return the file that is to be written, to be closed by the caller
     * @throws IOException if there can be no such file; the message says what to do
     */
    public static WholeFile replacing(Path file) throws IOException {
        return new WholeFile(file, true);
    }

    /**
     * Writes a file at once; one that is there already is replaced.
     *
     * @param file the file
     * @param bytes its content
     * @throws IOException if that fails; nothing has changed then
     */
    public static void write(Path file, byte[] bytes) throws IOException {
        try (WholeFile whole = replacing(file)) {
            whole.stream().write(bytes);
            whole.commit();
        }
    }

    /**
     * Writes a text in UTF-8 at once; a file that is there already is replaced.
     *
     * @param file the file
     * @param text its content
     * @throws IOException if that fails; nothing has changed then
     */
    public static void write(Path file, String text) throws IOException {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Deletes what processes that were killed have left of their files.
     *
     * @param folder a folder in which nobody writes at the time; it need not be there
     * @throws IOException if that fails
     */
    public static void deleteUnfinished(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(folder, BEGINNING + "*" + ENDING)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }

    /**
     * Whether a file is what a killed process left, or one that is being written.
     *
     * @param file the file
     * @return whether its name is that of a temporary file of this class
     */
    public static boolean isUnfinished(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith(BEGINNING) && name.endsWith(ENDING);
    }

    private void check() throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + " is a directory; name a file in it");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException(file + " is no regular file; name another place");
        }
        if (Files.exists(file) && replace && !Files.isWritable(file)) {
            throw new IOException(file + " is read-only; name another file");
        }
        if (Files.isSymbolicLink(file) && Files.notExists(file)) {
            throw new IOException(file + " is a link to nothing; name another place");
        }
        if (Files.exists(file) && !replace) {
            throw new IOException(file + " exists already; name another file");
        }
    }

    /**
     * Where the bytes go.
     *
     * @return a stream, unbuffered
     */
    public OutputStream stream() {
        return new Checked(Channels.newOutputStream(channel));
    }

    /**
     * Where the bytes are until {@link #commit}, for reading them back.
     *
     * @return the temporary file
     */
    public Path path() {
        return temporary;
    }

    /**
     * Stores what was written and gives the file its name. Nothing may be written any more.
     *
     * @throws IOException if that fails; closing leaves nothing behind then
     */
    public void commit() throws IOException {
        store();
        check(); // someone else may have been faster
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw DiskErrors.unwritten(file, e);
        }
        storeNames(target.getParent());
    }

    /**
     * Stores what was written, which {@link #commit} does, too: to see first that there is room for
     * each of several files. Nothing may be written any more.
     *
     * @throws IOException if that fails; closing leaves nothing behind then
     */
    public void store() throws IOException {
        if (!channel.isOpen()) {
            return;
        }
        try {
            channel.force(true);
            channel.close();
        } catch (IOException e) {
            throw DiskErrors.unwritten(file, e);
        }
    }

    /** Makes the new name of the file outlast a power failure, where a folder can be opened. */
    private static void storeNames(Path folder) {
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        } catch (IOException e) {
            return; // Windows opens no folders
        }
    }

    /**
     * Deletes what was not committed.
     *
     * @throws IOException if that fails
     */
    @Override
    public void close() throws IOException {
        try (channel) {
            Files.deleteIfExists(temporary);
            atExit.cancel();
        }
    }

    /** Says in its errors which file they are about. */
    private final class Checked extends FilterOutputStream {

        Checked(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                throw DiskErrors.unwritten(file, e);
            }
        }
    }
}
