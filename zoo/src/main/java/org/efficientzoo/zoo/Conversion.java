package org.efficientzoo.zoo;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.efficientzoo.zoo.checkpoint.CheckpointCard;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.weights.NetworkTensors;
import org.efficientzoo.zoo.weights.Precision;
import org.efficientzoo.zoo.weights.SafetensorsFileWriter;
import org.efficientzoo.zoo.weights.TensorSource;
import org.efficientzoo.zoo.weights.WithoutCounters;

/**
 * Turns a checkpoint of any format into what this zoo keeps: a safetensors file with the names of
 * the network and a card.
 *
 * @param network the network
 * @param arguments what builds the network and its preprocessing, the arguments of a look-up
 * @param classNames the names of the classes, if they have any of their own
 * @param license the licence, if known
 * @param source where the checkpoint is from
 * @param precision how floats are kept
 * @param anyValues whether values are kept that no sound network has, not a number for one
 */
record Conversion(
        NetworkEntry network,
        Map<String, ?> arguments,
        List<String> classNames,
        Optional<String> license,
        String source,
        Precision precision,
        boolean anyValues) {

    /**
     * What was written.
     *
     * @param tensors how many tensors there are
     * @param notes what was chosen in the checkpoint or passed over, one line each
     */
    record Result(int tensors, List<String> notes) {}

    private NetworkCheckpoint open(Path file) throws IOException {
        ModelArguments parsed = ModelArguments.of(arguments);
        return NetworkCheckpoint.open(file, network, parsed, network.build(parsed.options()));
    }

    /** The number of classes of a checkpoint's classifier, if it has one. */
    OptionalInt classes(Path file) throws IOException {
        try (NetworkCheckpoint checkpoint = open(file)) {
            return checkpoint.classes();
        }
    }

    /**
     * Reads all values.
     *
     * @return what is wrong with them, if anything is
     * @throws MalformedModelException if the tensors do not fit the network
     * @throws IOException if reading fails
     */
    Optional<String> badValues(Path file) throws IOException, MalformedModelException {
        try (NetworkCheckpoint checkpoint = open(file)) {
            return checkpoint.badValues();
        }
    }

    /**
     * Converts. A classifier that is to be fresh gets its values from an engine.
     *
     * @param from the checkpoint
     * @param to the file to write, which appears whole or not at all
     * @return what was written
     * @throws MalformedModelException if the tensors do not fit the network, or a value is none
     *     that it can have
     * @throws IOException if reading or writing fails
     */
    Result convert(Path from, Path to) throws IOException, MalformedModelException {
        try (NetworkCheckpoint checkpoint = open(from)) {
            if (ModelArguments.of(arguments).skipHead()) {
                try (NDManager manager = OnnxLookUp.initializingManager()) {
                    checkpoint.fill(manager);
                    return write(new NetworkTensors(checkpoint.block()), to, checkpoint);
                }
            }
            Optional<String> bad = checkpoint.badValues();
            if (bad.isPresent() && !anyValues) {
                throw new MalformedModelException(from + " cannot be used: " + bad.get());
            }
            return write(checkpoint.tensors(), to, checkpoint);
        }
    }

    private Result write(TensorSource all, Path to, NetworkCheckpoint checkpoint)
            throws IOException {
        TensorSource values = new WithoutCounters(all);
        new SafetensorsFileWriter(precision, card().toMap()).write(values, to);
        return new Result(values.tensors().size(), checkpoint.tensors().notes());
    }

    private CheckpointCard card() {
        Map<String, String> kept = new LinkedHashMap<>();
        arguments.forEach(
                (key, value) -> {
                    if (CheckpointCard.ARGUMENTS.contains(key)) {
                        kept.put(key, value.toString());
                    }
                });
        return new CheckpointCard(kept, classNames, license, Optional.of(source), Optional.empty());
    }
}
