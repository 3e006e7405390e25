package org.efficientzoo.zoo.download;

import java.util.OptionalLong;

/** Is told how a download goes, in the thread that asked for it. */
public interface DownloadListener {

    /** Listens to nothing. */
    DownloadListener NONE = new DownloadListener() {};

    /**
     * Some bytes arrived. Called often; {@code done} falls when a download begins anew.
     *
     * @param done the bytes that are there, those of an earlier run included
     * @param total the bytes of the whole file, where they are known
     */
    default void progress(long done, OptionalLong total) {}

    /**
     * Something happened that a waiting user would want to know, such as another attempt.
     *
     * @param line one line, without an end of line
     */
    default void message(String line) {}
}
