package org.efficientzoo.blocks.analysis;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Prints cost and receptive field as a table, a layer a line, totals last. */
public final class SummaryTable {

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
        List<List<String>> rows = new ArrayList<>();
        List<String> head =
                new ArrayList<>(List.of("layer", "type", "window", "output", "parameters", "MACs"));
        if (field.isPresent()) {
            head.addAll(List.of("field", "jump", "start"));
        }
        rows.add(head);
        Map<String, ReceptiveField.Row> fields = new HashMap<>();
        field.ifPresent(f -> f.layers().forEach(row -> fields.put(row.name(), row)));
        for (LayerCost layer : cost.layers()) {
            rows.add(row(layer, fields.get(layer.name())));
        }
        StringBuilder text = new StringBuilder(align(rows));
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

    private List<String> row(LayerCost layer, ReceptiveField.Row seen) {
        List<String> row =
                new ArrayList<>(
                        List.of(
                                layer.name(),
                                layer.type(),
                                layer.detail(),
                                shape(layer.output()),
                                number(layer.parameters()),
                                number(layer.macs())));
        if (seen != null) {
            row.add(pair(seen.height().size(), seen.width().size()));
            row.add(pair(seen.height().jump(), seen.width().jump()));
            row.add(pair(seen.height().start(), seen.width().start()));
        } else if (field.isPresent()) {
            row.addAll(List.of("", "", ""));
        }
        return row;
    }

    private static String pair(Number height, Number width) {
        return height.equals(width) ? height.toString() : height + "×" + width;
    }

    private static String shape(Shape shape) {
        return String.join(
                "×",
                IntStream.range(0, shape.dimension()).mapToObj(i -> "" + shape.get(i)).toList());
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String align(List<List<String>> rows) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                boolean isNumber = i >= 4;
                String format = "%" + (isNumber ? "" : "-") + widths[i] + "s  ";
                line.append(String.format(Locale.ROOT, format, row.get(i)));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
