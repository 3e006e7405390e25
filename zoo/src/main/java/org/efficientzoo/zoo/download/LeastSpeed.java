package org.efficientzoo.zoo.download;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/** Watches over the speed of a server, one span of time after the other. */
final class LeastSpeed {

    private static final double NANOS = 1e9; // of a second

    private final long bytesASecond;
    private final Duration time;
    private long waited;
    private long came;

    LeastSpeed(long bytesASecond, Duration time) {
        this.bytesASecond = bytesASecond;
        this.time = time;
    }

    /**
     * Counts a piece.
     *
     * @param nanos how long it was waited for
     * @param bytes its length
     * @throws IOException if the span is over and too little has come
     */
    void count(long nanos, long bytes) throws IOException {
        waited += nanos;
        came += bytes;
        if (waited < time.toNanos()) {
            return;
        }
        double seconds = waited / NANOS;
        if (came < bytesASecond * seconds) {
            throw new IOException(
                    String.format(
                            Locale.ROOT,
                            "the server must send %d bytes a second, found %d bytes in %.1f s",
                            bytesASecond,
                            came,
                            seconds));
        }
        waited = 0;
        came = 0;
    }
}
