package org.efficientzoo.zoo.onnx;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.onnx.proto.OnnxMl;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.efficientzoo.zoo.image.ChannelOrder;
import org.efficientzoo.zoo.onnx.Gathering.Written;
import org.efficientzoo.zoo.weights.Float16;

/** Writes a graph down as ONNX, one operation after the other. */
final class GraphWriter {

    static final String INPUT = "input";
    private static final List<String> DIMENSIONS = List.of("batch", "channels", "height", "width");

    private final ChannelPlan plan;
    private final Tensors tensors;
    private final OnnxOptions options;
    private final Emitter emitter = new Emitter();
    private final Gathering gathering;
    private final PoolWriter pools;

    private GraphWriter(ChannelPlan plan, Tensors tensors, OnnxOptions options) {
        this.plan = plan;
        this.tensors = tensors;
        this.options = options;
        boolean reshapes = !options.permuteChannels() && !options.dynamicSize();
        this.gathering = new Gathering(plan, emitter, tensors, reshapes);
        this.pools = new PoolWriter(emitter, tensors, options.dynamicSize());
    }

    /**
     * Writes a graph.
     *
     * @param graph the operations
     * @param name the name of the graph
     * @param tensors takes the weights
     * @param options how
     */
    static OnnxMl.GraphProto write(Graph graph, String name, Tensors tensors, OnnxOptions options) {
        ChannelPlan plan =
                options.permuteChannels()
                        ? ChannelPlan.reordered(graph)
                        : ChannelPlan.literal(graph);
        return new GraphWriter(plan, tensors, options).write(graph, name);
    }

    private OnnxMl.GraphProto write(Graph graph, String name) {
        String result = resultName(graph.output());
        Stream.of(INPUT, result).forEach(emitter::reserve);
        for (Node node : graph.nodes()) {
            if (plan.isMade(node)) {
                write(node);
            }
        }
        String last = gathering.inNaturalOrder(graph.output());
        if (last.equals(INPUT)) {
            last = emitter.add("Identity", "identity", List.of(INPUT)); // an output needs a node
        }
        OnnxMl.GraphProto.Builder proto =
                OnnxMl.GraphProto.newBuilder()
                        .setName(name)
                        .addAllNode(emitter.nodes(last, result))
                        .addAllInitializer(tensors.all());
        Node input = graph.nodes().get(0);
        proto.addInput(
                options.pixelInput()
                        ? pixels(input.shape())
                        : value(INPUT, input.shape(), DIMENSIONS));
        List<String> free = List.of("batch", "output_channels", "output_height", "output_width");
        proto.addOutput(value(result, graph.output().shape(), free));
        return proto.build();
    }

