package org.efficientzoo.blocks;

import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * A block's forward pass as the list of its operations, down to the leaves.
 *
 * <p>A value is the number of the node that makes it, and {@link #INPUT} is the block's input. What
 * computes or writes a whole network works on this list; passes over it ({@code with…}) return
 * another one.
 */
public final class ForwardGraph {

    /** The number of the block's input. */
    public static final int INPUT = -1;

    /** The name of the only output of a graph that was asked for no other. */
    public static final String OUTPUT = "output";

    /** Of {@link #map}: the value is the node's first input. */
    private static final Operation NOTHING = new Operation.Elementwise(Nonlinearity.NONE);

    private final List<Node> nodes;
    private final Map<String, Integer> outputs;
    private final Trace trace;

    private ForwardGraph(List<Node> nodes, Map<String, Integer> outputs, Trace trace) {
        this.nodes = List.copyOf(nodes);
        this.outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
        this.trace = trace;
    }

    /**
     * An operation with its place.
     *
     * @param operation the operation
     * @param inputs the values that it takes, each made by an earlier node
     * @param name the name of its leaf; of an operation without one that of the block around it, a
     *     dot, and the operation's label
     */
    public record Node(Operation operation, List<Integer> inputs, String name) {

        /** Copies the inputs. */
        public Node {
            inputs = List.copyOf(inputs);
        }
    }

    /** What was seen while a block was traced. */
    private record Trace(
            Block root,
            List<Node> nodes,
            Map<SequentialBlock, List<Block>> sequences,
            Map<String, Integer> results) {}

    /**
     * Traces a block.
     *
     * @param root the block, initialised or not
     * @return its operations, with one output
     */
    public static ForwardGraph of(Block root) {
        Tracer tracer = new Tracer(root);
        int output = tracer.call(root, INPUT);
        tracer.results.put(OUTPUT, output);
        Trace trace = new Trace(root, tracer.nodes, tracer.sequences, tracer.results);
        return new ForwardGraph(tracer.nodes, Map.of(OUTPUT, output), trace);
    }

    /**
     * The graph that returns what blocks inside return, and ends with the last of them.
     *
     * @param blocks the names of blocks of this project, as {@link BlockNames} names them, or
     *     {@link #OUTPUT}; at least one
     * @return the graph with these outputs
     * @throws IllegalArgumentException if no block is named, or one that is not inside
     * @throws IllegalStateException if this graph came out of a pass, which may have removed what
     *     the block returns
     */
    public ForwardGraph withOutputs(List<String> blocks) {
        if (!nodes.equals(trace.nodes)) {
            throw new IllegalStateException("outputs must be chosen before any pass");
        }
        if (blocks.isEmpty()) {
            throw new IllegalArgumentException("a graph must have an output, found none");
        }
        Map<String, Integer> chosen = new LinkedHashMap<>();
        for (String name : blocks) {
            if (!trace.results.containsKey(name)) {
                throw new IllegalArgumentException(
                        "an output must be a block inside, found %s; there are %s"
                                .formatted(name, trace.results.keySet()));
            }
            chosen.put(name, trace.results.get(name));
        }
        int last = Collections.max(chosen.values());
        return new ForwardGraph(nodes.subList(0, last + 1), chosen, trace);
    }

    /**
     * The operations in their order.
     *
     * @return an unmodifiable list, whose n-th element makes the value n
     */
    public List<Node> nodes() {
        return nodes;
    }

    /**
     * The values that are returned.
     *
     * @return their numbers by name, in order
     */
    public Map<String, Integer> outputs() {
        return outputs;
    }

    /**
     * The value that is returned.
     *
     * @return its number
     * @throws IllegalStateException if there are several outputs
     */
    public int output() {
        if (outputs.size() != 1) {
            throw new IllegalStateException("found the outputs " + outputs.keySet());
        }
        return outputs.values().iterator().next();
    }

    /**
     * The block that was traced.
     *
     * @return the block
     */
    public Block root() {
        return trace.root;
    }

    /**
     * Tells whether DJL's sequences inside, to which their owners may add at any time, hold what
     * they held when the block was traced.
     *
     * @return false if the block must be traced again
     */
    public boolean isCurrent() {
        return trace.sequences.entrySet().stream()
                .allMatch(entry -> entry.getValue().equals(children(entry.getKey())));
    }

    private static List<Block> children(SequentialBlock sequence) {
        return List.copyOf(sequence.getChildren().values());
    }

    /**
     * Counts how often a value is used, as an input or as an output.
     *
     * @param value its number
     * @return the number of its uses
     */
    public long uses(int value) {
        long asInput =
                nodes.stream()
                        .flatMap(node -> node.inputs.stream())
                        .filter(input -> input == value)
                        .count();
        long asOutput = outputs.values().stream().filter(output -> output == value).count();
        return asInput + asOutput;
    }

    /**
     * Evaluates the graph.
     *
     * @param input what stands for the block's input
     * @param rule what a node makes of its inputs
     * @param <T> what stands for a value
     * @return what stands for each value, in the order of the nodes
     */
    public <T> List<T> values(T input, BiFunction<Node, List<T>, T> rule) {
        List<T> values = new ArrayList<>(nodes.size());
        for (Node node : nodes) {
            List<T> inputs =
                    node.inputs.stream()
                            .map(value -> value == INPUT ? input : values.get(value))
                            .toList();
            values.add(rule.apply(node, inputs));
        }
        return values;
    }

    /**
     * The graph with each batch norm inside the convolution before it, so that their weights can be
     * folded into one. That is where nothing else uses what the convolution makes, the norm is
     * along the channels, and both stand in one place only.
     *
     * @return the graph with {@link Operation.NormalizedConvolution}s
     */
    public ForwardGraph withFoldedNorms() {
        return withFoldedNorms(this::standsOnce);
    }

    /**
     * Tells whether a convolution and a batch norm each stand in one place only, so that there is
     * one folded weight for each weight.
     *
     * @param both the two leaves
     * @return whether they do
     */
    public boolean standsOnce(Operation.NormalizedConvolution both) {
        return places(both.conv()) == 1 && places(both.norm()) == 1;
    }

    private long places(Block leaf) {
        return nodes.stream()
                .filter(node -> node.operation.leaf().filter(leaf::equals).isPresent())
                .count();
    }

    /**
     * The graph with some batch norms inside the convolutions before them.
     *
     * @param choice which, where nothing else uses what the convolution makes and the norm is along
     *     the channels
     * @return the graph with {@link Operation.NormalizedConvolution}s
     */
    public ForwardGraph withFoldedNorms(Predicate<Operation.NormalizedConvolution> choice) {
        Map<Integer, Operation.NormalizedConvolution> folded = new HashMap<>();
        for (Node node : nodes) {
            int input = node.inputs.get(0);
            if (node.operation instanceof Operation.Normalization normalization
                    && input != INPUT
                    && nodes.get(input).operation instanceof Operation.Convolution convolution
                    && uses(input) == 1
                    && LeafSettings.of(normalization.norm()).axis() == 1) {
                var both =
                        new Operation.NormalizedConvolution(
                                convolution.conv(), normalization.norm());
                if (choice.test(both)) {
                    folded.put(input, both);
                }
            }
        }
        return map(
                (number, node) -> {
                    boolean isNorm = node.operation instanceof Operation.Normalization;
                    if (isNorm && folded.containsKey(node.inputs.get(0))) {
                        return NOTHING;
                    }
                    return folded.containsKey(number) ? folded.get(number) : node.operation;
                });
    }

    /**
     * The graph of a prediction, in which nothing is dropped.
     *
     * @return the graph without {@link Operation.RandomDrop}s
     */
    public ForwardGraph withoutDropout() {
        return map(
                (number, node) ->
                        node.operation instanceof Operation.RandomDrop ? NOTHING : node.operation);
    }

    /**
     * The graph with the operations that DJL's functions without settings are, in place of their
     * blocks.
     *
     * @return the graph, in which other {@link Operation.Foreign} blocks stay
     */
    public ForwardGraph withKnownFunctions() {
        return map(
                (number, node) ->
                        node.operation instanceof Operation.Foreign foreign
                                ? NamedFunction.of(foreign.block(), trace.root).orElse(foreign)
                                : node.operation);
    }

    private ForwardGraph map(BiFunction<Integer, Node, Operation> change) {
        List<Node> made = new ArrayList<>();
        Map<Integer, Integer> numbers = new HashMap<>(Map.of(INPUT, INPUT));
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            List<Integer> inputs = node.inputs.stream().map(numbers::get).toList();
            Operation operation = change.apply(i, node);
            if (operation.equals(NOTHING)) {
                numbers.put(i, inputs.get(0));
            } else {
                numbers.put(i, made.size());
                made.add(new Node(operation, inputs, node.name));
            }
        }
        Map<String, Integer> renamed = new LinkedHashMap<>();
        outputs.forEach((name, value) -> renamed.put(name, numbers.get(value)));
        return new ForwardGraph(made, renamed, trace);
    }

    /** The reading that writes the operations down. */
    private static final class Tracer implements Ops<Integer> {

        private final Map<Block, String> names;
        private final Deque<String> around = new ArrayDeque<>(List.of(""));
        private final List<Node> nodes = new ArrayList<>();
        private final Map<SequentialBlock, List<Block>> sequences = new HashMap<>();
        private final Map<String, Integer> results = new LinkedHashMap<>();

        Tracer(Block root) {
            this.names = BlockNames.of(root);
        }

        @Override
        public Integer apply(Operation operation, List<Integer> inputs) {
            String name =
                    operation
                            .leaf()
                            .map(leaf -> names.getOrDefault(leaf, ""))
                            .filter(leaf -> !leaf.isEmpty())
                            .orElseGet(() -> here(operation.label()));
            nodes.add(new Node(operation, inputs, name));
            return nodes.size() - 1;
        }

        private String here(String label) {
            String block = around.element();
            return block.isEmpty() ? label : block + "." + label;
        }

        @Override
        public Integer nested(EfficientBlock block, Integer x) {
            String name = names.getOrDefault(block, "");
            around.push(name);
            Integer y = Ops.super.nested(block, x);
            around.pop();
            if (!name.isEmpty()) {
                results.put(name, y);
            }
            return y;
        }

        @Override
        public Integer sequence(SequentialBlock blocks, Integer x) {
            sequences.put(blocks, children(blocks));
            String name = names.getOrDefault(blocks, "");
            around.push(name);
            Integer y = Ops.super.sequence(blocks, x);
            around.pop();
            if (!name.isEmpty()) {
                results.put(name, y);
            }
            return y;
        }
    }
}
