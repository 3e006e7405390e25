package org.efficientzoo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar on standard error, and nothing at all where that is no terminal. */
final class Progress implements AutoCloseable {

    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    private static final long MEBIBYTE = 1 << 20;

    private final ProgressBar bar;

    private Progress(ProgressBar bar) {
        this.bar = bar;
    }

    static Progress start(String task, long total) {
        return isTerminal() ? new Progress(bar(task, total).build()) : new Progress(null);
    }

    /** A bar for what takes long enough to be told of where there is no terminal, too. */
    static Progress bytes(String task, long total) {
        if (isTerminal()) {
            return new Progress(bar(task, total).setUnit(" MiB", MEBIBYTE).build());
        }
        System.err.printf(Locale.ROOT, "%s, %.1f MiB%n", task, (double) total / MEBIBYTE);
        return new Progress(null);
    }

    private static ProgressBarBuilder bar(String task, long total) {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(total)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .setConsumer(new ConsoleProgressBarConsumer(System.err));
    }

    /** Java does not tell where standard error goes; Linux does, elsewhere there is no bar. */
    static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(STANDARD_ERROR).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    void step(int done) {
        if (bar != null) {
            bar.stepBy(done);
        }
    }

    void stepTo(long done) {
        if (bar != null) {
            bar.stepTo(done);
        }
    }

    /** What stands behind the bar. */
    void say(String more) {
        if (bar != null) {
            bar.setExtraMessage("  " + more);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
