package org.efficientzoo.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.efficientzoo.blocks.analysis.TextTable;
import org.efficientzoo.training.Confusion;
import org.efficientzoo.training.Evaluation;
import org.efficientzoo.zoo.ClassNames;

/**
 * What an evaluation found about each class that has images, in the order of their indices.
 *
 * @param rows the classes
 * @param confusion what was taken for what, over all outputs of the network
 * @param names the names of all outputs
 */
record ClassResults(List<Row> rows, Confusion confusion, List<String> names) {

    private static final int LONGEST_NAME = 32;

    /** A class as the JSON document has it; shares in 0..1. */
    record Row(int index, String folder, String name, long images, double top1, double top5) {}

    /** Another class that images were taken for, and how often. */
    private record Mistake(int index, long images) {}

    /**
     * Reads an evaluation.
     *
     * @param classes the classes of the images, the first outputs of the network
     * @param outputs the names of all outputs
     */
    static ClassResults of(Evaluation evaluation, ClassNames classes, ClassNames outputs) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < classes.size(); i++) {
            Evaluation.Counts counts = evaluation.perClass().get(i);
            if (counts.images() > 0) {
                rows.add(
                        new Row(
                                i,
                                classes.folders().get(i),
                                classes.names().get(i),
                                counts.images(),
                                counts.top1Accuracy(),
                                counts.top5Accuracy()));
            }
        }
        List<String> names = new ArrayList<>(outputs.names());
        for (int i = 0; i < classes.size(); i++) {
            names.set(i, classes.names().get(i));
        }
        return new ClassResults(List.copyOf(rows), evaluation.confusion(), List.copyOf(names));
    }

    /**
     * Images by true class and answer, of the classes that have images; other answers are left out.
     */
    long[][] matrix() {
        return matrix(rows.size());
    }

    private long[][] matrix(int size) {
        long[][] matrix = new long[size][size];
        for (int row = 0; row < rows.size(); row++) {
            for (int column = 0; column < rows.size(); column++) {
                matrix[row][column] = confusion.count(rows.get(row).index, rows.get(column).index);
            }
        }
        return matrix;
    }

    /** The matrix with a last class for all answers outside it, if there are any. */
    long[][] wholeMatrix() {
        int others = rows.size();
        long[][] whole = matrix(others + 1);
        boolean outside = false;
        for (int row = 0; row < others; row++) {
            whole[row][others] = rows.get(row).images - Arrays.stream(whole[row]).sum();
            outside |= whole[row][others] > 0;
        }
        return outside ? whole : matrix();
    }

    /** The names of the classes of the whole matrix. */
    List<String> wholeNames() {
        List<String> shown = new ArrayList<>(rows.stream().map(Row::name).toList());
        if (wholeMatrix().length > shown.size()) {
            shown.add("other classes");
        }
        return shown;
    }

    /** The classes as a table, the one with the fewest right answers first. */
    String table() {
        TextTable table =
                new TextTable(
                        List.of(0, 2, 3, 4, 6),
                        "index",
                        "class",
                        "images",
                        "Top-1 %",
                        "Top-5 %",
                        "most often taken for",
                        "% of them");
        rows.stream()
                .sorted(Comparator.comparingDouble(Row::top1).thenComparingDouble(Row::top5))
                .forEach(
                        row -> {
                            Mistake most = mostFrequentMistake(row.index);
                            boolean none = most.images == 0;
                            table.row(
                                    Integer.toString(row.index),
                                    shortened(row.name),
                                    Long.toString(row.images),
                                    percent(row.top1),
                                    percent(row.top5),
                                    none ? "" : shortened(names.get(most.index)),
                                    none ? "" : percent((double) most.images / row.images));
                        });
        return table.toString();
    }

    /** Of equally frequent ones the first. */
    private Mistake mostFrequentMistake(int label) {
        Mistake most = new Mistake(label, 0);
        for (Map.Entry<Integer, Integer> seen : confusion.answers(label).entrySet()) {
            int answer = seen.getKey();
            int images = seen.getValue();
            boolean more = images > most.images || (images == most.images && answer < most.index);
            if (answer != label && more) {
                most = new Mistake(answer, images);
            }
        }
        return most;
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f", 100 * share);
    }

    private static String shortened(String name) {
        return name.codePointCount(0, name.length()) <= LONGEST_NAME
                ? name
                : name.substring(0, name.offsetByCodePoints(0, LONGEST_NAME - 3)) + "...";
    }
}
