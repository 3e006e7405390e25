package org.efficientzoo.zoo.file;

import ai.djl.util.Utils;
import java.nio.file.Files;
import java.nio.file.Path;
import org.efficientzoo.blocks.analysis.SafeText;

/**
 * Deletes a file, or a folder and what is in it, when the process ends. A file may well be begun
 * while it ends: a training run saves where it stopped. Then only closing deletes.
 */
final class DeletedAtExit {

    private final Thread hook;

    DeletedAtExit(Path path) {
        hook = new Thread(() -> delete(path));
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // the process ends already
        }
    }

    private static void delete(Path path) {
        Utils.deleteQuietly(path);
        if (Files.exists(path)) {
            System.err.println(SafeText.line("could not delete " + path));
        }
    }

    /** To be called when there is nothing to delete any more. */
    void cancel() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // the process ends, and the path is deleted
        }
    }
}
