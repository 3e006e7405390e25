package org.efficientzoo.training.run;

import ai.djl.Model;
import ai.djl.nn.Block;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.zoo.ClassNames;
import org.efficientzoo.zoo.checkpoint.CheckpointCard;
import org.efficientzoo.zoo.weights.NetworkTensors;
import org.efficientzoo.zoo.weights.Precision;
import org.efficientzoo.zoo.weights.SafetensorsFileWriter;

/** Writes the weights of a run as files that a look-up takes as they are. */
final class WeightsFiles {

    private final Block network;
    private final SafetensorsFileWriter writer;

    /**
     * Describes the files.
     *
     * @param model the model that is trained
     * @param classes its classes
     */
    WeightsFiles(Model model, ClassNames classes) {
        network = model.getBlock();
        Map<String, String> arguments = CheckpointCard.fromMap(model.getProperties()).arguments();
        CheckpointCard card =
                new CheckpointCard(
                        arguments,
                        classes.lines(),
                        Optional.empty(),
                        Optional.of("trained by efficient-zoo train"),
                        Optional.of("efficient-zoo " + Environment.version()));
        writer = new SafetensorsFileWriter(Precision.FLOAT32, card.toMap());
    }

    /** Writes the network as it is now; the file appears whole or not at all. */
    void write(Path file) throws IOException {
        writer.write(NetworkTensors.withoutCounters(network), file);
    }
}
