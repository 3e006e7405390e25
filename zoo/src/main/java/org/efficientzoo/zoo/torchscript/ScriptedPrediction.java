package org.efficientzoo.zoo.torchscript;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.norm.BatchNorm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.FastPath;
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
    public Optional<Prepared> prepare(EfficientBlock block, NDManager manager) {
        if (!manager.getEngine().getEngineName().equals(BoundScript.ENGINE)) {
            return Optional.empty();
        }
        try {
            LayoutScripts scripts =
                    new LayoutScripts(
                            block,
                            manager,
                            layout -> BoundScript.load(source(block, layout), manager));
            // As if for training: arrays made in PyTorch's inference mode refuse later changes.
            return Optional.of(
                    (x, arrays) -> scripts.of(x.getShape(), false).call(PREDICT, x, arrays, true));
        } catch (IllegalArgumentException e) {
            Fallback.log(e.getMessage());
            return Optional.empty();
        }
    }

    private static BoundSource source(EfficientBlock block, Layout layout) {
        Map<Parameter, String> names = new HashMap<>();
        for (Parameter parameter : BlockNames.parameters(block).values()) {
            names.put(parameter, BoundScript.name(names.size()));
        }
        int arrays = names.size();
        Graph graph = Graph.of(block);
        List<Folding.Pair> pairs = Folding.pairs(graph);
        Derived derived = derived(pairs, names, layout);
        for (int i = 0; i < pairs.size(); i++) {
            Folding.Pair pair = pairs.get(i);
            names.put(parameter(pair.conv(), Parameter.Type.WEIGHT), weight(i));
            names.put(parameter(pair.norm(), Parameter.Type.BETA), bias(i));
        }
        String body = Script.body(Folding.fold(graph, pairs), names, false, layout);
        return new BoundSource(arrays, derived, List.of(new Method(PREDICT, body)));
    }

    /** The weights of each pair: w·s and b + (c - m)·s with s = g / √(v + e). */
    private static Derived derived(
            List<Folding.Pair> pairs, Map<Parameter, String> expressions, Layout layout) {
        ParameterNames of = new ParameterNames(expressions);
        List<String> names = new ArrayList<>();
        List<String> statistics = new ArrayList<>();
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < pairs.size(); i++) {
            Folding.Pair pair = pairs.get(i);
            BatchNorm norm = pair.norm();
            line(
                    body,
                    "s = torch.div(%s, torch.sqrt(torch.add(%s, %s)))"
                            .formatted(of.gamma(norm), of.runningVariance(norm), pair.epsilon()));
            String product =
                    "torch.mul(%s, torch.reshape(s, [-1, 1, 1, 1]))"
                            .formatted(of.weight(pair.conv()));
            line(body, weight(i) + " = " + layout.of(product));
            String centre =
                    pair.conv().isIncludeBias()
                            ? "torch.sub(%s, %s)"
                                    .formatted(of.bias(pair.conv()), of.runningMean(norm))
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
