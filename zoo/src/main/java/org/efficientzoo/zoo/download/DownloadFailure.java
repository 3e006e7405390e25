package org.efficientzoo.zoo.download;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;

/** A reason why an attempt failed, and what may help. */
final class DownloadFailure extends IOException {

    private static final long serialVersionUID = 1L;

    enum Remedy {
        /** Try again, and go on where it stopped. */
        RETRY,
        /** What came is not the file: begin anew, once. */
        RESTART,
        /** The server will not say anything else. */
        BY_HAND,
        /** Nothing that the server or the network could change. */
        NONE
    }

    private final Remedy remedy;
    private final Duration wait;

    private DownloadFailure(Remedy remedy, String reason, Duration wait, Throwable cause) {
        super(reason, cause);
        this.remedy = remedy;
        this.wait = wait;
    }

    DownloadFailure(Remedy remedy, String reason) {
        this(remedy, reason, Duration.ZERO, null);
    }

    DownloadFailure(Remedy remedy, String reason, Throwable cause) {
        this(remedy, reason, Duration.ZERO, cause);
    }

    /** To try again, but not before the server's wait is over. */
    static DownloadFailure retry(String reason, Duration wait) {
        return new DownloadFailure(Remedy.RETRY, reason, wait, null);
    }

    Remedy remedy() {
        return remedy;
    }

    /** The least wait before the next attempt. */
    Duration leastWait() {
        return wait;
    }

    /** The reason in an exception of Java's, many of which say none. */
    static String reason(Throwable failure) {
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof NoSuchFileException) {
            return "there is no such file or folder";
        }
        if (failure instanceof FileAlreadyExistsException) {
            return "there is a file of that name";
        }
        if (failure instanceof FileSystemException file && file.getReason() != null) {
            return file.getReason();
        }
        if (failure instanceof HttpConnectTimeoutException) {
            return "no connection in time";
        }
        if (failure instanceof HttpTimeoutException) {
            return "no answer in time";
        }
        for (Throwable next = failure; next != null; next = next.getCause()) {
            if (next instanceof UnresolvedAddressException
                    || next instanceof UnknownHostException) {
                return "unknown host";
            }
        }
        for (Throwable next = failure; next != null; next = next.getCause()) {
            if (next.getMessage() != null && !next.getMessage().isBlank()) {
                return String.join(" ", next.getMessage().strip().lines().toList());
            }
        }
        return failure instanceof ConnectException
                ? "cannot connect" // Java's client says no more
                : failure.getClass().getSimpleName();
    }
}
