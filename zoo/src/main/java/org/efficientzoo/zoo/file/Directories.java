package org.efficientzoo.zoo.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes folders. */
public final class Directories {

    private Directories() {}

    /**
     * Makes a folder and those above it, unless there is one. A link to a folder is one, too, which
     * Java before 17.0.14 does not know.
     *
     * @param folder the folder
     * @return the folder
     * @throws IOException if it cannot be made
     */
    public static Path make(Path folder) throws IOException {
        return Files.isDirectory(folder) ? folder : Files.createDirectories(folder);
    }
}
