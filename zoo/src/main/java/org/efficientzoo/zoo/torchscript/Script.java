package org.efficientzoo.zoo.torchscript;

import ai.djl.nn.Parameter;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.efficientzoo.zoo.torchscript.Graph.Node;
import org.efficientzoo.zoo.torchscript.Operation.Rendering;

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

    private final Graph graph;
    private final ParameterNames names;
    private final boolean training;
    private final Layout layout;
    private final StringBuilder lines = new StringBuilder();

    private Script(Graph graph, ParameterNames names, boolean training, Layout layout) {
        this.graph = graph;
        this.names = names;
        this.training = training;
        this.layout = layout;
    }

    /** The body of a function of {@code x}, whose last line returns. */
    static String body(
            Graph graph, Map<Parameter, String> expressions, boolean training, Layout layout) {
        // Without a convolution the order of axes gains nothing, and there may be other axes.
        Layout own = graph.hasConvolution() ? layout : Layout.CHANNELS_FIRST;
        Script script = new Script(graph, new ParameterNames(expressions), training, own);
        if (graph.hasConvolution()) {
            // Whatever the caller's layout is: a convolution takes its kernel by that.
            script.lines.append(INDENT).append("x = " + own.of(INPUT) + "\n");
        }
        for (int i = 0; i < graph.nodes().size(); i++) {
            script.write(i, graph.nodes().get(i));
        }
        String result = script.name(graph.result());
        if (own == Layout.CHANNELS_LAST && script.isMap(graph.result())) {
            // Else the layout would go on into whatever the caller computes with it.
            result = Layout.CHANNELS_FIRST.of(result);
        }
        return script.lines + INDENT + "return " + result + "\n";
    }

    /** Whether a value has four axes still. */
    private boolean isMap(int value) {
        if (value == Graph.INPUT) {
            return true;
        }
        Node made = graph.nodes().get(value);
        return !(made.operation() instanceof Operation.GlobalMean)
                && !(made.operation() instanceof Operation.Affine)
                && isMap(made.operands().get(0));
    }

    private void write(int number, Node node) {
        if (node.operation() instanceof Operation.Drop && !training) {
            return;
        }
        List<Integer> operands = node.operands();
        boolean inPlace = false;
        if (node.operation().worksInPlace()) {
            if (node.operation() instanceof Operation.Sum && !isFree(operands.get(0))) {
                operands = List.of(operands.get(1), operands.get(0));
            }
            inPlace = isFree(operands.get(0));
        }
        String values = operands.stream().map(this::name).collect(Collectors.joining(", "));
        String text =
                node.operation().text(values, new Rendering(names, training, inPlace, layout));
        String more =
                node.operation() instanceof Operation.Normalization
                        ? ", a%1$s, b%1$s, c%1$s, d%1$s,".formatted(number)
                        : "";
        lines.append(INDENT).append('v').append(number).append(more).append(" = ");
        lines.append(text).append('\n');
    }

    /** Whether a value may be overwritten by its only user: nobody else has it by another name. */
    private boolean isFree(int value) {
        int made = value;
        while (isNothing(made) && graph.uses(made) == 1) {
            made = graph.nodes().get(made).operands().get(0);
        }
        if (made == Graph.INPUT || graph.uses(made) != 1) {
            return false;
        }
        Operation operation = graph.nodes().get(made).operation();
        // Overwriting a view is dear to a backward pass, which copies what it is a view of.
        return operation.freesItsOutput() && !(training && operation.makesView(layout));
    }

    /** In inference a dropout is no operation: its value is its operand. */
    private boolean isNothing(int value) {
        return value != Graph.INPUT
                && !training
                && graph.nodes().get(value).operation() instanceof Operation.Drop;
    }

    private int origin(int value) {
        int made = value;
        while (isNothing(made)) {
            made = graph.nodes().get(made).operands().get(0);
        }
        return made;
    }

    private String name(int value) {
        int made = origin(value);
        return made == Graph.INPUT ? INPUT : "v" + made;
    }
}
