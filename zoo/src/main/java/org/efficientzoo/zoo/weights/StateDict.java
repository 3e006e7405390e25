package org.efficientzoo.zoo.weights;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.blocks.analysis.Complexity;
import org.efficientzoo.blocks.analysis.LayerCost;

/**
 * Fills a network with the tensors of a checkpoint, by name and never by position.
 *
 * <p>Every tensor must have its parameter and every parameter its tensor, of the same shape;
 * PyTorch's {@code num_batches_tracked} counters alone are passed over. A prefix of the names that
 * fits when it is removed is removed ({@link FittedNames}). Values must be finite, and running
 * variances at least 0, unless {@link #keepingAnyValues() any values} are asked for.
 */
public final class StateDict {

    static final String COUNTER = "num_batches_tracked";
    private static final int LISTED = 20;

    private final String name;
    private final Block network;
    private final Shape input;
    private final boolean freshHead;
    private final boolean anyValues;

    /**
     * Describes the network to fill, which messages call {@code the network}.
     *
     * @param network the network, uninitialised
     * @param input the shape of its input, (N, C, H, W)
     * @param freshHead whether the classifier is left out, whatever the checkpoint has for it, and
     *     initialised instead
     */
    public StateDict(Block network, Shape input, boolean freshHead) {
        this("the network", network, input, freshHead);
    }

    /**
     * Describes the network to fill.
     *
     * @param name what messages call the network
     * @param network the network, uninitialised
     * @param input the shape of its input, (N, C, H, W)
     * @param freshHead whether the classifier is left out, whatever the checkpoint has for it, and
     *     initialised instead
     */
    public StateDict(String name, Block network, Shape input, boolean freshHead) {
        this(name, network, input, freshHead, false);
    }

    private StateDict(
            String name, Block network, Shape input, boolean freshHead, boolean anyValues) {
        this.name = name;
        this.network = network;
        this.input = input;
        this.freshHead = freshHead;
        this.anyValues = anyValues;
    }

    /**
     * The same, but values that no sound training leaves are taken, too: not a number, infinite,
     * variances below 0.
     *
     * @return what loads any values
     */
    public StateDict keepingAnyValues() {
        return new StateDict(name, network, input, freshHead, true);
    }

    /**
     * Gives tensors the names of the network.
     *
     * @param source the tensors, which are closed with the result
     * @param renaming what the network calls tensors by another publisher's names, of which it is
     *     given all; the same names for most
     * @return the tensors that the network may have under its names; what was removed and left out
     *     is in its notes
     * @throws IOException if two tensors would have the same name, or several networks fit
     */
    public TensorSource fitted(
            TensorSource source, Function<Set<String>, UnaryOperator<String>> renaming)
            throws IOException {
        try {
            Set<String> names = source.tensors().keySet();
            return new RenamedSource(source, fittedNames(names, renaming));
        } catch (IllegalArgumentException e) {
            throw new IOException(source.description() + ": " + e.getMessage(), e);
        }
    }

    /**
     * Finds the network's names of tensors.
     *
     * @param names the names of the tensors of a checkpoint
     * @param renaming what the network calls tensors by another publisher's names, of which it is
     *     given all
     * @return the fitted names
     * @throws IllegalArgumentException if several networks fit, each with a prefix of its own
     */
    public FittedNames fittedNames(
            Set<String> names, Function<Set<String>, UnaryOperator<String>> renaming) {
        return FittedNames.of(
                names,
                new FittedNames.Wanted(
                        BlockNames.parameters(network).keySet(),
                        () -> findHead(network, input),
                        renaming));
    }

    private TensorSource fitted(TensorSource source) throws IOException {
        return fitted(source, names -> UnaryOperator.identity());
    }

