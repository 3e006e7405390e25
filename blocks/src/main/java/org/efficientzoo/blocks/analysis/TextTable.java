package org.efficientzoo.blocks.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows of text in aligned columns. */
public final class TextTable {

    private final List<List<String>> rows = new ArrayList<>();
    private final List<Integer> rightAligned;

    /**
     * Creates a table.
     *
     * @param rightAligned the columns, from 0, whose cells stand on the right
     * @param head the titles of the columns
     */
    public TextTable(List<Integer> rightAligned, String... head) {
        this.rightAligned = rightAligned;
        rows.add(List.of(head));
    }

    /**
     * Adds a row.
     *
     * @param cells as many cells as there are columns; what is not {@linkplain SafeText safe to
     *     print} in them is shown as escapes
     */
    public void row(String... cells) {
        rows.add(Arrays.stream(cells).map(SafeText::line).toList());
    }

    /**
     * Returns the table as lines of text.
     *
     * @return the text, which ends with a line break
     */
    @Override
    public String toString() {
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
                String gap = " ".repeat(widths[i] - row.get(i).length());
                boolean right = rightAligned.contains(i);
                line.append(right ? gap + row.get(i) : row.get(i) + gap).append("  ");
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
