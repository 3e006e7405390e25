package org.efficientzoo.training.report;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.efficientzoo.zoo.file.SmallFile;

/**
 * The text of a CSV file of which each row is one line.
 *
 * @param header the cells of the first line
 * @param rows the cells of the others
 * @param cut whether the file ends in half a line, which is no row
 */
record CsvText(List<String> header, List<List<String>> rows, boolean cut) {

    static final Charset CHARSET = StandardCharsets.UTF_8;

    static CsvText read(Path file) throws IOException {
        // Half a line may end in half a letter, which strict decoding would refuse.
        String text = new String(SmallFile.bytes(file, SmallFile.MOST), CHARSET);
        int end = text.lastIndexOf('\n') + 1;
        if (end == 0) {
            throw new IOException(file + " must begin with a line of column names, found none");
        }
        List<List<String>> lines = new ArrayList<>();
        for (String line : text.substring(0, end).lines().toList()) {
            lines.add(cells(line));
            int found = lines.get(lines.size() - 1).size();
            if (found != lines.get(0).size()) {
                throw new IOException(
                        "line %d of %s must have %d cells, found %d"
                                .formatted(lines.size(), file, lines.get(0).size(), found));
            }
        }
        return new CsvText(lines.get(0), lines.subList(1, lines.size()), end < text.length());
    }

    private static List<String> cells(String line) {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                cell.append(c);
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                cells.add(cell.toString());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        cells.add(cell.toString());
        return cells;
    }

    /** A line with its line break. */
    static String line(List<String> cells) {
        List<String> quoted = new ArrayList<>();
        for (String cell : cells) {
            if (cell.contains("\n") || cell.contains("\r")) {
                throw new IllegalArgumentException(
                        "a cell must be one line, found a line break after '%s'"
                                .formatted(cell.lines().findFirst().orElse("")));
            }
            boolean plain = !cell.contains(",") && !cell.contains("\"");
            quoted.add(plain ? cell : '"' + cell.replace("\"", "\"\"") + '"');
        }
        return String.join(",", quoted) + "\n";
    }
}
