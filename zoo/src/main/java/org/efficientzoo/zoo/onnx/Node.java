package org.efficientzoo.zoo.onnx;

import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * One operation of a graph, and the value that it makes. Two nodes are never the same.
 *
 * <p>Its channels have the order of the network's description, whatever order they get in the file.
 */
final class Node {

    private final Operation operation;
    private final String name;
    private final List<Node> inputs;
    private final Shape shape;

    /**
     * Creates a node.
     *
     * @param shape the shape of its value, (N, C, H, W) or (N, C)
     */
    Node(Operation operation, String name, List<Node> inputs, Shape shape) {
        this.operation = operation;
        this.name = name;
        this.inputs = List.copyOf(inputs);
        this.shape = shape;
    }

    Operation operation() {
        return operation;
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
        return name + " " + operation.getClass().getSimpleName() + " " + shape;
    }
}
