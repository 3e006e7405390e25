package org.efficientzoo.zoo;

import ai.djl.util.Progress;
import java.util.OptionalLong;
import org.efficientzoo.blocks.analysis.SafeText;
import org.efficientzoo.zoo.download.DownloadListener;

/** Shows a download to DJL's progress. */
final class DownloadProgress implements DownloadListener {

    private final Progress progress;
    private boolean begun;

    private DownloadProgress(Progress progress) {
        this.progress = progress;
    }

    /** A listener for a progress that may be missing. */
    static DownloadListener of(Progress progress) {
        return progress == null ? NONE : new DownloadProgress(progress);
    }

    @Override
    public void progress(long done, OptionalLong total) {
        if (total.isEmpty()) {
            return;
        }
        if (!begun) {
            begun = true;
            progress.reset("Downloading", total.getAsLong());
            progress.start(0);
        }
        progress.update(done);
        if (done == total.getAsLong()) {
            progress.end();
        }
    }

    @Override
    public void message(String line) {
        progress.reset(SafeText.line(line), 0); // it may quote a server
        begun = false;
    }
}
