package org.efficientzoo.zoo.torchscript;

import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import java.util.List;
import java.util.Map;
import org.efficientzoo.blocks.ForwardGraph;
import org.efficientzoo.blocks.ForwardGraph.Node;
import org.efficientzoo.blocks.LeafSettings;
import org.efficientzoo.blocks.Operation;
import org.efficientzoo.blocks.PointwiseConv;

/**
 * Writes the statements of a graph, one line an operation.
 *
 * <p>The interpreter gives a value back at its last use, so nothing is said about memory but one
 * thing: an operation overwrites its operand where nobody else, the backward pass included, needs
 * what was there.
 */
final class Script {

    private static final String INDENT = "    ";
    static final String INPUT = "x";

    private final ForwardGraph graph;
    private final boolean training;
    private final Layout layout;
    private final ScriptText text;
    private final StringBuilder lines = new StringBuilder();

    private Script(ForwardGraph graph, ParameterNames names, boolean training, Layout layout) {
        this.graph = graph;
        this.training = training;
        this.layout = layout;
        this.text = new ScriptText(names, training, layout);
    }

    /**
     * A block's forward pass, every operation of which has a script.
     *
     * @throws IllegalArgumentException if an operation has none; its block is named
     */
    static ForwardGraph graph(ForwardGraph traced) {
        ForwardGraph graph = traced.withKnownFunctions();
        for (Node node : graph.nodes()) {
            if (node.operation() instanceof Operation.Foreign foreign) {
                throw new IllegalArgumentException(
                        ("the block %s, a %s, has no script; known are this project's blocks and"
                                        + " DJL's Conv2d, BatchNorm, Linear, Dropout,"
                                        + " SequentialBlock and activations without settings")
                                .formatted(node.name(), describe(foreign.block())));
            }
            if (node.operation() instanceof Operation.Normalization normalization) {
                int axis = LeafSettings.of(normalization.norm()).axis();
                if (axis != 1) {
                    throw new IllegalArgumentException(
                            "a script normalises axis 1, found axis %d in %s"
                                    .formatted(axis, node.name()));
                }
            }
        }
        return graph;
    }

    private static String describe(Block block) {
        String type = block.getClass().getSimpleName();
        return block instanceof LambdaBlock lambda ? type + " " + lambda.getName() : type;
    }

    /** The body of a function of {@code x}, whose last line returns. */
    static String body(
            ForwardGraph traced, Map<Parameter, String> names, boolean training, Layout layout) {
        ForwardGraph graph = training ? traced : traced.withoutDropout();
        boolean hasConvolution =
                graph.nodes().stream().anyMatch(node -> node.operation().convolution().isPresent());
        // Without a convolution the order of axes gains nothing, and there may be other axes.
        Layout own = hasConvolution ? layout : Layout.CHANNELS_FIRST;
        Script script = new Script(graph, new ParameterNames(names), training, own);
        if (hasConvolution) {
            // Whatever the caller's layout is: a convolution takes its kernel by that.
            script.line(INPUT + " = " + own.of(INPUT));
        }
        for (int i = 0; i < graph.nodes().size(); i++) {
            script.write(i, graph.nodes().get(i));
        }
        String result = name(graph.output());
        if (own == Layout.CHANNELS_LAST && script.isMap(graph.output())) {
            // Else the layout would go on into whatever the caller computes with it.
            result = Layout.CHANNELS_FIRST.of(result);
        }
        script.line("return " + result);
        return script.lines.toString();
    }

    private void line(String statement) {
        lines.append(INDENT).append(statement).append('\n');
    }

    /** Whether a value has four axes still. */
    private boolean isMap(int value) {
        if (value == ForwardGraph.INPUT) {
            return true;
        }
        Node made = graph.nodes().get(value);
        return !(made.operation() instanceof Operation.GlobalAveragePooling)
                && !(made.operation() instanceof Operation.FullyConnected)
                && isMap(made.inputs().get(0));
    }

    private void write(int number, Node node) {
        List<Integer> operands = node.inputs();
        boolean inPlace = false;
        if (mayOverwrite(node.operation())) {
            if (node.operation() instanceof Operation.Addition && !isFree(operands.get(0))) {
                operands = List.of(operands.get(1), operands.get(0));
            }
            inPlace = isFree(operands.get(0));
        }
        text.setInPlace(inPlace);
        String value = node.operation().read(text, operands.stream().map(Script::name).toList());
        String more =
                node.operation() instanceof Operation.Normalization
                        ? ", a%1$s, b%1$s, c%1$s, d%1$s,".formatted(number)
                        : "";
        line("v" + number + more + " = " + value);
    }

    private static boolean mayOverwrite(Operation operation) {
        return operation instanceof Operation.RandomDrop
                || operation instanceof Operation.Addition
                || (operation instanceof Operation.Elementwise elementwise
                        && elementwise.function().worksInPlace());
    }

    /** Whether a value may be overwritten by its only user: nobody else has it by another name. */
    private boolean isFree(int value) {
        if (value == ForwardGraph.INPUT || graph.uses(value) != 1) {
            return false;
        }
        Operation made = graph.nodes().get(value).operation();
        // Overwriting a view is dear to a backward pass, which copies what it is a view of.
        return isNew(made) && !(training && makesView(made));
    }

    /** Whether the backward pass can do without the values, and nothing else has their memory. */
    private static boolean isNew(Operation made) {
        return made.convolution().isPresent()
                || made instanceof Operation.Normalization
                || made instanceof Operation.FullyConnected
                || made instanceof Operation.AveragePooling
                || made instanceof Operation.GlobalAveragePooling
                || made instanceof Operation.Addition
                || made instanceof Operation.Concatenation;
    }

    /** Whether what it makes is another look at a tensor of another shape. */
    private boolean makesView(Operation made) {
        return layout == Layout.CHANNELS_LAST
                && made.convolution().filter(PointwiseConv::is).isPresent();
    }

    private static String name(int value) {
        return value == ForwardGraph.INPUT ? INPUT : "v" + value;
    }
}
