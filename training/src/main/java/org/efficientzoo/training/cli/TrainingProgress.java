package org.efficientzoo.training.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.efficientzoo.training.data.EvaluationLoader.Skipped;
import org.efficientzoo.training.run.RunListener;

/** Shows on standard error how a training goes. */
final class TrainingProgress implements RunListener, AutoCloseable {

    private static final long LINE_NANOS = 30_000_000_000L;

    private final PrintWriter err;
    private long lastLine = System.nanoTime();
    private Map<String, Object> lastRow = Map.of();

    TrainingProgress(PrintWriter err) {
        this.err = err;
    }

    @Override
    public void step(StepProgress p) {
        if (System.nanoTime() - lastLine > LINE_NANOS) {
            lastLine = System.nanoTime();
            err.printf(
                    Locale.ROOT,
                    "epoch %d/%d  %d/%d  loss %.4f  Top-1 %.2f %%  %.0f images/s  %s left%n",
                    p.epoch(),
                    p.epochs(),
                    p.images(),
                    p.imagesOfEpoch(),
                    p.loss(),
                    100 * p.top1(),
                    p.imagesPerSecond(),
                    time(p.secondsLeft()));
            err.flush();
        }
    }

    /** The row of the last epoch that ended, empty before. */
    Map<String, Object> lastRow() {
        return lastRow;
    }

    static String time(double seconds) {
        long whole = Math.round(seconds);
        return whole >= 3600
                ? "%d:%02d:%02d".formatted(whole / 3600, whole / 60 % 60, whole % 60)
                : "%d:%02d".formatted(whole / 60, whole % 60);
    }

    @Override
    public void validated(int images, int of) {}

    @Override
    public void epoch(Map<String, Object> row) {
        lastRow = row;
        err.println(row);
        err.flush();
    }

    @Override
    public void saved(Path state) {}

    @Override
    public void skipped(Skipped image) {
        err.println("skipped: " + image.reason());
        err.flush();
    }

    @Override
    public void close() {}
}
