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
import java.util.TreeMap;
import java.util.TreeSet;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.blocks.analysis.Complexity;
import org.efficientzoo.blocks.analysis.LayerCost;

/**
 * Fills a network with the tensors of a checkpoint, by name and never by position.
 *
 * <p>Every tensor must have its parameter and every parameter its tensor, of the same shape;
 * PyTorch's {@code num_batches_tracked} counters alone are passed over.
 */
public final class StateDict {

    static final String COUNTER = "num_batches_tracked";
    private static final int LISTED = 20;

    private final String name;
    private final Block network;
    private final Shape input;
    private final boolean freshHead;

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
        this.name = name;
        this.network = network;
        this.input = input;
        this.freshHead = freshHead;
    }

    /**
     * Loads and initialises the network; nothing is changed unless all tensors fit.
     *
     * <p>The arrays record no gradients until a trainer initialises the network, so that
     * predictions keep no graph.
     *
     * @param source the tensors
     * @param manager the manager that the parameters live with
     * @throws MalformedModelException if a tensor is missing, unexpected or of another shape; the
     *     message lists them
     * @throws IOException if reading fails
     * @throws IllegalStateException if the network is initialised already
     */
    public void load(TensorSource source, NDManager manager)
            throws MalformedModelException, IOException {
        Map<String, Shape> expected = expected(source);
        Map<String, Parameter> parameters = BlockNames.parameters(network);
        if (parameters.values().stream().anyMatch(Parameter::isInitialized)) {
            throw new IllegalStateException("the network has values already; build a fresh one");
        }
        List<NDArray> arrays = new ArrayList<>();
        Copier copier = new Copier(manager);
        try {
            for (Map.Entry<String, Shape> entry : expected.entrySet()) {
                arrays.add(copier.copy(source.read(entry.getKey()), entry.getValue()));
            }
        } catch (IOException | RuntimeException e) {
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
     * @throws MalformedModelException if a tensor is missing, unexpected or of another shape; the
     *     message lists them
     * @throws IOException if reading fails
     */
    public void fill(TensorSource source, NDManager manager)
            throws MalformedModelException, IOException {
        Map<String, Shape> expected = expected(source);
        Map<String, Parameter> parameters = BlockNames.parameters(network);
        for (Map.Entry<String, Shape> entry : expected.entrySet()) {
            FloatBuffer values = source.read(entry.getKey());
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
     */
    public void check(TensorSource source) throws MalformedModelException {
        expected(source);
    }

    /** The parameters that the tensors are to fill, once they are found to fit. */
    private Map<String, Shape> expected(TensorSource source) throws MalformedModelException {
        Map<String, Shape> expected = new LinkedHashMap<>(ParameterShapes.of(network, input));
        Map<String, TensorInfo> found = new LinkedHashMap<>(source.tensors());
        found.keySet().removeIf(StateDict::isCounter);
        if (freshHead) {
            String head = head(network, input) + ".";
            expected.keySet().removeIf(key -> key.startsWith(head));
            found.keySet().removeIf(key -> key.startsWith(head));
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
        return Complexity.of(network, input).layers().stream()
                .filter(layer -> layer.activations() > 0)
                .map(LayerCost::name)
                .reduce((first, second) -> second)
                .orElseThrow(() -> new IllegalArgumentException("the network has no classifier"));
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
