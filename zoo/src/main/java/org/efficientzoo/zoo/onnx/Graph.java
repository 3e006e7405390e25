package org.efficientzoo.zoo.onnx;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * The operations of a network in the order of its forward pass.
 *
 * @param nodes the nodes, each behind its inputs
 * @param output the node that makes the result
 */
record Graph(List<Node> nodes, Node output) {

    Graph {
        nodes = List.copyOf(nodes);
    }

    /** How many operations use each value, the graph's result being one use. */
    Map<Node, Integer> uses() {
        Map<Node, Integer> uses = new HashMap<>();
        uses.merge(output, 1, Integer::sum);
        nodes.forEach(node -> node.inputs().forEach(input -> uses.merge(input, 1, Integer::sum)));
        return uses;
    }

    /**
     * Makes another graph, node by node.
     *
     * @param rule gets a node and its new inputs, returns the new node; one of the inputs stands
     *     for a node that disappears
     */
    Graph map(BiFunction<Node, List<Node>, Node> rule) {
        Map<Node, Node> made = new HashMap<>();
        for (Node node : nodes) {
            made.put(node, rule.apply(node, node.inputs().stream().map(made::get).toList()));
        }
        return new Graph(nodes.stream().map(made::get).toList(), made.get(output)).needed();
    }

    /** The same graph without the nodes that nothing needs, and each node once. */
    private Graph needed() {
        Set<Node> needed = new HashSet<>();
        needed.add(output);
        for (int i = nodes.size() - 1; i >= 0; i--) {
            if (needed.contains(nodes.get(i))) {
                needed.addAll(nodes.get(i).inputs());
            }
        }
        return new Graph(
                nodes.stream()
                        .filter(
                                node ->
                                        needed.contains(node)
                                                || node.operation() instanceof Operation.Input)
                        .distinct()
                        .toList(),
                output);
    }
}
