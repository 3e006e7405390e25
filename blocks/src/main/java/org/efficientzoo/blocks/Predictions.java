package org.efficientzoo.blocks;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * How a block predicts: in the fastest way that there is for the engine.
 *
 * <p>What is made for that is made once for each manager that parameters live with, and closes with
 * it. A block of which a parameter or the input records gradients is read as it stands, so that
 * gradients reach what they should.
 *
 * <p>Safe for use by several threads; none waits for another one's prediction.
 */
final class Predictions {

    /** For comparisons: one operation after the other, each batch norm by itself. */
    private static final boolean PLAIN = Boolean.getBoolean("efficientzoo.plain");

    private final EfficientBlock block;
    private volatile List<Ready> ready = List.of();
    private volatile Traced traced;

    private record Traced(ForwardGraph graph, InferencePass pass) {}

    Predictions(EfficientBlock block) {
        this.block = block;
    }

    /** The ways that other modules provide. */
    private static final class Provided {

        static final List<FastPath> ALL =
                ServiceLoader.load(FastPath.class, FastPath.class.getClassLoader()).stream()
                        .map(ServiceLoader.Provider::get)
                        .toList();
    }

    /** What was made for the parameters that live with one manager. */
    private record Ready(
            NDManager home,
            NDManager own,
            ForwardGraph graph,
            List<Parameter> parameters,
            Optional<FastPath.Prepared> path) {

        boolean isFor(NDManager manager) {
            return home == manager && home.isOpen() && graph.isCurrent();
        }
    }

    NDArray predict(ParameterStore store, NDArray x) {
        Device device = x.getDevice();
        List<Parameter> parameters = parameters();
        List<NDArray> arrays = new ArrayList<>(parameters.size());
        boolean recorded = x.hasGradient();
        for (Parameter parameter : parameters) {
            NDArray array = store.getValue(parameter, device, false);
            recorded |= array.hasGradient();
            arrays.add(array);
        }
        if (!PLAIN && !recorded && !arrays.isEmpty()) {
            Optional<FastPath.Prepared> path = ready(arrays.get(0).getManager()).path;
            if (path.isPresent()) {
                return path.get().predict(x, arrays);
            }
        }
        return oneByOne(store, x, !recorded);
    }

    /**
     * Predicts one operation after the other.
     *
     * @param store where the values of parameters are found
     * @param x the input
     * @param inPlace whether a sum may overwrite an operand
     */
    NDArray oneByOne(ParameterStore store, NDArray x, boolean inPlace) {
        Traced known = traced;
        if (known == null || !known.graph.isCurrent()) {
            ForwardGraph graph = ForwardGraph.of(block);
            known = new Traced(graph, new InferencePass(graph));
            traced = known;
        }
        return known.pass.run(store, x, inPlace);
    }

    private List<Parameter> parameters() {
        List<Ready> known = ready;
        for (Ready way : known) {
            if (way.graph.isCurrent()) {
                return way.parameters;
            }
        }
        return List.copyOf(BlockNames.parameters(block).values());
    }

    private Ready ready(NDManager home) {
        for (Ready way : ready) {
            if (way.isFor(home)) {
                return way;
            }
        }
        return prepare(home);
    }

    private synchronized Ready prepare(NDManager home) {
        List<Ready> kept = new ArrayList<>();
        for (Ready way : ready) {
            if (way.isFor(home)) {
                return way; // another thread was first
            }
            if (!way.home.isOpen()) {
                continue; // and what was made closed with it
            }
            if (way.graph.isCurrent()) {
                kept.add(way);
            } else {
                way.own.close();
            }
        }
        ForwardGraph graph = ForwardGraph.of(block);
        NDManager own = home.newSubManager();
        Optional<FastPath.Prepared> path =
                Provided.ALL.stream()
                        .flatMap(provided -> provided.prepare(graph, own).stream())
                        .findFirst();
        List<Parameter> parameters = List.copyOf(BlockNames.parameters(block).values());
        Ready made = new Ready(home, own, graph, parameters, path);
        kept.add(made);
        ready = List.copyOf(kept);
        return made;
    }
}
