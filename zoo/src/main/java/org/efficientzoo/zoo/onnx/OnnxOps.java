package org.efficientzoo.zoo.onnx;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.LeafSettings;
import org.efficientzoo.blocks.NamedFunction;
import org.efficientzoo.blocks.Nonlinearity;
import org.efficientzoo.blocks.Pooling;
import org.efficientzoo.blocks.Reading;
import org.efficientzoo.blocks.ShapeOps;
import org.efficientzoo.blocks.analysis.LayerNames;

/** The reading that writes down the operations of a block, one node each. */
final class OnnxOps implements Reading<Node> {

    private final Block root;
    private final ShapeOps shapes = new ShapeOps();
    private final LayerNames names;
    private final IdentityHashMap<Parameter, String> parameterNames = new IdentityHashMap<>();
    private final List<Node> nodes = new ArrayList<>();

    private OnnxOps(Block root) {
        this.root = root;
        this.names = new LayerNames(root);
        BlockNames.parameters(root)
                .forEach((name, parameter) -> parameterNames.put(parameter, name));
    }

    /**
     * Reads a block.
     *
     * @param block the block
     * @param input the shape of its input
     * @throws IllegalArgumentException if the input does not suit the block, or there is a block
     *     inside that is unknown
     * @throws IllegalStateException if a parameter has no values
     */
    static Graph read(Block block, Shape input) {
        OnnxOps ops = new OnnxOps(block);
        Node x = ops.add(new Operation.Input(), "input", List.of(), input);
        Node y = ops.call(block, x);
        return new Graph(ops.nodes, y);
    }

    private Node add(Operation operation, String name, List<Node> inputs, Shape shape) {
        Node node = new Node(operation, name, inputs, shape);
        nodes.add(node);
        return node;
    }

    private Node add(Operation operation, String name, Node x, Shape shape) {
        return add(operation, name, List.of(x), shape);
    }

    private String name(Block leaf, String type) {
        String name = names.of(leaf);
        return name.isEmpty() ? type : name;
    }

    private Parameter filled(Parameter parameter) {
        String name = parameterNames.get(parameter);
        if (!parameter.isInitialized()) {
            throw new IllegalStateException(
                    "a block must be initialised before it is exported; the parameter %s has no values"
                            .formatted(name));
        }
        DataType type = parameter.getArray().getDataType();
        if (type != DataType.FLOAT32) {
            throw new IllegalArgumentException(
                    "parameters must be float32 to be exported, found %s of type %s"
                            .formatted(name, type));
        }
        return parameter;
    }

    private Parameter parameter(Block leaf, Parameter.Type type) {
        return optional(leaf, type).orElseThrow();
    }

    private Optional<Parameter> optional(Block leaf, Parameter.Type type) {
        return BlockNames.parameter(leaf, type).map(this::filled);
    }

    private Kernel kernel(Block leaf, int groups) {
        return new Kernel(
                names.of(leaf),
                parameter(leaf, Parameter.Type.WEIGHT),
                optional(leaf, Parameter.Type.BIAS),
                groups);
    }

    @Override
    public Node conv(Conv2d conv, Node x) {
        Shape y = shapes.conv(conv, x.shape());
        var operation =
                new Operation.Convolution(
                        kernel(conv, conv.getGroups()),
                        list(conv.getKernelShape()),
                        list(conv.getStride()),
                        list(conv.getPadding()),
                        list(conv.getDilation()));
        return add(operation, name(conv, "conv"), x, y);
    }

    private static List<Long> list(Shape pair) {
        return Stream.of(pair.get(0), pair.get(1)).toList();
    }

    @Override
    public Node batchNorm(BatchNorm norm, Node x) {
        LeafSettings.Norm settings = LeafSettings.of(norm);
        if (settings.axis() != 1) {
            throw new IllegalArgumentException(
                    "a batch norm must have its channels on axis 1 to be exported, found axis "
                            + settings.axis());
        }
        var affine =
                new Operation.Affine(
                        parameter(norm, Parameter.Type.GAMMA),
                        parameter(norm, Parameter.Type.BETA),
                        parameter(norm, Parameter.Type.RUNNING_MEAN),
                        parameter(norm, Parameter.Type.RUNNING_VAR),
                        settings.epsilon());
        return add(
                new Operation.Norm(names.of(norm), affine),
                name(norm, "norm"),
                x,
                shapes.batchNorm(norm, x.shape()));
    }

