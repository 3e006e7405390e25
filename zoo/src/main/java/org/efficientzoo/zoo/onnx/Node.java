package org.efficientzoo.zoo.onnx;

import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Optional;
import org.efficientzoo.blocks.Operation;

/**
 * One operation of a {@link Graph}, and the value that it makes. Two nodes are never the same.
 *
 * <p>Its channels have the order of the network's description, whatever order they get in the file.
 */
final class Node {

    private final Optional<Operation> operation;
    private final String name;
    private final List<Node> inputs;
    private final Shape shape;

    /**
     * Creates a node.
     *
     * @param operation the operation; nothing for the input of the graph
     * @param shape the shape of its value, (N, C, H, W) or (N, C)
     */
    Node(Optional<Operation> operation, String name, List<Node> inputs, Shape shape) {
        this.operation = operation;
        this.name = name;
        this.inputs = List.copyOf(inputs);
        this.shape = shape;
    }

    boolean isInput() {
        return operation.isEmpty();
    }

    /** The operation of a node that is not the input. */
    Operation operation() {
        return operation.orElseThrow();
    }

    String name() {
        return name;
    }

    List<Node> inputs() {
        return inputs;
    }

    Node input() {
        return inputs.get(0);
    }

    Shape shape() {
        return shape;
    }

    int channels() {
        return (int) shape.get(1);
    }

    @Override
    public String toString() {
        return name + " " + shape;
    }
}
