package org.efficientzoo.zoo;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.weights.CheckpointCard;
import org.efficientzoo.zoo.weights.CheckpointFormat;
import org.efficientzoo.zoo.weights.Checkpoints;
import org.efficientzoo.zoo.weights.DarknetFile;
import org.efficientzoo.zoo.weights.RenamedSource;
import org.efficientzoo.zoo.weights.StateDict;
import org.efficientzoo.zoo.weights.TensorInfo;
import org.efficientzoo.zoo.weights.TensorSource;

/** A checkpoint of any format, open for one network, whose names its tensors have. */
final class NetworkCheckpoint implements Closeable {

    private final NetworkEntry network;
    private final ModelArguments arguments;
    private final Block block;
    private final TensorSource original;
    private final TensorSource renamed;

    private NetworkCheckpoint(
            NetworkEntry network,
            ModelArguments arguments,
            Block block,
            TensorSource original,
            TensorSource renamed) {
        this.network = network;
        this.arguments = arguments;
        this.block = block;
        this.original = original;
        this.renamed = renamed;
    }

    /**
     * Opens a checkpoint.
     *
     * @param block what the network was built as, for the given arguments
     * @throws IOException if it cannot be read; the message says why, and what it is instead
     */
    static NetworkCheckpoint open(
            Path file, NetworkEntry network, ModelArguments arguments, Block block)
            throws IOException {
        TensorSource source =
                CheckpointFormat.of(file) == CheckpointFormat.DARKNET
                        ? DarknetFile.open(file, block, arguments.input())
                        : Checkpoints.open(file);
        return open(source, network, arguments, block);
    }

    /** The same of open tensors, which are closed where that fails. */
    static NetworkCheckpoint open(
            TensorSource source, NetworkEntry network, ModelArguments arguments, Block block)
            throws IOException {
        try {
            TensorSource renamed =
                    new RenamedSource(source, network.renaming(source.tensors().keySet()));
            return new NetworkCheckpoint(network, arguments, block, source, renamed);
        } catch (IOException | RuntimeException e) {
            source.close();
            throw e;
        }
    }

    /**
     * What a file says of itself.
     *
     * @return its card, empty where the format has none
     * @throws IOException if it cannot be read, is damaged, or is of another network
     */
    static CheckpointCard card(Path file, NetworkEntry network) throws IOException {
        if (CheckpointFormat.of(file) != CheckpointFormat.SAFETENSORS) {
            return CheckpointCard.fromMap(Map.of());
        }
        try (TensorSource source = Checkpoints.open(file)) {
            return card(source, network);
        }
    }

    static CheckpointCard card(TensorSource source, NetworkEntry network) throws IOException {
        String description = source.description();
        try {
            CheckpointCard card = CheckpointCard.fromMap(source.metadata());
            String name = card.arguments().getOrDefault(ModelArguments.NETWORK, network.name());
            if (!name.equals(network.name())) {
                throw new IOException(
                        "%s is a checkpoint of %s, not of %s"
                                .formatted(description, name, network));
            }
            return card;
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "the metadata of %s: %s".formatted(description, e.getMessage()), e);
        }
    }

    /** The card as arguments of a look-up. */
    static Map<String, Object> arguments(CheckpointCard card) {
        Map<String, Object> all = new LinkedHashMap<>(card.toMap());
        all.keySet().retainAll(ModelArguments.KNOWN);
        return all;
    }

    TensorSource tensors() {
        return renamed;
    }

    /** The number of classes of its classifier, if it has one. */
    OptionalInt classes() {
        String head = StateDict.head(block, arguments.input());
        return Optional.ofNullable(renamed.tensors().get(head + ".weight"))
                .map(TensorInfo::shape)
                .filter(shape -> shape.dimension() > 0)
                .map(shape -> OptionalInt.of(Math.toIntExact(shape.get(0))))
                .orElseGet(OptionalInt::empty);
    }

    private StateDict state() {
        Shape input = arguments.input();
        return new StateDict(network.name(), block, input, arguments.skipHead());
    }

    /**
     * Checks that every parameter has its tensor, and every tensor its parameter.
     *
     * @throws MalformedModelException if not; the message says what fits instead
     */
    void check() throws MalformedModelException {
        try {
            state().check(renamed);
        } catch (MalformedModelException e) {
            throw advised(e);
        }
    }

    /**
     * Fills the network.
     *
     * @throws MalformedModelException if the tensors do not fit; the message says what does
     * @throws IOException if reading fails
     */
    void fill(NDManager manager) throws MalformedModelException, IOException {
        try {
            state().load(renamed, manager);
        } catch (MalformedModelException e) {
            throw advised(e);
        }
    }

    /**
     * Fills a network that is to be read alone, with a manager that can do no more than hold
     * values.
     *
     * @throws MalformedModelException if the tensors do not fit; the message says what does
     * @throws IOException if reading fails
     */
    void fillPlainly(NDManager manager) throws MalformedModelException, IOException {
        try {
            state().fill(renamed, manager);
        } catch (MalformedModelException e) {
            throw advised(e);
        }
    }

    private MalformedModelException advised(MalformedModelException e) {
        String advice =
                new CheckpointFit(original.tensors())
                        .advice(network, arguments.options())
                        .map(text -> "; " + text)
                        .orElse("");
        return new MalformedModelException(e.getMessage() + advice, e);
    }

    @Override
    public void close() throws IOException {
        renamed.close();
    }
}
