package org.efficientzoo.blocks.analysis;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/** Prints cost and receptive field as a table, a layer a line, totals last. */
public final class SummaryTable {

    private static final List<Integer> NUMBERS = List.of(4, 5, 6, 7, 8, 9);

    private final Complexity cost;
    private final Optional<ReceptiveField> field;

    /**
     * Creates a table of costs.
     *
     * @param cost the cost
     */
    public SummaryTable(Complexity cost) {
        this(cost, Optional.empty());
    }

    /**
     * Creates a table of costs and receptive fields.
     *
     * @param cost the cost
     * @param field the receptive field of the same block, if it is to be shown
     */
    public SummaryTable(Complexity cost, Optional<ReceptiveField> field) {
        this.cost = cost;
        this.field = field;
    }

    /**
     * Returns the table as lines of text.
     *
     * @return the text, which ends with a line break
     */
    @Override
    public String toString() {
        List<String> head =
                new ArrayList<>(
                        List.of(
                                "layer",
                                "type",
                                "window",
                                "output",
                                "parameters",
                                "MACs",
                                "activations"));
        if (field.isPresent()) {
            head.addAll(List.of("field", "jump", "start"));
        }
        TextTable table = new TextTable(NUMBERS, head.toArray(String[]::new));
        List<Optional<ReceptiveField.Row>> fields =
                field.map(f -> f.beside(cost))
                        .orElseGet(
                                () -> Collections.nCopies(cost.layers().size(), Optional.empty()));
        for (int i = 0; i < cost.layers().size(); i++) {
            table.row(row(cost.layers().get(i), fields.get(i)).toArray(String[]::new));
        }
        StringBuilder text = new StringBuilder(table.toString());
        text.append(
                """

                input        %s
                parameters   %s
                MACs         %s - %s
                activations  %s - outputs of convolution and linear layers
                """
                        .formatted(
                                shape(cost.input()),
                                number(cost.parameters()),
                                number(cost.macs()),
                                cost.convention().description(),
                                number(cost.activations())));
        if (cost.convention() == Convention.THOP) {
            text.append(
                    "THOP prints  %s %s%n"
                            .formatted(
                                    CleverFormat.of(cost.macs()),
                                    CleverFormat.of(cost.parameters())));
        }
        return text.toString();
    }

    private List<String> row(LayerCost layer, Optional<ReceptiveField.Row> found) {
        List<String> row =
                new ArrayList<>(
                        List.of(
                                layer.name(),
                                layer.type(),
                                layer.detail(),
                                shape(layer.output()),
                                number(layer.parameters()),
                                number(layer.macs()),
                                number(layer.activations())));
        if (found.isPresent()) {
            ReceptiveField.Row seen = found.get();
            row.add(pair(seen.height().size(), seen.width().size()));
            row.add(pair(seen.height().jump(), seen.width().jump()));
            row.add(pair(seen.height().start(), seen.width().start()));
        } else if (field.isPresent()) {
            row.addAll(List.of("", "", ""));
        }
        return row;
    }

    private static String pair(Number height, Number width) {
        return height.equals(width) ? height.toString() : height + "x" + width;
    }

    private static String shape(Shape shape) {
        return String.join(
                "x",
                IntStream.range(0, shape.dimension()).mapToObj(i -> "" + shape.get(i)).toList());
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}