    @Override
    public Node linear(Linear linear, Node x) {
        Shape y = shapes.linear(linear, x.shape());
        return add(new Operation.Linear(kernel(linear, 1)), name(linear, "linear"), x, y);
    }

    @Override
    public Node dropout(Dropout dropout, Node x) {
        return x;
    }

    @Override
    public Node activation(Nonlinearity function, Node x) {
        return switch (function.kind()) {
            case NONE -> x;
            case RELU -> function("Relu", x);
            case RELU6 -> add(new Operation.Relu6(), names.here("relu6"), x, x.shape());
            case LEAKY_RELU ->
                    add(
                            new Operation.LeakyRelu(function.slope()),
                            names.here("leakyrelu"),
                            x,
                            x.shape());
        };
    }

    private Node function(String type, Node x) {
        String name = names.here(type.toLowerCase(Locale.ROOT));
        return add(new Operation.Function(type), name, x, x.shape());
    }

    @Override
    public Node maxPool(Pooling window, Node x) {
        Shape y = shapes.maxPool(window, x.shape());
        return add(new Operation.MaxPool(window), names.here("maxpool"), x, y);
    }

    @Override
    public Node avgPool(Pooling window, Node x) {
        Shape y = shapes.avgPool(window, x.shape());
        return add(new Operation.AvgPool(window), names.here("avgpool"), x, y);
    }

    @Override
    public Node globalAvgPool(Node x) {
        Shape y = shapes.globalAvgPool(x.shape());
        return add(new Operation.GlobalAvgPool(), names.here("avgpool"), x, y);
    }

    @Override
    public Node add(Node a, Node b) {
        Shape y = shapes.add(a.shape(), b.shape());
        return add(new Operation.Add(), names.here("add"), List.of(a, b), y);
    }

    @Override
    public Node concat(List<Node> maps) {
        Shape y = shapes.concat(maps.stream().map(Node::shape).toList());
        return maps.size() == 1
                ? maps.get(0)
                : add(new Operation.Concat(), names.here("concat"), maps, y);
    }

    @Override
    public Node slice(int from, int to, Node x) {
        Shape y = shapes.slice(from, to, x.shape());
        return y.equals(x.shape())
                ? x
                : add(new Operation.Slice(from, to), names.here("slice"), x, y);
    }

    @Override
    public Node shuffle(int groups, Node x) {
        return shuffleRows(groups, shapes.shuffle(groups, x.shape()), x);
    }

    @Override
    public Node unshuffle(int groups, Node x) {
        Shape y = shapes.unshuffle(groups, x.shape());
        return shuffleRows(x.channels() / groups, y, x);
    }

    private Node shuffleRows(int rows, Shape y, Node x) {
        boolean moves = rows > 1 && rows < x.channels();
        return moves ? add(new Operation.Shuffle(rows), names.here("shuffle"), x, y) : x;
    }

    @Override
    public Node nested(EfficientBlock block, Node x) {
        return names.inside(block, () -> Reading.super.nested(block, x));
    }

    @Override
    public Node sequence(SequentialBlock blocks, Node x) {
        return names.inside(blocks, () -> Reading.super.sequence(blocks, x));
    }

    @Override
    public Node other(Block block, Node x) {
        NamedFunction function = NamedFunction.of(block, root).orElseThrow(() -> unknown(block));
        return switch (function) {
            case IDENTITY -> x;
            case RELU -> activation(Nonlinearity.RELU, x);
            case RELU6 -> activation(Nonlinearity.RELU6, x);
            case SIGMOID -> function("Sigmoid", x);
            case TANH -> function("Tanh", x);
            case SELU -> function("Selu", x);
            case GLOBAL_AVG_POOL -> globalAvgPool(x);
        };
    }

    private IllegalArgumentException unknown(Block block) {
        String type = block.getClass().getSimpleName();
        String lambda = block instanceof LambdaBlock named ? " " + named.getName() : "";
        String name = names.of(block);
        return new IllegalArgumentException(
                "a %s%s cannot be exported to ONNX, found %s; known are this project's blocks, DJL's"
                                .formatted(
                                        type, lambda, name.isEmpty() ? "it alone" : "it at " + name)
                        + " Conv2d, BatchNorm, Linear, Dropout, SequentialBlock, global average"
                        + " pooling, ReLU, ReLU6, SELU, sigmoid and tanh");
    }
}
