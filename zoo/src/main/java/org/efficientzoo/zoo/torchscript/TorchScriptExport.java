package org.efficientzoo.zoo.torchscript;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.FoldedNorm;
import org.efficientzoo.blocks.ForwardGraph;
import org.efficientzoo.blocks.Operation.NormalizedConvolution;
import org.efficientzoo.zoo.file.WholeFile;
import org.efficientzoo.zoo.torchscript.ModuleTree.Tensor;
import org.efficientzoo.zoo.weights.TorchArchive;

/**
 * Writes a network as a TorchScript file that DJL, Python's {@code torch.jit.load} and libtorch
 * open: the forward pass in inference, and the weights under the names of their state dict. It
 * takes what the network takes, a float tensor (N, C, H, W) of any N and sizes that suit the
 * network, and returns its output, the logits (N, classes) of a network of the zoo.
 */
public final class TorchScriptExport {

    private static final String TYPE = "Network";

    private TorchScriptExport() {}

    /** What becomes of the batch norms. */
    public enum Norms {
        /** They stay layers of their own, so that the state dict stays the network's. */
        KEPT,
        /** They are folded into the convolutions before them where that is exact. */
        FOLDED
    }

    /**
     * Writes a network; nothing is left under the file's name unless all of it could be written.
     *
     * @param network the network, initialised
     * @param norms what becomes of the batch norms
     * @param file the file to write
     * @throws IllegalArgumentException if the network has no values yet, or a block inside has no
     *     script; it is named
     * @throws IOException if writing fails
     */
    public static void write(Block network, Norms norms, Path file) throws IOException {
        try (WholeFile whole = WholeFile.replacing(file)) {
            write(network, norms, whole.stream());
            whole.commit();
        }
    }

    /**
     * Writes a network to a stream, as it would stand in a file.
     *
     * @param network the network, initialised
     * @param norms what becomes of the batch norms
     * @param to takes the bytes; stays open
     * @throws IllegalArgumentException if the network has no values yet, or a block inside has no
     *     script; it is named
     * @throws IOException if writing fails
     */
    public static void write(Block network, Norms norms, OutputStream to) throws IOException {
        Map<String, Parameter> parameters = BlockNames.parameters(network);
        parameters.forEach(TorchScriptExport::checkInitialized);
        ForwardGraph graph = Script.graph(ForwardGraph.of(network));
        if (norms == Norms.FOLDED) {
            ForwardGraph whole = graph;
            graph =
                    graph.withFoldedNorms(
                            both ->
                                    whole.standsOnce(both)
                                            && FoldedNorm.of(both.norm()).isFinite());
        }
        Map<Parameter, String> names = new HashMap<>();
        parameters.forEach((name, parameter) -> names.put(parameter, name));

        List<Tensor> tensors = tensors(parameters, names, graph);
        Map<Parameter, String> expressions = new HashMap<>();
        names.forEach((parameter, name) -> expressions.put(parameter, ModuleTree.expression(name)));
        String body = Script.body(graph, expressions, false, Layout.CHANNELS_FIRST);
        String method = "  def forward(self: __torch__.%s, x: Tensor) -> Tensor:\n".formatted(TYPE);
        ModuleTree tree = ModuleTree.of(tensors);
        List<Tensor> stored = new ArrayList<>();
        byte[] data = tree.data(TYPE, stored);
        save(to, data, tree.source(TYPE, method + body), stored);
    }

    private static void checkInitialized(String name, Parameter parameter) {
        if (!parameter.isInitialized()) {
            throw new IllegalArgumentException(
                    "a network must be initialised before it is exported, found no values of "
                            + name);
        }
    }

    /** The tensors to store; a folded norm's shift is renamed to the bias that it becomes. */
    private static List<Tensor> tensors(
            Map<String, Parameter> parameters, Map<Parameter, String> names, ForwardGraph graph) {
        Map<Parameter, Tensor> changed = new HashMap<>();
        Set<Parameter> gone = new HashSet<>();
        for (ForwardGraph.Node node : graph.nodes()) {
            if (!(node.operation() instanceof NormalizedConvolution folded)) {
                continue;
            }
            Parameter weight = of(folded.conv(), Parameter.Type.WEIGHT);
            Parameter shift = of(folded.norm(), Parameter.Type.BETA);
            String name = names.get(weight);
            String bias = name.substring(0, name.length() - "weight".length()) + "bias";
            names.put(shift, bias);
            gone.addAll(folded.conv().getDirectParameters().values());
            gone.addAll(folded.norm().getDirectParameters().values());
            changed.put(
                    weight,
                    new Tensor(name, weight.getShape(), true, () -> weights(weight, folded)));
            changed.put(shift, new Tensor(bias, shift.getShape(), true, () -> biases(folded)));
        }
        List<Tensor> tensors = new ArrayList<>();
        parameters.forEach(
                (name, parameter) -> {
                    if (changed.containsKey(parameter)) {
                        tensors.add(changed.get(parameter));
                    } else if (!gone.contains(parameter)) {
                        tensors.add(tensor(name, parameter));
                    }
                });
        return tensors;
    }

    private static float[] weights(Parameter weight, NormalizedConvolution folded) {
        float[] values = FoldedNorm.floats(weight);
        double[] scale = FoldedNorm.of(folded.norm()).scale();
        int each = values.length / scale.length;
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] * scale[i / each]);
        }
        return values;
    }

    private static float[] biases(NormalizedConvolution folded) {
        FoldedNorm norm = FoldedNorm.of(folded.norm());
        double[] scale = norm.scale();
        double[] shift = norm.shift();
        float[] biases = new float[scale.length];
        float[] before =
                BlockNames.parameter(folded.conv(), Parameter.Type.BIAS)
                        .map(FoldedNorm::floats)
                        .orElse(biases.clone());
        for (int i = 0; i < biases.length; i++) {
            biases[i] = (float) (before[i] * scale[i] + shift[i]);
        }
        return biases;
    }

    private static Parameter of(Block leaf, Parameter.Type type) {
        return BlockNames.parameter(leaf, type).orElseThrow();
    }

    private static Tensor tensor(String name, Parameter parameter) {
        boolean trained =
                switch (parameter.getType()) {
                    case RUNNING_MEAN, RUNNING_VAR -> false;
                    default -> true;
                };
        return new Tensor(
                name, parameter.getArray().getShape(), trained, () -> FoldedNorm.floats(parameter));
    }

    private static void save(OutputStream to, byte[] data, String source, List<Tensor> tensors)
            throws IOException {
        OutputStream out = new BufferedOutputStream(to);
        TorchArchive archive = new TorchArchive(out);
        Archive.writeModule(archive, data, source);
        for (int key = 0; key < tensors.size(); key++) {
            archive.write("data/" + key, bytes(tensors.get(key).values().get()));
        }
        archive.end();
        out.flush();
    }

    private static byte[] bytes(float[] values) {
        ByteBuffer buffer =
                ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(values);
        return buffer.array();
    }
}