    private static String resultName(Node output) {
        if (output.operation() instanceof Operation.Softmax) {
            return "probabilities";
        }
        return output.shape().dimension() == 2 ? "logits" : "output";
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

    private void write(Node node) {
        Operation operation = node.operation();
        if (operation instanceof Operation.Input) {
            gathering.put(node, INPUT, Order.natural(node.channels()));
        } else if (operation instanceof Operation.Convolution conv && conv.isDense()) {
            dense(node, conv);
        } else if (operation instanceof Operation.Linear linear) {
            linear(node, linear);
        } else if (plan.passesAnyOrder(node)) {
            Written x = gathering.inAnyOrder(node.input());
            keeping(node, x.name(), x.order());
        } else {
            natural(node);
        }
    }

    private void dense(Node node, Operation.Convolution conv) {
        Written x = gathering.inAnyOrder(node.input());
        Order order = plan.isFree(node) ? plan.order(node) : Order.natural(node.channels());
        gathering.put(node, convolution(node, conv, x.name(), order, x.order()), order);
    }

    private String convolution(
            Node node, Operation.Convolution conv, String x, Order outputs, Order inputs) {
        List<String> operands = operands(x, conv.kernel(), outputs, inputs);
        return emitter.add(
                "Conv",
                node.name(),
                operands,
                n -> {
                    Emitter.integers(n, "dilations", conv.dilations());
                    long groups = conv.isDepthwise() ? outputs.size() : conv.kernel().groups();
                    Emitter.integer(n, "group", groups);
                    Emitter.integers(n, "kernel_shape", conv.sides());
                    Emitter.integers(
                            n,
                            "pads",
                            Stream.concat(conv.padding().stream(), conv.padding().stream())
                                    .toList());
                    Emitter.integers(n, "strides", conv.strides());
                });
    }

    /** The value and the weights that it is multiplied by. */
    private List<String> operands(String x, Kernel kernel, Order outputs, Order inputs) {
        String prefix = kernel.name().isEmpty() ? "" : kernel.name() + ".";
        float[] values = kernel.weights(outputs, inputs);
        long[] shape = kernel.shape(outputs.size(), inputs.size());
        List<String> operands = new ArrayList<>(List.of(x));
        operands.add(weights(prefix + "weight", values, shape));
        if (kernel.hasBias()) {
            float[] biases = kernel.biases(outputs);
            operands.add(tensors.floats(prefix + "bias", biases, biases.length));
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

    private void linear(Node node, Operation.Linear linear) {
        Written x = gathering.inAnyOrder(node.input());
        Order order = plan.isFree(node) ? plan.order(node) : Order.natural(node.channels());
        String y =
                emitter.add(
                        "Gemm",
                        node.name(),
                        operands(x.name(), linear.kernel(), order, x.order()),
                        n -> Emitter.integer(n, "transB", 1));
        gathering.put(node, y, order);
    }

    /** Writes an operation that treats each channel alone. */
    private void keeping(Node node, String x, Order order) {
        Operation operation = node.operation();
        String y;
        if (operation instanceof Operation.Convolution conv) {
            y = convolution(node, conv, x, order, Order.natural(conv.kernel().inputsPerGroup()));
        } else if (operation instanceof Operation.Norm norm) {
            y = norm(node, norm, x, order);
        } else if (operation instanceof Operation.Function function) {
            y = emitter.add(function.type(), node.name(), List.of(x));
        } else if (operation instanceof Operation.Relu6) {
            String low = tensors.floats("relu6.min", new float[] {0});
            String high = tensors.floats("relu6.max", new float[] {6});
            y = emitter.add("Clip", node.name(), List.of(x, low, high));
        } else if (operation instanceof Operation.LeakyRelu relu) {
            y =
                    emitter.add(
                            "LeakyRelu",
                            node.name(),
                            List.of(x),
                            n -> Emitter.number(n, "alpha", relu.slope()));
        } else if (operation instanceof Operation.MaxPool pool) {
            y = pools.max(pool.window(), node, x);
        } else if (operation instanceof Operation.AvgPool pool) {
            y = pools.average(pool.window(), node, x);
        } else if (operation instanceof Operation.GlobalAvgPool) {
            String mean = emitter.add("GlobalAveragePool", node.name(), List.of(x));
            y = emitter.add("Flatten", node.name() + ".flatten", List.of(mean));
        } else {
            throw new IllegalStateException("no rule for " + node);
        }
        gathering.put(node, y, order);
    }

    private String norm(Node node, Operation.Norm norm, String x, Order order) {
        String prefix = norm.name().isEmpty() ? "" : norm.name() + ".";
        Operation.Affine affine = norm.affine();
        List<String> operands = new ArrayList<>(List.of(x));
        operands.add(constant(prefix + "weight", affine.weight(), order, 0));
        operands.add(constant(prefix + "bias", affine.bias(), order, 0));
        operands.add(constant(prefix + "running_mean", affine.runningMean(), order, 0));
        operands.add(constant(prefix + "running_var", affine.runningVar(), order, 1));
        return emitter.add(
                "BatchNormalization",
                node.name(),
                operands,
                n -> Emitter.number(n, "epsilon", affine.epsilon()));
    }

    private String constant(String name, Parameter parameter, Order order, float dead) {
        float[] values = parameter.getArray().toFloatArray();
        return tensors.floats(name, order.pick(c -> values[c], dead), order.size());
    }

    /** Writes an operation whose channels have the order of the network's description. */
    private void natural(Node node) {
        Operation operation = node.operation();
        List<String> x = node.inputs().stream().map(gathering::inNaturalOrder).toList();
        Order order = Order.natural(node.channels());
        if (operation instanceof Operation.Convolution conv && !conv.isDepthwise()) {
            Order inputs = Order.natural(conv.kernel().inputsPerGroup());
            gathering.put(node, convolution(node, conv, x.get(0), order, inputs), order);
        } else if (operation instanceof Operation.Add) {
            gathering.put(node, emitter.add("Add", node.name(), x), order);
        } else if (operation instanceof Operation.Softmax) {
            String y = emitter.add("Softmax", node.name(), x, n -> Emitter.integer(n, "axis", 1));
            gathering.put(node, y, order);
        } else if (operation instanceof Operation.Pixels pixels) {
            gathering.put(node, planes(node, pixels, x.get(0)), colours(pixels.planes()));
        } else if (operation instanceof Operation.Concat) {
            String y = emitter.add("Concat", node.name(), x, n -> Emitter.integer(n, "axis", 1));
            gathering.put(node, y, order);
        } else if (operation instanceof Operation.Slice slice) {
            String y = gathering.slice(node.name(), x.get(0), slice.from(), slice.to());
            gathering.put(node, y, order);
        } else if (operation instanceof Operation.Shuffle shuffle) {
            List<Integer> sources =
                    Shuffles.sources(shuffle.rows(), node.channels()).boxed().toList();
            gathering.put(
                    node, gathering.permuted(node, x.get(0), node.channels(), sources), order);
        } else {
            keeping(node, x.get(0), order);
        }
    }

    /** Which plane of the network stands at the places of red, green and blue. */
    private static Order colours(ChannelOrder planes) {
        return Order.of(IntStream.range(0, 3).mapToObj(planes::colour).toList()); // undoes itself
    }

    private String planes(Node node, Operation.Pixels pixels, String x) {
        String name = node.name();
        String planes =
                emitter.add(
                        "Transpose",
                        name + ".planes",
                        List.of(x),
                        n -> Emitter.integers(n, "perm", List.of(0L, 3L, 1L, 2L)));
        String y =
                emitter.add(
                        "Cast",
                        name + ".float",
                        List.of(planes),
                        n -> Emitter.integer(n, "to", OnnxMl.TensorProto.DataType.FLOAT_VALUE));
        if (!pixels.shift().isEmpty()) {
            y = emitter.add("Sub", name + ".sub", List.of(y, colours("mean", pixels.shift())));
        }
        if (!pixels.scale().isEmpty()) {
            y = emitter.add("Mul", name + ".mul", List.of(y, colours("scale", pixels.scale())));
        }
        return y;
    }

    private String colours(String name, List<Double> values) {
        float[] floats = new float[values.size()];
        for (int c = 0; c < floats.length; c++) {
            floats[c] = values.get(c).floatValue();
        }
        return tensors.floats("pixel_" + name, floats, 1, floats.length, 1, 1);
    }
}
