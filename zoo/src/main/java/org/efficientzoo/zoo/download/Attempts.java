package org.efficientzoo.zoo.download;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.efficientzoo.zoo.download.DownloadFailure.Remedy;

/** Tries until the part file is whole and right, or there is no use in trying. */
final class Attempts {

    private static final long GOOD_PIECE = 1 << 20; // bytes that show that the line does work

    private final DownloadSettings settings;
    private final DownloadListener listener;
    private int failed;
    private long longest;
    private boolean restarted;

    Attempts(DownloadSettings settings, DownloadListener listener) {
        this.settings = settings;
        this.listener = listener;
    }

    void fetch(Source source, PartFile part) throws IOException, InterruptedException {
        longest = part.length();
        while (true) {
            try {
                if (!source.isComplete(part)) {
                    source.receive(part);
                }
                String hash = part.verify();
                if (part.file().sha256().isEmpty()) {
                    listener.message(
                            "no hash is published for %s; its SHA-256 is %s"
                                    .formatted(part.file().name(), hash));
                }
                return;
            } catch (DownloadFailure e) {
                switch (e.remedy()) {
                    case RETRY -> retry(e, part);
                    case RESTART -> restart(e, part);
                    case BY_HAND, NONE -> throw e;
                }
            }
        }
    }

    private void retry(DownloadFailure failure, PartFile part)
            throws IOException, InterruptedException {
        long length = part.length();
        if (length - longest >= GOOD_PIECE) {
            failed = 0;
        }
        longest = Math.max(longest, length);
        failed++;
        if (failed >= settings.attempts()) {
            throw new DownloadFailure(
                    Remedy.BY_HAND,
                    failure.getMessage() + ", in attempt %d of %d".formatted(failed, failed),
                    failure);
        }
        Duration wait = wait(failure.leastWait());
        listener.message(
                "%s: %s; trying again in %.1f s (attempt %d of %d)"
                        .formatted(
                                part.file().name(),
                                failure.getMessage(),
                                wait.toMillis() / 1000.0,
                                failed + 1,
                                settings.attempts()));
        Thread.sleep(wait.toMillis());
    }

    /** Twice as long each time, and by chance, so that clients cut off together come back apart. */
    private Duration wait(Duration least) {
        long first = settings.firstWait().toMillis();
        long most = Math.min(settings.longestWait().toMillis(), first << Math.min(failed - 1, 20));
        long drawn = ThreadLocalRandom.current().nextLong(most / 2, most + 1);
        return Duration.ofMillis(Math.max(least.toMillis(), drawn));
    }

    private void restart(DownloadFailure failure, PartFile part) throws IOException {
        part.discard();
        if (restarted) {
            throw new DownloadFailure(Remedy.BY_HAND, failure.getMessage() + ", twice", failure);
        }
        restarted = true;
        longest = 0;
        listener.message(
                "%s: %s; beginning anew".formatted(part.file().name(), failure.getMessage()));
    }
}
