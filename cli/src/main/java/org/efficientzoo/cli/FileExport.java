package org.efficientzoo.cli;

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
     * @param int8 what integers changed, null where there are none; the differences above are then
     *     those from the file with floats, on images that calibrated
     */
    record Document(
            String path,
            String sha256,
            double max_abs_difference,
            Double max_difference_in_std,
            String data,
            Int8 int8) {}

    /**
     * What integers changed.
     *
     * @param calibration_images the images that the levels are from
     * @param images the images that Top-1 was measured on, null where it was not
     * @param top1_before Top-1 with floats, 0 to 1
     * @param top1_after Top-1 with integers
     * @param not_measured why Top-1 was not measured, null where it was
     */
    record Int8(
            int calibration_images,
            Long images,
            Double top1_before,
            Double top1_after,
            String not_measured) {

        static Int8 unmeasured(int calibrationImages, String reason) {
            return new Int8(calibrationImages, null, null, null, reason);
        }
    }
}
