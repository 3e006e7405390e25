package org.efficientzoo.zoo.onnx;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.efficientzoo.zoo.image.ChannelOrder;
import org.efficientzoo.zoo.image.EvaluationTransform;

/** Changes of a graph that keep what it computes. */
final class Rewriting {

    private static final double WHITE = 255;
    private static final int COLOURS = 3;

    private Rewriting() {}

    /**
     * Lets batch norms disappear into the layer before them, where nothing else uses that layer.
     */
    static Graph foldNorms(Graph graph) {
        Map<Node, Integer> uses = graph.uses();
        return graph.map(
                (node, inputs) -> {
                    boolean only =
                            node.operation() instanceof Operation.Norm
                                    && uses.get(node.input()) == 1;
                    return only
                            ? folded(node, inputs).orElseGet(() -> copy(node, inputs))
                            : copy(node, inputs);
                });
    }

    private static Node copy(Node node, List<Node> inputs) {
        return new Node(node.operation(), node.name(), inputs, node.shape());
    }

    private static Optional<Node> folded(Node norm, List<Node> inputs) {
        Node layer = inputs.get(0);
        Operation.Affine affine = ((Operation.Norm) norm.operation()).affine();
        double[] weight = doubles(affine.weight());
        double[] bias = doubles(affine.bias());
        double[] mean = doubles(affine.runningMean());
        double[] variance = doubles(affine.runningVar());
        double[] scale = new double[weight.length];
        double[] shift = new double[weight.length];
        for (int c = 0; c < scale.length; c++) {
            scale[c] = weight[c] / Math.sqrt(variance[c] + (double) affine.epsilon());
            shift[c] = bias[c] - mean[c] * scale[c];
            if (!Double.isFinite(scale[c]) || !Double.isFinite(shift[c])) {
                return Optional.empty(); // the batch norm itself then says what comes of it
            }
        }
        if (layer.operation() instanceof Operation.Convolution conv) {
            Operation both = conv.with(conv.kernel().followedBy(scale, shift));
            return Optional.of(new Node(both, layer.name(), layer.inputs(), norm.shape()));
        }
        if (layer.operation() instanceof Operation.Linear linear) {
            Operation both = new Operation.Linear(linear.kernel().followedBy(scale, shift));
            return Optional.of(new Node(both, layer.name(), layer.inputs(), norm.shape()));
        }
        return Optional.empty();
    }

    private static double[] doubles(Parameter parameter) {
        float[] floats = parameter.getArray().toFloatArray();
        return IntStream.range(0, floats.length).mapToDouble(i -> floats[i]).toArray();
    }

    /**
     * Lets the graph take pixels.
     *
     * <p>The factors go into the convolutions that see the input. What is subtracted goes into
     * their biases where they have no padding; where they have, the padding must be zeros behind
     * the subtraction, which therefore stays an operation of its own.
     */
    static Graph fromPixels(Graph graph, EvaluationTransform transform) {
        Node input = graph.nodes().get(0);
        Shape shape = input.shape();
        if (shape.dimension() != 4 || shape.get(1) != COLOURS) {
            throw new IllegalArgumentException(
                    "pixels have 3 channels, found a network whose input is " + shape);
        }
        ChannelOrder order = transform.channelOrder();
        List<Double> shift = transform.mean().stream().map(m -> m * WHITE).toList();
        List<Double> scale = transform.std().stream().map(s -> 1 / (s * WHITE)).toList();
        List<Node> users =
                graph.nodes().stream().filter(node -> node.inputs().contains(input)).toList();
        boolean scales =
                graph.output() != input
                        && users.stream()
                                .allMatch(u -> u.operation() instanceof Operation.Convolution);
        boolean shifts =
                scales
                        && users.stream()
                                .map(u -> ((Operation.Convolution) u.operation()).padding())
                                .allMatch(padding -> padding.equals(List.of(0L, 0L)));
        Node pixels =
                new Node(
                        new Operation.Pixels(
                                shifts ? List.of() : shift, scales ? List.of() : scale, order),
                        "normalize",
                        List.of(input),
                        shape);
        Map<Node, Node> made = new HashMap<>();
        List<Node> nodes = new ArrayList<>(List.of(input, pixels));
        made.put(input, pixels);
        for (Node node : graph.nodes().subList(1, graph.nodes().size())) {
            Operation operation = node.operation();
            if (scales && users.contains(node)) {
                operation =
                        normalizing(
                                (Operation.Convolution) operation,
                                planes(shift, order),
                                planes(scale, order),
                                shifts);
            }
            List<Node> inputs = node.inputs().stream().map(made::get).toList();
            Node copy = new Node(operation, node.name(), inputs, node.shape());
            made.put(node, copy);
            nodes.add(copy);
        }
        return new Graph(nodes, made.get(graph.output()));
    }

    private static Operation normalizing(
            Operation.Convolution conv, double[] shift, double[] scale, boolean shifts) {
        Kernel kernel = conv.kernel().precededBy(scale);
        return conv.with(shifts ? kernel.precededByMinus(shift) : kernel);
    }

    /** The values of the planes, from those of red, green and blue. */
    private static double[] planes(List<Double> colours, ChannelOrder order) {
        return IntStream.range(0, COLOURS).mapToDouble(p -> colours.get(order.colour(p))).toArray();
    }

    /** Ends the graph with a softmax. */
    static Graph withSoftmax(Graph graph) {
        Node logits = graph.output();
        if (logits.shape().dimension() != 2) {
            throw new IllegalArgumentException(
                    "a softmax needs logits (N, classes), found an output of " + logits.shape());
        }
        List<Node> nodes = new ArrayList<>(graph.nodes());
        Node softmax =
                new Node(new Operation.Softmax(), "softmax", List.of(logits), logits.shape());
        nodes.add(softmax);
        return new Graph(nodes, softmax);
    }
}
