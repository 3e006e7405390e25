package org.efficientzoo.training.run;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.efficientzoo.training.report.Curves;
import org.efficientzoo.training.report.EventFile;
import org.efficientzoo.training.report.MetricsCsv;

/** Writes down how a run goes: a table, curves, and events for TensorBoard. */
final class Journal implements AutoCloseable {

    private static final List<String> SHOWN =
            List.of("_loss", "_top1", "_top5", Row.RATE, "images_per_second");

    private final RunFolder folder;
    private final String title;
    private final MetricsCsv table;
    private final EventFile events;
    private final RunListener listener;
    private boolean drawing = true;

    /**
     * Goes on with the journal of a run, from which everything after its checkpoint is dropped.
     *
     * @param title what the curves are of
     * @param position the checkpoint
     * @param listener is told if there can be no curves
     */
    Journal(RunFolder folder, String title, Position position, RunListener listener)
            throws IOException {
        this.listener = listener;
        this.folder = folder;
        this.title = title;
        this.table = new MetricsCsv(folder.metrics(), Row.header());
        table.truncateAfter(Row.EPOCH, position.epoch());
        // Within an epoch its last step has no events that count: they come with its end.
        long last = position.steps() - (position.batch() > 0 ? 1 : 0);
        this.events =
                position.steps() == 0
                        ? EventFile.starting(folder.root())
                        : EventFile.resuming(folder.root(), last);
    }

    void add(Map<String, Object> row) throws IOException {
        table.append(row);
        draw();
        long step = ((Number) row.get(Row.STEP)).longValue();
        double now = System.currentTimeMillis() / 1e3;
        for (Map.Entry<String, Object> cell : row.entrySet()) {
            if (cell.getValue() instanceof Number value
                    && SHOWN.stream().anyMatch(cell.getKey()::endsWith)) {
                String tag = cell.getKey().replaceFirst("^(train|val|average)_", "$1/");
                events.scalar(tag, step, now, value.floatValue());
            }
        }
    }

    /** A machine without fonts draws nothing, but trains. */
    private void draw() throws IOException {
        List<Curves.Point> points = table.rows().stream().map(Journal::point).toList();
        try {
            if (drawing) {
                Curves.write(folder.curves(), title, points);
            }
        } catch (IOException e) {
            drawing = false;
            listener.warning(e.getMessage());
        }
    }

    private static Curves.Point point(Map<String, String> row) {
        return new Curves.Point(
                number(row, Row.EPOCH),
                number(row, Row.TRAIN + "_loss"),
                number(row, Row.VALIDATION + "_loss"),
                number(row, Row.TRAIN + "_top1"),
                number(row, Row.VALIDATION + "_top1"),
                number(row, Row.AVERAGE + "_top1"),
                number(row, Row.RATE));
    }

    private static double number(Map<String, String> row, String column) {
        String cell = row.get(column);
        return cell.isEmpty() ? Double.NaN : Double.parseDouble(cell);
    }

    @Override
    public void close() throws IOException {
        events.close();
    }
}
