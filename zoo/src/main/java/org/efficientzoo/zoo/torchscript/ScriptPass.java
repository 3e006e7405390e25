package org.efficientzoo.zoo.torchscript;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.ForwardGraph;

/** Runs a network as one script. */
final class ScriptPass implements ForwardPass {

    private static final String PREDICT = "predict";
    private static final String TRAIN = "train_forward";

    private final ParameterStore store;
    private final List<Parameter> parameters;
    private final LayoutScripts scripts;

    /**
     * Writes and loads the script.
     *
     * @throws IllegalArgumentException if a block has no script
     */
    ScriptPass(Block network, ParameterStore store, NDManager manager) {
        this.store = store;
        this.parameters = List.copyOf(BlockNames.parameters(network).values());
        ForwardGraph graph = Script.graph(ForwardGraph.of(network));
        Map<Parameter, String> names = new HashMap<>();
        for (Parameter parameter : parameters) {
            names.put(parameter, BoundScript.name(names.size()));
        }
        this.scripts =
                new LayoutScripts(
                        network,
                        manager,
                        layout ->
                                BoundScript.load(
                                        parameters.size(), methods(graph, names, layout), manager));
    }

    private static List<BoundSource.Method> methods(
            ForwardGraph graph, Map<Parameter, String> names, Layout layout) {
        return List.of(
                new BoundSource.Method(PREDICT, Script.body(graph, names, false, layout)),
                new BoundSource.Method(TRAIN, Script.body(graph, names, true, layout)));
    }

    @Override
    public NDArray logits(NDArray x, boolean training) {
        List<NDArray> arrays = new ArrayList<>(parameters.size());
        for (Parameter parameter : parameters) {
            arrays.add(store.getValue(parameter, x.getDevice(), training));
        }
        return scripts.of(x.getShape(), training)
                .call(training ? TRAIN : PREDICT, x, arrays, training);
    }

    @Override
    public String layout(Shape input, boolean training) {
        return scripts.layout(input, training).toString();
    }

    @Override
    public void close() {
        scripts.close();
    }
}
