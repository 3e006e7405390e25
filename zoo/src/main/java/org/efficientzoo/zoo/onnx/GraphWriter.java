package org.efficientzoo.zoo.onnx;

import ai.djl.ndarray.types.Shape;
import ai.onnx.proto.OnnxMl;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.efficientzoo.zoo.onnx.Gathering.Written;

/** Writes a graph down as ONNX, one operation after the other. */
final class GraphWriter {

    static final String INPUT = "input";
    private static final List<String> DIMENSIONS = List.of("batch", "channels", "height", "width");

    private final Graph graph;
    private final Optional<PixelInput> pixels;
    private final ChannelPlan plan;
    private final Tensors tensors;
    private final OnnxOptions options;
    private final Emitter emitter = new Emitter();
    private final Gathering gathering;
    private final NodeWriter nodes;

    private GraphWriter(
            Graph graph, Optional<PixelInput> pixels, Tensors tensors, OnnxOptions options) {
        this.graph = graph;
        this.pixels = pixels;
        this.plan =
                options.permuteChannels()
                        ? ChannelPlan.reordered(graph)
                        : ChannelPlan.literal(graph);
        this.tensors = tensors;
        this.options = options;
        boolean reshapes = !options.permuteChannels() && !options.dynamicSize();
        this.gathering = new Gathering(plan, emitter, tensors, reshapes);
        this.nodes = new NodeWriter(graph, pixels, gathering, emitter, tensors, options);
    }

    /**
     * Writes a graph.
     *
     * @param graph the operations
     * @param pixels how it takes pixels; nothing if it takes planes
     * @param name the name of the graph
     * @param tensors takes the weights
     * @param options how
     */
    static OnnxMl.GraphProto write(
            Graph graph,
            Optional<PixelInput> pixels,
            String name,
            Tensors tensors,
            OnnxOptions options) {
        return new GraphWriter(graph, pixels, tensors, options).write(name);
    }

    private OnnxMl.GraphProto write(String name) {
        String result = resultName();
        Stream.of(INPUT, result).forEach(emitter::reserve);
        writeInput();
        for (Node node : graph.nodes().subList(1, graph.nodes().size())) {
            if (plan.isMade(node)) {
                write(node);
            }
        }
        String last = gathering.inNaturalOrder(graph.output());
        if (options.softmax()) {
            last =
                    emitter.add(
                            "Softmax",
                            "softmax",
                            List.of(last),
                            n -> Emitter.integer(n, "axis", 1));
        }
        if (last.equals(INPUT)) {
            last = emitter.add("Identity", "identity", List.of(INPUT)); // an output needs a node
        }
        OnnxMl.GraphProto.Builder proto =
                OnnxMl.GraphProto.newBuilder()
                        .setName(name)
                        .addAllNode(emitter.nodes(last, result))
                        .addAllInitializer(tensors.all());
        Shape input = graph.input().shape();
        proto.addInput(options.pixelInput() ? pixels(input) : value(INPUT, input, DIMENSIONS));
        List<String> free = List.of("batch", "output_channels", "output_height", "output_width");
        proto.addOutput(value(result, graph.output().shape(), free));
        return proto.build();
    }

    private String resultName() {
        if (options.softmax()) {
            return "probabilities";
        }
        return graph.output().shape().dimension() == 2 ? "logits" : "output";
    }

    private OnnxMl.ValueInfoProto value(String name, Shape shape, List<String> names) {
        OnnxMl.ValueInfoProto.Builder value = OnnxMl.ValueInfoProto.newBuilder().setName(name);
        OnnxMl.TypeProto.Tensor.Builder type =
                value.getTypeBuilder()
                        .getTensorTypeBuilder()
                        .setElemType(OnnxMl.TensorProto.DataType.FLOAT_VALUE);
        for (int axis = 0; axis < shape.dimension(); axis++) {
            boolean free = axis == 0 || (axis >= 2 && options.dynamicSize());
            dimension(type, free, names.get(axis), shape.get(axis));
        }
        return value.build();
    }

    private static void dimension(
            OnnxMl.TypeProto.Tensor.Builder type, boolean free, String name, long size) {
        var dimension = type.getShapeBuilder().addDimBuilder();
        if (free) {
            dimension.setDimParam(name);
        } else {
            dimension.setDimValue(size);
        }
    }

    private OnnxMl.ValueInfoProto pixels(Shape planes) {
        OnnxMl.ValueInfoProto.Builder value = OnnxMl.ValueInfoProto.newBuilder().setName(INPUT);
        OnnxMl.TypeProto.Tensor.Builder type =
                value.getTypeBuilder()
                        .getTensorTypeBuilder()
                        .setElemType(OnnxMl.TensorProto.DataType.UINT8_VALUE);
        for (int axis : new int[] {0, 2, 3, 1}) { // pixels come with their channels last
            boolean free = axis == 0 || (axis >= 2 && options.dynamicSize());
            dimension(type, free, DIMENSIONS.get(axis), planes.get(axis));
        }
        return value.build();
    }

    private void writeInput() {
        Node input = graph.input();
        if (pixels.isPresent()) {
            gathering.put(input, planes(pixels.get()), pixels.get().order());
        } else {
            gathering.put(input, INPUT, Order.natural(input.channels()));
        }
    }

    private String planes(PixelInput input) {
        String planes =
                emitter.add(
                        "Transpose",
                        "normalize.planes",
                        List.of(INPUT),
                        n -> Emitter.integers(n, "perm", List.of(0L, 3L, 1L, 2L)));
        String y =
                emitter.add(
                        "Cast",
                        "normalize.float",
                        List.of(planes),
                        n -> Emitter.integer(n, "to", OnnxMl.TensorProto.DataType.FLOAT_VALUE));
        if (!input.subtrahend().isEmpty()) {
            String mean = colors("mean", input.subtrahend());
            y = emitter.add("Sub", "normalize.sub", List.of(y, mean));
        }
        if (!input.factor().isEmpty()) {
            String scale = colors("scale", input.factor());
            y = emitter.add("Mul", "normalize.mul", List.of(y, scale));
        }
        return y;
    }

    private String colors(String name, List<Double> values) {
        float[] floats = new float[values.size()];
        for (int c = 0; c < floats.length; c++) {
            floats[c] = values.get(c).floatValue();
        }
        return tensors.floats("pixel_" + name, floats, 1, floats.length, 1, 1);
    }

    private void write(Node node) {
        if (ChannelPlan.use(node) == ChannelUse.TAKES_ANY) {
            Written x = gathering.inAnyOrder(node.input());
            Order order = plan.isFree(node) ? plan.order(node) : Order.natural(node.channels());
            nodes.write(node, List.of(x.name()), x.order(), order);
        } else if (plan.passesAnyOrder(node)) {
            Written x = gathering.inAnyOrder(node.input());
            nodes.write(node, List.of(x.name()), x.order(), x.order());
        } else {
            List<String> x = node.inputs().stream().map(gathering::inNaturalOrder).toList();
            Order inputs = Order.natural(node.input().channels());
            nodes.write(node, x, inputs, Order.natural(node.channels()));
        }
    }
}
