package org.efficientzoo.training.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.efficientzoo.zoo.file.DiskErrors;
import org.efficientzoo.zoo.file.WholeFile;

/**
 * The table of a run: a CSV file to which the run adds rows. A row is there at once and is one
 * line, so a killed process leaves at worst half a line at the end, which the next opening drops.
 *
 * <p>Numbers are written as Java writes them, the same in every language, so that reading them
 * gives the same number. Commas and quotes in cells are quoted; line breaks are refused.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4180">RFC 4180</a>
 */
public final class MetricsCsv {

    private final Path file;
    private final List<String> header;

    /**
     * Opens a table, or begins one where there is none.
     *
     * @param file the file, in a folder that exists
     * @param header the names of the columns, in their order
     * @throws IOException if the file cannot be written or has other columns; the message says why
     * @throws IllegalArgumentException if columns have no names, or the same
     */
    public MetricsCsv(Path file, List<String> header) throws IOException {
        this.file = file;
        this.header = List.copyOf(header);
        if (this.header.isEmpty() || this.header.stream().distinct().count() != header.size()) {
            throw new IllegalArgumentException(
                    "a table must have columns of different names, found " + header);
        }
        if (Files.notExists(file) || Files.size(file) == 0) {
            rewrite(List.of());
            return;
        }
        CsvText text = CsvText.read(file);
        if (!text.header().equals(this.header)) {
            throw new IOException(
                    "%s has other columns than this run, found %s, expected %s; move it away"
                            .formatted(
                                    file,
                                    String.join(",", text.header()),
                                    String.join(",", this.header)));
        }
        if (text.cut()) {
            rewrite(text.rows());
        }
    }

    /**
     * Adds a row.
     *
     * @param cells values by column; a column that has none stays empty
     * @throws IOException if it cannot be written
     * @throws IllegalArgumentException if there is no such column
     */
    public synchronized void append(Map<String, ?> cells) throws IOException {
        for (String column : cells.keySet()) {
            if (!header.contains(column)) {
                throw new IllegalArgumentException(
                        "unknown column %s; the table has %s"
                                .formatted(column, String.join(", ", header)));
            }
        }
        List<String> row = new ArrayList<>();
        for (String column : header) {
            row.add(cells.containsKey(column) ? cells.get(column).toString() : "");
        }
        String line = CsvText.line(row);
        try {
            Files.writeString(
                    file, line, StandardOpenOption.APPEND, StandardOpenOption.SYNC); // survives
        } catch (IOException e) {
            throw new IOException("cannot write %s: %s".formatted(file, DiskErrors.reason(e)), e);
        }
    }

    /**
     * Drops the rows after an epoch, for a run that goes on from a checkpoint and will write them
     * anew.
     *
     * @param column the column that counts, such as {@code epoch}
     * @param last rows whose number in the column is at most this stay
     * @throws IOException if the table cannot be read or written, or a row has no such number
     * @throws IllegalArgumentException if there is no such column
     */
    public synchronized void truncateAfter(String column, long last) throws IOException {
        int index = header.indexOf(column);
        if (index < 0) {
            throw new IllegalArgumentException(
                    "unknown column %s; the table has %s"
                            .formatted(column, String.join(", ", header)));
        }
        List<List<String>> rows = CsvText.read(file).rows();
        List<List<String>> kept = new ArrayList<>();
        for (List<String> row : rows) {
            if (number(column, row.get(index)) <= last) {
                kept.add(row);
            }
        }
        if (kept.size() < rows.size()) {
            rewrite(kept);
        }
    }

    private long number(String column, String cell) throws IOException {
        try {
            return Long.parseLong(cell);
        } catch (NumberFormatException e) {
            throw new IOException(
                    "a row of %s must have a whole number as its %s, found '%s'"
                            .formatted(file, column, cell),
                    e);
        }
    }

    private void rewrite(List<List<String>> rows) throws IOException {
        StringBuilder text = new StringBuilder(CsvText.line(header));
        rows.forEach(row -> text.append(CsvText.line(row)));
        WholeFile.write(file, text.toString().getBytes(CsvText.CHARSET));
    }

    /**
     * Reads this table.
     *
     * @return the rows, each by column in the order of the header
     * @throws IOException if it cannot be read; the message says why
     */
    public List<Map<String, String>> rows() throws IOException {
        return read(file);
    }

    /**
     * Reads a table; half a line at its end is left out.
     *
     * @param file the file
     * @return the rows, each by column in the order of the header; an empty cell is an empty text
     * @throws IOException if it cannot be read or a row has not the header's columns
     */
    public static List<Map<String, String>> read(Path file) throws IOException {
        CsvText text = CsvText.read(file);
        List<Map<String, String>> rows = new ArrayList<>();
        for (List<String> cells : text.rows()) {
            Map<String, String> row = new LinkedHashMap<>();
            for (int i = 0; i < cells.size(); i++) {
                row.put(text.header().get(i), cells.get(i));
            }
            rows.add(row);
        }
        return rows;
    }
}
