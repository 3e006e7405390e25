package org.efficientzoo.blocks;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.efficientzoo.blocks.FoldedNorms.Folded;

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
            FoldablePairs.Found found,
            List<Parameter> parameters,
            Optional<FastPath.Prepared> path,
            Optional<FoldedNorms> norms) {

        boolean isFor(NDManager manager) {
            return home == manager && home.isOpen() && found.isCurrent();
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
        if (PLAIN || recorded || arrays.isEmpty()) {
            return read(block, store, x, Map.of(), !recorded);
        }
        Ready way = ready(arrays.get(0).getManager());
        if (way.path.isPresent()) {
            return way.path.get().predict(x, arrays);
        }
        if (way.norms.isPresent() && way.norms.get().pays(x)) {
            return way.norms
                    .get()
                    .predict(
                            x,
                            parameter -> store.getValue(parameter, device, false),
                            folded -> read(block, store, x, folded, true));
        }
        return read(block, store, x, Map.of(), true);
    }

    private List<Parameter> parameters() {
        List<Ready> known = ready;
        for (Ready way : known) {
            if (way.found.isCurrent()) {
                return way.parameters;
            }
        }
        return List.copyOf(BlockNames.parameters(block).values());
    }

    static NDArray read(
            EfficientBlock block,
            ParameterStore store,
            NDArray x,
            Map<Block, Folded> folded,
            boolean inPlace) {
        try (Bounds bounds = new Bounds()) {
            InferenceOps.Pass pass = new InferenceOps.Pass(folded, bounds, inPlace);
            return block.read(new InferenceOps(store, block.lastUses(), false, pass), x);
        }
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
            if (way.found.isCurrent()) {
                kept.add(way);
            } else {
                way.own.close();
            }
        }
        FoldablePairs.Found found = FoldablePairs.of(block);
        NDManager own = home.newSubManager();
        Optional<FastPath.Prepared> path =
                Provided.ALL.stream()
                        .flatMap(provided -> provided.prepare(block, own).stream())
                        .findFirst();
        Optional<FoldedNorms> norms =
                path.isPresent() || found.pairs().isEmpty()
                        ? Optional.empty()
                        : Optional.of(new FoldedNorms(found.pairs(), own));
        List<Parameter> parameters = List.copyOf(BlockNames.parameters(block).values());
        Ready made = new Ready(home, own, found, parameters, path, norms);
        kept.add(made);
        ready = List.copyOf(kept);
        return made;
    }
}
