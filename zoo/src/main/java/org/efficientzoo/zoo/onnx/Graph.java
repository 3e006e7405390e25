package org.efficientzoo.zoo.onnx;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.FoldedNorm;
import org.efficientzoo.blocks.ForwardGraph;
import org.efficientzoo.blocks.LeafSettings;
import org.efficientzoo.blocks.Operation;
import org.efficientzoo.blocks.ShapeOps;

/**
 * A network's forward pass for inputs of a shape, without operations that do nothing.
 *
 * @param nodes the nodes, each behind its inputs; the first one is the input
 * @param output the node that makes the result
 * @param names the names of the blocks
 */
record Graph(List<Node> nodes, Node output, Map<Block, String> names) {

    Graph {
        nodes = List.copyOf(nodes);
    }

    Node input() {
        return nodes.get(0);
    }

    /**
     * Traces a block.
     *
     * @param block the block
     * @param input the shape of its input
     * @param foldNorms whether batch norms disappear into the convolutions before them
     * @throws IllegalArgumentException if the input does not suit the block, or there is a block
     *     inside that cannot be exported
     * @throws IllegalStateException if a parameter has no values
     */
    static Graph of(Block block, Shape input, boolean foldNorms) {
        ForwardGraph forward = ForwardGraph.of(block).withKnownFunctions().withoutDropout();
        check(forward);
        BlockNames.parameters(block).forEach(Graph::check);
        ShapeOps shapes = new ShapeOps();
        forward.values(input, (node, x) -> node.operation().read(shapes, x)); // refuses first
        if (foldNorms) {
            forward = forward.withFoldedNorms(both -> FoldedNorm.of(both.norm()).isFinite());
        }
        List<Node> nodes = new ArrayList<>();
        Node x = new Node(Optional.empty(), "input", List.of(), input);
        nodes.add(x);
        List<Node> values =
                forward.values(
                        x,
                        (node, inputs) -> {
                            Shape shape =
                                    node.operation()
                                            .read(
                                                    shapes,
                                                    inputs.stream().map(Node::shape).toList());
                            if (doesNothing(node.operation(), inputs, shape)) {
                                return inputs.get(0);
                            }
                            Node made =
                                    new Node(
                                            Optional.of(node.operation()),
                                            node.name(),
                                            inputs,
                                            shape);
                            nodes.add(made);
                            return made;
                        });
        int output = forward.output();
        Node result = output == ForwardGraph.INPUT ? x : values.get(output);
        return new Graph(nodes, result, BlockNames.of(block));
    }

    private static boolean doesNothing(Operation operation, List<Node> inputs, Shape shape) {
        return switch (ChannelUse.of(operation)) {
            case JOINS -> inputs.size() == 1;
            case SELECTS -> shape.equals(inputs.get(0).shape());
            case SHUFFLES -> {
                int rows = Shuffles.rows(operation, (int) shape.get(1));
                yield rows == 1 || rows == shape.get(1);
            }
            case TAKES_ANY, KEEPS, NEEDS_NATURAL -> false;
        };
    }

    private static void check(ForwardGraph graph) {
        Map<Block, String> names = BlockNames.of(graph.root());
        for (ForwardGraph.Node node : graph.nodes()) {
            if (node.operation() instanceof Operation.Foreign foreign) {
                throw unknown(foreign.block(), names.get(foreign.block()));
            }
            if (node.operation() instanceof Operation.Normalization normalization) {
                int axis = LeafSettings.of(normalization.norm()).axis();
                if (axis != 1) {
                    throw new IllegalArgumentException(
                            "a batch norm must have its channels on axis 1 to be exported, found axis "
                                    + axis);
                }
            }
        }
    }

    private static IllegalArgumentException unknown(Block block, String name) {
        String type = block.getClass().getSimpleName();
        String lambda = block instanceof LambdaBlock named ? " " + named.getName() : "";
        return new IllegalArgumentException(
                "a %s%s cannot be exported to ONNX, found %s; known are this project's blocks, DJL's"
                                .formatted(
                                        type, lambda, name.isEmpty() ? "it alone" : "it at " + name)
                        + " Conv2d, BatchNorm, Linear, Dropout, SequentialBlock, global average"
                        + " pooling, ReLU, ReLU6, SELU, sigmoid and tanh");
    }

    private static void check(String name, Parameter parameter) {
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
    }
}
