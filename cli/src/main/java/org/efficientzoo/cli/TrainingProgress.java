package org.efficientzoo.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.training.data.EvaluationLoader.Skipped;
import org.efficientzoo.training.run.RunListener;

/**
 * Shows on standard error how a training goes: a bar an epoch, or plain lines where that is no
 * terminal.
 */
final class TrainingProgress implements RunListener, AutoCloseable {

    private static final long LINE_NANOS = Duration.ofSeconds(30).toNanos();

    private final PrintWriter err;
    private final boolean bars = Progress.isTerminal();
    private final String saving;
    private int skipped;
    private long lastLine = System.nanoTime();
    private Optional<Progress> bar = Optional.empty();
    private Optional<Plan> started = Optional.empty();

    /**
     * Prepares.
     *
     * @param saving how often checkpoints are written, for people
     */
    TrainingProgress(PrintWriter err, String saving) {
        this.err = err;
        this.saving = saving;
    }

    private void line(String format, Object... values) {
        err.printf(Locale.ROOT, format + "%n", values);
        err.flush();
    }

    @Override
    public void starting(Plan plan) {
        line(
                "%s, %,d parameters, on %s, %s",
                plan.network(), plan.parameters(), plan.engine(), plan.device());
        line(
                "%d training and %d validation images of %d classes; %d epochs, %d steps of %d images",
                plan.trainImages(),
                plan.validationImages(),
                plan.classes(),
                plan.epochs(),
                plan.steps(),
                plan.batch());
        line("class order: %s", plan.classOrder().words());
        line("validation: %s", plan.validation());
        plan.notes().forEach(note -> line("note: %s", note));
        if (plan.validationImages() == 0) {
            line(
                    "note: nothing is validated; --validation=DIR names other images, --split takes a"
                            + " share of the training images");
        }
        started = Optional.of(plan);
        if (plan.stepsDone() == plan.steps()) {
            line("the run has come to its end already");
            return;
        }
        if (plan.stepsDone() > 0) {
            line("going on after step %d", plan.stepsDone());
        }
        line("checkpoints: %s; what came after the last one is lost if the run is killed", saving);
    }

    /** What the run does, once it has begun. */
    Optional<Plan> plan() {
        return started;
    }

    @Override
    public Optional<ai.djl.util.Progress> download() {
        return Optional.of(new DownloadBar());
    }

    @Override
    public void step(StepProgress p) {
        String state =
                String.format(
                        Locale.ROOT,
                        "loss %.4f  Top-1 %.2f %%  %.0f images/s  %s left",
                        p.loss(),
                        100 * p.top1(),
                        p.imagesPerSecond(),
                        time(p.secondsLeft()));
        if (bars) {
            String task = "epoch %d/%d".formatted(p.epoch(), p.epochs());
            Progress shown = bar.orElseGet(() -> Progress.start(task, p.imagesOfEpoch()));
            bar = Optional.of(shown);
            shown.stepTo(p.images());
            shown.say(state);
        } else if (System.nanoTime() - lastLine > LINE_NANOS) {
            lastLine = System.nanoTime();
            line(
                    "epoch %d/%d  %d/%d  %s",
                    p.epoch(), p.epochs(), p.images(), p.imagesOfEpoch(), state);
        }
    }

    static String time(double seconds) {
        long whole = Math.round(seconds);
        return whole >= 3600
                ? "%d:%02d:%02d".formatted(whole / 3600, whole / 60 % 60, whole % 60)
                : "%d:%02d".formatted(whole / 60, whole % 60);
    }

    @Override
    public void validated(int images, int of) {
        bar.ifPresent(shown -> shown.say("validating"));
    }

    @Override
    public void epoch(int epochs, Map<String, Object> row) {
        close();
        line(
                "epoch %s/%d  loss %.4f  Top-1 %.2f %%%s%s  %.0f images/s%s",
                row.get("epoch"),
                epochs,
                row.get("train_loss"),
                100 * (double) row.get("train_top1"),
                accuracy("validation", row.get("val_top1"), row.get("val_top5")),
                accuracy("average", row.get("average_top1"), row.get("average_top5")),
                row.get("images_per_second"),
                skipped == 0 ? "" : "  images skipped so far: " + skipped);
    }

    /** Nothing where the cells are empty. */
    private static String accuracy(String what, Object top1, Object top5) {
        return top1 instanceof Double first && top5 instanceof Double five
                ? String.format(
                        Locale.ROOT,
                        "  %s Top-1 %.2f %% Top-5 %.2f %%",
                        what,
                        100 * first,
                        100 * five)
                : "";
    }

    @Override
    public void warning(String warning) {
        line("warning: %s", warning);
    }

    @Override
    public void skipped(Skipped image) {
        skipped++;
        line("skipped: %s", image.reason());
    }

    /** Ends the bar. */
    @Override
    public void close() {
        bar.ifPresent(Progress::close);
        bar = Optional.empty();
    }
}