    /**
     * Loads and initialises the network; nothing is changed unless all tensors fit.
     *
     * <p>The arrays record no gradients until a trainer initialises the network, so that
     * predictions keep no graph.
     *
     * @param source the tensors
     * @param manager the manager that the parameters live with
     * @throws MalformedModelException if a tensor is missing, unexpected or of another shape, the
     *     message lists them; or if a value is none that a network can have
     * @throws IOException if reading fails
     * @throws IllegalStateException if the network is initialised already
     */
    public void load(TensorSource source, NDManager manager)
            throws MalformedModelException, IOException {
        TensorSource tensors = fitted(source);
        Map<String, Shape> expected = expected(tensors);
        Map<String, Parameter> parameters = BlockNames.parameters(network);
        if (parameters.values().stream().anyMatch(Parameter::isInitialized)) {
            throw new IllegalStateException("the network has values already; build a fresh one");
        }
        List<NDArray> arrays = new ArrayList<>();
        Copier copier = new Copier(manager);
        try {
            for (Map.Entry<String, Shape> entry : expected.entrySet()) {
                String key = entry.getKey();
                FloatBuffer values = tensors.read(key);
                checkValues(key, values, parameters.get(key), source.description());
                arrays.add(copier.copy(values, entry.getValue()));
            }
        } catch (IOException | MalformedModelException | RuntimeException e) {
            arrays.forEach(NDArray::close);
            throw e;
        }
        int next = 0;
        for (String key : expected.keySet()) {
            parameters.get(key).setArray(arrays.get(next++));
        }
        initialize(network, manager, input);
    }

    /**
     * Gives the network's parameters their values and does nothing else: the network can be read
     * then, but not run. The manager need not be able to compute.
     *
     * @param source the tensors
     * @param manager the manager that the parameters live with
     * @throws MalformedModelException if a tensor is missing, unexpected or of another shape, the
     *     message lists them; or if a value is none that a network can have
     * @throws IOException if reading fails
     */
    public void fill(TensorSource source, NDManager manager)
            throws MalformedModelException, IOException {
        TensorSource tensors = fitted(source);
        Map<String, Shape> expected = expected(tensors);
        Map<String, Parameter> parameters = BlockNames.parameters(network);
        for (Map.Entry<String, Shape> entry : expected.entrySet()) {
            FloatBuffer values = tensors.read(entry.getKey());
            checkValues(
                    entry.getKey(), values, parameters.get(entry.getKey()), source.description());
            FloatBuffer copy = FloatBuffer.allocate(values.remaining()).put(values).flip();
            parameters.get(entry.getKey()).setArray(manager.create(copy, entry.getValue()));
        }
    }

    /**
     * Checks that the tensors fit the network, without loading them.
     *
     * @param source the tensors
     * @throws MalformedModelException if a tensor is missing, unexpected or of another shape; the
     *     message lists them
     * @throws IOException if several networks fit
     */
    public void check(TensorSource source) throws MalformedModelException, IOException {
        expected(fitted(source));
    }

    /**
     * Checks that the tensors fit the network and reads their values.
     *
     * @param source the tensors
     * @return what is wrong with the values, if anything is
     * @throws MalformedModelException if a tensor is missing, unexpected or of another shape; the
     *     message lists them
     * @throws IOException if reading fails
     */
    public Optional<String> badValues(TensorSource source)
            throws MalformedModelException, IOException {
        TensorSource tensors = fitted(source);
        Map<String, Parameter> parameters = BlockNames.parameters(network);
        for (String key : expected(tensors).keySet()) {
            Optional<String> bad = BadValues.find(key, tensors.read(key), parameters.get(key));
            if (bad.isPresent()) {
                return bad;
            }
        }
        return Optional.empty();
    }

    private void checkValues(
            String key, FloatBuffer values, Parameter parameter, String description)
            throws MalformedModelException {
        Optional<String> bad =
                anyValues ? Optional.empty() : BadValues.find(key, values, parameter);
        if (bad.isPresent()) {
            throw new MalformedModelException(
                    "%s cannot be used: %s; optArgument(\"force\", \"true\") uses it all the same"
                            .formatted(description, bad.get()));
        }
    }

    /** The parameters that the tensors are to fill, once they are found to fit. */
    private Map<String, Shape> expected(TensorSource source) throws MalformedModelException {
        Map<String, Shape> expected = new LinkedHashMap<>(ParameterShapes.of(network, input));
        Map<String, TensorInfo> found = new LinkedHashMap<>(source.tensors());
        found.keySet().removeIf(StateDict::isCounter);
        if (freshHead) {
            String head = head(network, input) + ".";
            expected.keySet().removeIf(key -> key.startsWith(head));
            String area = head.substring(0, head.indexOf('.') + 1); // where another head may be
            found.keySet()
                    .removeIf(
                            key ->
                                    key.startsWith(head)
                                            || (key.startsWith(area)
                                                    && !expected.containsKey(key)));
        }
        check(expected, found, source.description());
        return expected;
    }

