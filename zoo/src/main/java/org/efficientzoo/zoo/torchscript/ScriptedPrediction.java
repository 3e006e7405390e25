package org.efficientzoo.zoo.torchscript;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.FastPath;
import org.efficientzoo.blocks.ForwardGraph;
import org.efficientzoo.blocks.LeafSettings;
import org.efficientzoo.blocks.Operation.NormalizedConvolution;
import org.efficientzoo.zoo.torchscript.BoundSource.Derived;
import org.efficientzoo.zoo.torchscript.BoundSource.Method;

/**
 * Predicts with a block in one native call of PyTorch, on the block's own parameters but for the
 * convolutions with a batch norm behind them, whose weights are kept with the norm folded in. They
 * are folded again when a parameter was changed.
 */
public final class ScriptedPrediction implements FastPath {

    private static final String PREDICT = "predict";

    /** Creates the service. */
    public ScriptedPrediction() {}

    @Override
    public Optional<Prepared> prepare(ForwardGraph traced, NDManager manager) {
        if (!manager.getEngine().getEngineName().equals(BoundScript.ENGINE)) {
            return Optional.empty();
        }
        try {
            ForwardGraph graph = Script.graph(traced).withFoldedNorms();
            LayoutScripts scripts =
                    new LayoutScripts(
                            traced.root(),
                            manager,
                            layout -> BoundScript.load(source(graph, layout), manager));
            // As if for training: arrays made in PyTorch's inference mode refuse later changes.
            return Optional.of(
                    (x, arrays) -> scripts.of(x.getShape(), false).call(PREDICT, x, arrays, true));
        } catch (IllegalArgumentException e) {
            Fallback.log(e.getMessage());
            return Optional.empty();
        }
    }

    private static BoundSource source(ForwardGraph graph, Layout layout) {
        Map<Parameter, String> names = new HashMap<>();
        for (Parameter parameter : BlockNames.parameters(graph.root()).values()) {
            names.put(parameter, BoundScript.name(names.size()));
        }
        int arrays = names.size();
        List<NormalizedConvolution> folded = folded(graph);
        Derived derived = derived(folded, names, layout);
        for (int i = 0; i < folded.size(); i++) {
            names.put(parameter(folded.get(i).conv(), Parameter.Type.WEIGHT), weight(i));
            names.put(parameter(folded.get(i).norm(), Parameter.Type.BETA), bias(i));
        }
        String body = Script.body(graph, names, false, layout);
        return new BoundSource(arrays, derived, List.of(new Method(PREDICT, body)));
    }

    private static List<NormalizedConvolution> folded(ForwardGraph graph) {
        List<NormalizedConvolution> folded = new ArrayList<>();
        for (ForwardGraph.Node node : graph.nodes()) {
            if (node.operation() instanceof NormalizedConvolution both) {
                folded.add(both);
            }
        }
        return folded;
    }

    /** As {@link org.efficientzoo.blocks.FoldedNorm}, of the values that the arrays have. */
    private static Derived derived(
            List<NormalizedConvolution> folded, Map<Parameter, String> expressions, Layout layout) {
        ParameterNames of = new ParameterNames(expressions);
        List<String> names = new ArrayList<>();
        List<String> statistics = new ArrayList<>();
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < folded.size(); i++) {
            Conv2d conv = folded.get(i).conv();
            BatchNorm norm = folded.get(i).norm();
            double epsilon = LeafSettings.of(norm).exactEpsilon();
            line(
                    body,
                    "s = torch.div(%s, torch.sqrt(torch.add(%s, %s)))"
                            .formatted(of.gamma(norm), of.runningVariance(norm), epsilon));
            String product =
                    "torch.mul(%s, torch.reshape(s, [-1, 1, 1, 1]))".formatted(of.weight(conv));
            line(body, weight(i) + " = " + layout.of(product));
            String centre =
                    conv.isIncludeBias()
                            ? "torch.sub(%s, %s)".formatted(of.bias(conv), of.runningMean(norm))
                            : "torch.neg(%s)".formatted(of.runningMean(norm));
            line(
                    body,
                    "%s = torch.add(%s, torch.mul(%s, s))"
                            .formatted(bias(i), of.beta(norm), centre));
            names.add(weight(i));
            names.add(bias(i));
            statistics.add(of.runningMean(norm));
            statistics.add(of.runningVariance(norm));
        }
        return new Derived(names, statistics, body.toString());
    }

    private static void line(StringBuilder body, String statement) {
        body.append("    ").append(statement).append('\n');
    }

    private static String weight(int pair) {
        return "w" + pair;
    }

    private static String bias(int pair) {
        return "b" + pair;
    }

    private static Parameter parameter(Block leaf, Parameter.Type type) {
        return BlockNames.parameter(leaf, type).orElseThrow();
    }
}
