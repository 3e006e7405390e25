package org.efficientzoo.zoo.onnx;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.onnx.proto.OnnxMl;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.FoldedNorm;
import org.efficientzoo.blocks.LeafSettings;
import org.efficientzoo.blocks.Nonlinearity;
import org.efficientzoo.blocks.Pooling;
import org.efficientzoo.blocks.Reading;
import org.efficientzoo.zoo.weights.Float16;

/** The reading that writes each operation as nodes of ONNX; a value is its name. */
final class NodeWriter implements Reading<String>, Nonlinearity.OnnxNodes {

    private final Optional<PixelInput> pixels;
    private final Gathering gathering;
    private final Emitter emitter;
    private final Tensors tensors;
    private final OnnxOptions options;
    private final PoolWriter pools;
    private final Map<Block, String> names;

    private Node node;
    private Order inputs;
    private Order outputs;

    NodeWriter(
            Graph graph,
            Optional<PixelInput> pixels,
            Gathering gathering,
            Emitter emitter,
            Tensors tensors,
            OnnxOptions options) {
        this.names = graph.names();
        this.pixels = pixels;
        this.gathering = gathering;
        this.emitter = emitter;
        this.tensors = tensors;
        this.options = options;
        this.pools = new PoolWriter(emitter, tensors, options.dynamicSize());
    }

    /**
     * Writes a node.
     *
     * @param written the node
     * @param x the names of its inputs
     * @param from which channels stand at the places of its inputs
     * @param to which channels are to stand at the places of its value
     */
    void write(Node written, List<String> x, Order from, Order to) {
        this.node = written;
        this.inputs = from;
        this.outputs = to;
        gathering.put(written, written.operation().read(this, x), to);
    }

    private String prefix(Block leaf) {
        String name = names.get(leaf);
        return name.isEmpty() ? "" : name + ".";
    }

    private Kernel kernel(Block leaf, int groups) {
        return new Kernel(prefix(leaf), leaf, groups);
    }

    @Override
    public String conv(Conv2d conv, String x) {
        return convolve(conv, kernel(conv, conv.getGroups()), x);
    }

    @Override
    public String normalizedConv(Conv2d conv, BatchNorm norm, String x) {
        Kernel kernel = kernel(conv, conv.getGroups()).followedBy(FoldedNorm.of(norm));
        return convolve(conv, kernel, x);
    }

    private String convolve(Conv2d conv, Kernel plain, String x) {
        Kernel kernel = pixels.map(input -> input.normalizing(node, plain)).orElse(plain);
        Order ofGroup = ChannelUse.isDense(conv) ? inputs : Order.natural(kernel.inputsPerGroup());
        long groups = ChannelUse.isDepthwise(conv) ? outputs.size() : conv.getGroups();
        List<Long> padding = list(conv.getPadding());
        return emitter.add(
                "Conv",
                node.name(),
                operands(x, kernel, ofGroup),
                n -> {
                    Emitter.integers(n, "dilations", list(conv.getDilation()));
                    Emitter.integer(n, "group", groups);
                    Emitter.integers(n, "kernel_shape", list(conv.getKernelShape()));
                    Emitter.integers(
                            n, "pads", Stream.concat(padding.stream(), padding.stream()).toList());
                    Emitter.integers(n, "strides", list(conv.getStride()));
                });
    }

    private static List<Long> list(Shape pair) {
        return List.of(pair.get(0), pair.get(1));
    }

    /** The value and the weights that it is multiplied by. */
    private List<String> operands(String x, Kernel kernel, Order from) {
        float[] values = kernel.weights(outputs, from);
        long[] shape = kernel.shape(outputs.size(), from.size());
        List<String> operands = new ArrayList<>(List.of(x));
        operands.add(weights(kernel.prefix() + "weight", values, shape));
        if (kernel.hasBias()) {
            float[] biases = kernel.biases(outputs);
            operands.add(tensors.floats(kernel.prefix() + "bias", biases, biases.length));
        }
        return operands;
    }

    private String weights(String name, float[] values, long... shape) {
        boolean fits = true;
        for (float value : values) {
            fits &= Math.abs(value) <= Float16.LARGEST;
        }
        if (!options.halfWeights() || !fits) {
            return tensors.floats(name, values, shape);
        }
        String half = tensors.halves(name, values, shape);
        return emitter.add(
                "Cast",
                half + ".float",
                List.of(half),
                n -> Emitter.integer(n, "to", OnnxMl.TensorProto.DataType.FLOAT_VALUE));
    }

    @Override
    public String linear(Linear linear, String x) {
        return emitter.add(
                "Gemm",
                node.name(),
                operands(x, kernel(linear, 1), inputs),
                n -> Emitter.integer(n, "transB", 1));
    }

    @Override
    public String batchNorm(BatchNorm norm, String x) {
        List<String> operands = new ArrayList<>(List.of(x));
        operands.add(constant(norm, Parameter.Type.GAMMA, "weight", 0));
        operands.add(constant(norm, Parameter.Type.BETA, "bias", 0));
        operands.add(constant(norm, Parameter.Type.RUNNING_MEAN, "running_mean", 0));
        operands.add(constant(norm, Parameter.Type.RUNNING_VAR, "running_var", 1));
        return emitter.add(
                "BatchNormalization",
                node.name(),
                operands,
                n -> Emitter.number(n, "epsilon", LeafSettings.of(norm).epsilon()));
    }

    private String constant(BatchNorm norm, Parameter.Type type, String name, float dead) {
        float[] values = FoldedNorm.floats(BlockNames.parameter(norm, type).orElseThrow());
        float[] picked = outputs.pick(c -> values[c], dead);
        return tensors.floats(prefix(norm) + name, picked, outputs.size());
    }

    @Override
    public String dropout(Dropout dropout, String x) {
        return x;
    }

    @Override
    public String activation(Nonlinearity function, String x) {
        return function.onnx(this, x);
    }

    @Override
    public String node(String operator, Map<String, Float> attributes, String... operands) {
        return emitter.add(
                operator,
                node.name(),
                List.of(operands),
                n -> attributes.forEach((name, value) -> Emitter.number(n, name, value)));
    }

    @Override
    public String constant(String name, float value) {
        return tensors.floats(name, new float[] {value});
    }

    @Override
    public String maxPool(Pooling window, String x) {
        return pools.max(window, node, x);
    }

    @Override
    public String avgPool(Pooling window, String x) {
        return pools.average(window, node, x);
    }

    @Override
    public String globalAvgPool(String x) {
        String mean = emitter.add("GlobalAveragePool", node.name(), List.of(x));
        return emitter.add("Flatten", node.name() + ".flatten", List.of(mean));
    }

    @Override
    public String add(String a, String b) {
        return emitter.add("Add", node.name(), List.of(a, b));
    }

    @Override
    public String concat(List<String> maps) {
        return emitter.add("Concat", node.name(), maps, n -> Emitter.integer(n, "axis", 1));
    }

    @Override
    public String slice(int from, int to, String x) {
        return gathering.slice(node.name(), x, from, to);
    }

    @Override
    public String shuffle(int groups, String x) {
        return shuffled(x);
    }

    @Override
    public String unshuffle(int groups, String x) {
        return shuffled(x);
    }

    private String shuffled(String x) {
        int channels = node.channels();
        int rows = Shuffles.rows(node.operation(), channels);
        List<Integer> sources = Shuffles.sources(rows, channels).boxed().toList();
        return gathering.permuted(node, x, channels, sources);
    }

    @Override
    public String other(Block block, String x) {
        throw new IllegalArgumentException("no nodes of a " + block.getClass().getSimpleName());
    }
}
