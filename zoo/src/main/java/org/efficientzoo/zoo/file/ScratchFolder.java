package org.efficientzoo.zoo.file;

import ai.djl.util.Utils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A folder for files on their way. Closing deletes it with all that is in it, and so does the end
 * of the process.
 */
public final class ScratchFolder implements AutoCloseable {

    private final Path folder;
    private final DeletedAtExit atExit;

    private ScratchFolder(Path folder) {
        this.folder = folder;
        atExit = new DeletedAtExit(folder);
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

    /** Deletes the folder and what is in it, as far as it can be. */
    @Override
    public void close() {
        Utils.deleteQuietly(folder);
        atExit.cancel();
    }
}
