package org.efficientzoo.zoo.weights;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.io.IOException;
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

    private static final String COUNTER = "num_batches_tracked";
    private static final int LISTED = 20;

    private final Block network;
    private final Shape input;
    private final boolean freshHead;

    /**
     * Describes the network to fill.
     *
     * @param network the network, uninitialised
     * @param input the shape of its input, (N, C, H, W)
     * @param freshHead whether the classifier is left out, whatever the checkpoint has for it, and
     *     initialised instead
     */
    public StateDict(Block network, Shape input, boolean freshHead) {
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
        String head = freshHead ? head() + "." : null;
        Map<String, Shape> expected = new LinkedHashMap<>(ParameterShapes.of(network, input));
        Map<String, TensorInfo> found = new LinkedHashMap<>(source.tensors());
        found.keySet().removeIf(name -> name.endsWith(COUNTER));
        if (head != null) {
            expected.keySet().removeIf(name -> name.startsWith(head));
            found.keySet().removeIf(name -> name.startsWith(head));
        }
        check(expected, found, source.description());

        Map<String, Parameter> parameters = BlockNames.parameters(network);
        if (parameters.values().stream().anyMatch(Parameter::isInitialized)) {
            throw new IllegalStateException("the network has values already; build a fresh one");
        }
        List<NDArray> arrays = new ArrayList<>();
        try {
            for (Map.Entry<String, Shape> entry : expected.entrySet()) {
                String name = entry.getKey();
                arrays.add(manager.create(source.read(name), entry.getValue(), DataType.FLOAT32));
            }
        } catch (IOException | RuntimeException e) {
            arrays.forEach(NDArray::close);
            throw e;
        }
        int next = 0;
        for (String name : expected.keySet()) {
            parameters.get(name).setArray(arrays.get(next++));
        }
        initialize(network, manager, input);
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

    /** The classifier is the last layer that maps features to outputs. */
    private String head() {
        return Complexity.of(network, input).layers().stream()
                .filter(layer -> layer.activations() > 0)
                .map(LayerCost::name)
                .reduce((first, second) -> second)
                .orElseThrow(() -> new IllegalArgumentException("the network has no classifier"));
    }

    private static void check(
            Map<String, Shape> expected, Map<String, TensorInfo> found, String description)
            throws MalformedModelException {
        TreeSet<String> missing = new TreeSet<>(expected.keySet());
        missing.removeAll(found.keySet());
        TreeSet<String> unexpected = new TreeSet<>(found.keySet());
        unexpected.removeAll(expected.keySet());
        TreeMap<String, String> misshapen = new TreeMap<>();
        expected.forEach(
                (name, shape) -> {
                    TensorInfo info = found.get(name);
                    if (info != null && !info.shape().equals(shape)) {
                        misshapen.put(
                                name,
                                "%s (expected %s, found %s)".formatted(name, shape, info.shape()));
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
                "the tensors of %s do not fit the network: %s"
                        .formatted(description, String.join("; ", complaints)));
    }

    private static void complain(List<String> complaints, String what, List<String> names) {
        if (!names.isEmpty()) {
            List<String> shown = names.subList(0, Math.min(LISTED, names.size()));
            String more = names.size() > LISTED ? ", ..." : "";
            complaints.add(names.size() + " " + what + ": " + String.join(", ", shown) + more);
        }
    }
}
