package org.efficientzoo.cli;

import ai.djl.MalformedModelException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;
import org.efficientzoo.zoo.file.Sha256;
import org.efficientzoo.zoo.file.WholeFile;
import org.efficientzoo.zoo.weights.CheckpointWriter;

/**
 * Writes the weights of a model, which must come back bit for bit unless they were rounded.
 *
 * @param writer what writes a model's values
 * @param half whether they are rounded
 */
record CheckpointExport(Function<Exported, CheckpointWriter> writer, boolean half)
        implements FileExport {

    @Override
    public Document write(Exported model, Path file) throws IOException {
        try (WholeFile whole = WholeFile.replacing(file)) {
            model.write(writer.apply(model), whole);
            double difference = difference(model, file, whole.path());
            String sha256 = Sha256.of(whole.path());
            whole.commit();
            return new Document(file.toString(), sha256, difference, null, null, null);
        }
    }

    /** How much the logits of the file read back differ from the model's. */
    private double difference(Exported model, Path file, Path written) throws IOException {
        try {
            return difference(model.logits(), model.logitsOf(written), half);
        } catch (IOException | MalformedModelException e) {
            throw new IOException(
                    "%s could not be read back, and nothing was kept: %s"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    /** The largest difference; equal infinities and two values that are no numbers differ by 0. */
    static double difference(float[] expected, float[] found, boolean half)
            throws MalformedModelException {
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            if (Float.compare(expected[i], found[i]) != 0) {
                double difference = Math.abs((double) expected[i] - found[i]);
                largest = Math.max(largest, difference); // not a number if one is not
            }
        }
        if ((!half && largest != 0) || !Double.isFinite(largest)) {
            throw new MalformedModelException(
                    "its logits must differ by %s, found %s"
                            .formatted(half ? "a finite number" : "0", largest));
        }
        return largest;
    }
}
