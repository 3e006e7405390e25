package org.efficientzoo.cli;

import ai.djl.util.Progress;

/** The progress of a download on standard error: a bar on a terminal, else a line. */
final class DownloadBar implements Progress {

    private org.efficientzoo.cli.Progress bar;
    private long done;

    @Override
    public void reset(String message, long max, String trailingMessage) {
        end();
        if (max > 0) {
            bar = org.efficientzoo.cli.Progress.bytes(message, max);
        } else {
            new SafeWriter(System.err).println(message);
        }
        done = 0;
    }

    @Override
    public void start(long initialProgress) {
        update(initialProgress, "");
    }

    @Override
    public void increment(long increment) {
        update(done + increment, "");
    }

    @Override
    public void update(long progress, String additionalMessage) {
        if (bar != null) {
            bar.stepTo(progress);
        }
        done = progress;
    }

    @Override
    public void end() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
