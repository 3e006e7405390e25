package org.efficientzoo.zoo.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder for files on their way. Closing deletes it with all that is in it, and so does the end
 * of the process.
 */
public final class ScratchFolder implements AutoCloseable {

    private final Path folder;
    private final Thread atExit = new Thread(this::deleteQuietly);

    private ScratchFolder(Path folder) {
        this.folder = folder;
        try {
            Runtime.getRuntime().addShutdownHook(atExit);
        } catch (IllegalStateException e) {
            return; // the process ends already; closing deletes it
        }
    }

    /**
     * Makes a folder among the system's temporary ones.
     *
     * @return an empty folder, to be closed by the caller
     * @throws IOException if there can be none
     */
    public static ScratchFolder temporary() throws IOException {
        return new ScratchFolder(Files.createTempDirectory("efficient-zoo"));
    }

    /**
     * Makes a folder in another, from where files can be moved within it at once.
     *
     * @param parent where
     * @param prefix what its name begins with
     * @return an empty folder, to be closed by the caller
     * @throws IOException if there can be none
     */
    public static ScratchFolder in(Path parent, String prefix) throws IOException {
        return new ScratchFolder(Files.createTempDirectory(parent, prefix));
    }

    /**
     * The folder.
     *
     * @return its path
     */
    public Path path() {
        return folder;
    }

    /**
     * The path of a file in the folder.
     *
     * @param name its name
     * @return its path
     */
    public Path file(String name) {
        return folder.resolve(name);
    }

    /**
     * Deletes the folder and what is in it.
     *
     * @throws IOException if that fails
     */
    @Override
    public void close() throws IOException {
        delete();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            return; // the process ends
        }
    }

    private void delete() throws IOException {
        if (Files.notExists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> innermostFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : innermostFirst) {
                Files.deleteIfExists(file);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void deleteQuietly() {
        try {
            delete();
        } catch (IOException e) {
            System.err.println("could not delete " + folder);
        }
    }
}
