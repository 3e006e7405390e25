package org.efficientzoo.training.cli;

import ai.djl.MalformedModelException;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.file.Path;

/** Writes a model as a file of one format. */
@FunctionalInterface
interface FileExport {

    /**
     * Writes a file, reads it back, and keeps it if it says what the model says.
     *
     * @param model the model
     * @param file the file, replaced if there is one
     * @throws IOException if it cannot be written, or says something else
     */
    Document write(Exported model, Path file)
            throws IOException, MalformedModelException, TranslateException;

    /**
     * A file that was written, as {@code --json} shows it.
     *
     * @param path the file
     * @param sha256 its hash
     * @param max_abs_difference the largest difference of a logit from the model's
     * @param max_difference_in_std the same in standard deviations of the logits, null where the
     *     difference has to be 0
     * @param data the file of the weights, null where they are inside
     */
    record Document(
            String path,
            String sha256,
            double max_abs_difference,
            Double max_difference_in_std,
            String data) {}
}