    /** Copies values into arrays, by way of one buffer outside the heap. */
    private static final class Copier {

        private final NDManager manager;
        private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

        Copier(NDManager manager) {
            this.manager = manager;
        }

        NDArray copy(FloatBuffer values, Shape shape) {
            int bytes = Math.multiplyExact(values.remaining(), Float.BYTES);
            if (buffer.capacity() < bytes) {
                buffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
            }
            buffer.clear().limit(bytes);
            buffer.asFloatBuffer().put(values);
            // An engine may take the buffer itself as the array's memory, not a copy of it.
            try (NDArray shared = manager.create(buffer, shape, DataType.FLOAT32)) {
                return shared.duplicate();
            }
        }
    }

    /**
     * Initialises a network for prediction: parameters that have no values yet get fresh ones, and
     * no array records gradients until a trainer initialises the network again.
     *
     * @param network the network
     * @param manager the manager that the parameters live with
     * @param input the shape of its input, (N, C, H, W)
     */
    public static void initialize(Block network, NDManager manager, Shape input) {
        network.initialize(manager, DataType.FLOAT32, input);
        for (Parameter parameter : network.getParameters().values()) {
            if (parameter.requiresGradient()) {
                parameter.getArray().setRequiresGradient(false);
            }
        }
    }

    /**
     * Finds the classifier: the last layer that maps features to outputs.
     *
     * @param network the network, initialised or not
     * @param input the shape of its input, (N, C, H, W)
     * @return the name of the layer
     * @throws IllegalArgumentException if the network has no such layer
     */
    public static String head(Block network, Shape input) {
        return findHead(network, input)
                .orElseThrow(() -> new IllegalArgumentException("the network has no classifier"));
    }

    private static Optional<String> findHead(Block network, Shape input) {
        return Complexity.of(network, input).layers().stream()
                .filter(layer -> layer.activations() > 0)
                .map(LayerCost::name)
                .reduce((first, second) -> second);
    }

    /**
     * Tells whether a tensor is one of PyTorch's counters, which no parameter stands for.
     *
     * @param tensor the name of a tensor
     * @return whether it is
     */
    public static boolean isCounter(String tensor) {
        return tensor.endsWith(COUNTER);
    }

    private void check(
            Map<String, Shape> expected, Map<String, TensorInfo> found, String description)
            throws MalformedModelException {
        if (found.isEmpty() && !expected.isEmpty()) {
            throw new MalformedModelException(
                    "%s must hold the %d tensors of %s, found none"
                            .formatted(description, expected.size(), name));
        }
        TreeSet<String> missing = new TreeSet<>(expected.keySet());
        missing.removeAll(found.keySet());
        TreeSet<String> unexpected = new TreeSet<>(found.keySet());
        unexpected.removeAll(expected.keySet());
        TreeMap<String, String> misshapen = new TreeMap<>();
        expected.forEach(
                (key, shape) -> {
                    TensorInfo info = found.get(key);
                    if (info != null && !info.shape().equals(shape)) {
                        misshapen.put(
                                key,
                                "%s (expected %s, found %s)".formatted(key, shape, info.shape()));
                    }
                });
        if (missing.isEmpty() && unexpected.isEmpty() && misshapen.isEmpty()) {
            return;
        }
        List<String> complaints = new ArrayList<>();
        complain(complaints, "missing", List.copyOf(missing));
        complain(complaints, "unexpected", List.copyOf(unexpected));
        complain(complaints, "misshapen", List.copyOf(misshapen.values()));
        throw new MalformedModelException(
                "the tensors of %s do not fit %s: %s"
                        .formatted(description, name, String.join("; ", complaints)));
    }

    private static void complain(List<String> complaints, String what, List<String> names) {
        if (!names.isEmpty()) {
            List<String> shown = names.subList(0, Math.min(LISTED, names.size()));
            String more = names.size() > LISTED ? ", ..." : "";
            complaints.add(names.size() + " " + what + ": " + String.join(", ", shown) + more);
        }
    }
}
