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
import java.util.regex.Pattern;
import org.efficientzoo.zoo.checkpoint.CheckpointCard;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.weights.CheckpointFormat;
import org.efficientzoo.zoo.weights.Checkpoints;
import org.efficientzoo.zoo.weights.DarknetFile;
import org.efficientzoo.zoo.weights.DjlFile;
import org.efficientzoo.zoo.weights.StateDict;
import org.efficientzoo.zoo.weights.TensorInfo;
import org.efficientzoo.zoo.weights.TensorSource;

/** A checkpoint of any format, open for one network, whose names its tensors have. */
final class NetworkCheckpoint implements Closeable {

    private static final Pattern IS_PART = Pattern.compile("-\\d+-of-\\d+\\.\\w+$");
    private static final String PART =
            "it is one of several files; give the .index.json that lies beside them";

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
                switch (CheckpointFormat.of(file)) {
                    case DARKNET -> DarknetFile.open(file, block, arguments.input());
                    case DJL -> DjlFile.open(file, block);
                    default -> Checkpoints.open(file);
                };
        return open(source, network, arguments, block);
    }

    /** The same of open tensors, which are closed where that fails. */
    static NetworkCheckpoint open(
            TensorSource source, NetworkEntry network, ModelArguments arguments, Block block)
            throws IOException {
        try {
            TensorSource renamed =
                    new StateDict(block, arguments.input(), false)
                            .fitted(source, network::renaming);
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
        return switch (CheckpointFormat.of(file)) {
            case SAFETENSORS, INDEX -> {
                try (TensorSource source = Checkpoints.open(file)) {
                    yield card(source, network);
                }
            }
            case DJL -> card(file.toString(), DjlFile.properties(file), network);
            case PYTORCH, PYTORCH_STREAM, DARKNET -> CheckpointCard.fromMap(Map.of());
        };
    }

    static CheckpointCard card(TensorSource source, NetworkEntry network) throws IOException {
        return card(source.description(), source.metadata(), network);
    }

    private static CheckpointCard card(
            String description, Map<String, String> metadata, NetworkEntry network)
            throws IOException {
        try {
            CheckpointCard card = CheckpointCard.fromMap(metadata);
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

    Block block() {
        return block;
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
        StateDict state = new StateDict(network.name(), block, input, arguments.skipHead());
        return arguments.force() ? state.keepingAnyValues() : state;
    }

    /**
     * Checks that every parameter has its tensor, and every tensor its parameter, and reads the
     * values.
     *
     * @return what is wrong with the values, if anything is
     * @throws MalformedModelException if the tensors do not fit; the message says what does
     * @throws IOException if reading fails
     */
    Optional<String> badValues() throws MalformedModelException, IOException {
        checkNames();
        return state().badValues(renamed);
    }

    private void checkNames() throws MalformedModelException, IOException {
        try {
            state().check(renamed);
        } catch (MalformedModelException e) {
            throw advised(e);
        }
    }

    /**
     * Fills the network.
     *
     * @throws MalformedModelException if the tensors do not fit, the message says what does; or if
     *     a value is none that a network can have
     * @throws IOException if reading fails
     */
    void fill(NDManager manager) throws MalformedModelException, IOException {
        try {
            state().load(renamed, manager);
        } catch (MalformedModelException e) {
            checkNames(); // with advice
            throw e;
        }
    }

    /**
     * Fills a network that is to be read alone, with a manager that can do no more than hold
     * values.
     *
     * @throws MalformedModelException if the tensors do not fit, the message says what does; or if
     *     a value is none that a network can have
     * @throws IOException if reading fails
     */
    void fillPlainly(NDManager manager) throws MalformedModelException, IOException {
        try {
            state().fill(renamed, manager);
        } catch (MalformedModelException e) {
            checkNames(); // with advice
            throw e;
        }
    }

    private MalformedModelException advised(MalformedModelException e) {
        String file = original.description();
        String advice =
                new CheckpointFit(original.tensors())
                        .advice(network, arguments.options())
                        .or(() -> headAdvice())
                        .or(() -> Optional.of(PART).filter(text -> IS_PART.matcher(file).find()))
                        .map(text -> "; " + text)
                        .orElse("");
        return new MalformedModelException(e.getMessage() + advice, e);
    }

    /** What to do where all fits but the classifier. */
    private Optional<String> headAdvice() {
        if (arguments.skipHead()) {
            return Optional.empty();
        }
        try {
            new StateDict(block, arguments.input(), true).check(renamed);
            return Optional.of(
                    "all but the classifier fits: ask for a fresh one (--fresh-head of import and"
                            + " train, or optArgument(\"skipHead\", \"true\"))");
        } catch (MalformedModelException | IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() throws IOException {
        renamed.close();
    }
}
