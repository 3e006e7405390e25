package org.efficientzoo.zoo.download;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.efficientzoo.zoo.download.DownloadFailure.Remedy;

/**
 * Fetches published files. A file is there whole or not at all: what arrives is kept beside its
 * place as {@code NAME.part}, gone on with after a cut, also by a later run, compared with the
 * published size and hash, and only then given its name. Several threads and processes may ask for
 * one file at once; one of them fetches it.
 *
 * <p>Proxies are those of Java's system properties ({@code https.proxyHost}), else those of the
 * environment variables {@code https_proxy}, {@code http_proxy}, {@code all_proxy} and {@code
 * no_proxy}. May be used by several threads.
 */
public final class Downloader {

    private final DownloadSettings settings;
    private final Proxies proxies;

    /**
     * Fetches as the settings say.
     *
     * @param settings the settings
     */
    public Downloader(DownloadSettings settings) {
        this(settings, new Proxies(System.getenv()));
    }

    Downloader(DownloadSettings settings, Proxies proxies) {
        this.settings = settings;
        this.proxies = proxies;
    }

    /**
     * Fetches a file, unless it is there.
     *
     * @param file the file
     * @param target the path that it shall have; its folder is made where it is missing
     * @param listener is told how it goes
     * @return the target
     * @throws IOException if the file cannot be had; the message is one line that says why and what
     *     can be done by hand
     */
    public Path fetch(RemoteFile file, Path target, DownloadListener listener) throws IOException {
        return fetch(file, target, Optional.empty(), listener);
    }

    /**
     * Fetches a file and makes another one of it, unless that is there.
     *
     * @param file the file
     * @param target the path of what is made of it
     * @param conversion makes it, the whole target or nothing
     * @param listener is told how it goes
     * @return the target
     * @throws IOException if the file cannot be had or the conversion fails
     */
    public Path fetch(
            RemoteFile file, Path target, Conversion conversion, DownloadListener listener)
            throws IOException {
        return fetch(file, target, Optional.of(conversion), listener);
    }

    /** What becomes of a file that was fetched. */
    @FunctionalInterface
    public interface Conversion {

        /**
         * Makes a file of another one, whole or not at all.
         *
         * @param fetched the file that was fetched, which is deleted afterwards
         * @param target the file to make
         * @throws IOException if that fails
         */
        void convert(Path fetched, Path target) throws IOException;
    }

    private Path fetch(
            RemoteFile file,
            Path target,
            Optional<Conversion> conversion,
            DownloadListener listener)
            throws IOException {
        if (Files.isDirectory(target)) {
            throw new IOException("expected a file, found the folder " + target);
        }
        if (Files.exists(target)) {
            return target;
        }
        URI address = settings.addressOf(file);
        if (settings.offline() && !Addresses.isFile(address)) {
            throw new IOException(
                    "%s is not in %s, and nothing is fetched offline; %s"
                            .formatted(file.name(), folder(target), byHand(file, target)));
        }
        try {
            DownloadLock lock = DownloadLock.acquire(target, listener);
            try {
                if (!Files.exists(target)) {
                    PartFile part = fetchPart(file, address, target, listener);
                    if (conversion.isPresent()) {
                        try {
                            conversion.get().convert(part.path(), target);
                        } finally {
                            part.discard();
                        }
                    } else {
                        part.publish();
                    }
                }
            } finally {
                lock.close();
            }
        } catch (DownloadFailure e) {
            throw new IOException(describe(e, file, address, target), e);
        } catch (FileSystemException e) {
            String reason = DownloadFailure.reason(e) + ": " + e.getFile();
            throw new IOException("cannot fetch " + file.name() + ": " + reason, e);
        } catch (InterruptedException
                | ClosedByInterruptException
                | FileLockInterruptionException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted =
                    new InterruptedIOException("the download of " + file.name() + " was stopped");
            interrupted.initCause(e);
            throw interrupted;
        }
        return target;
    }

    private PartFile fetchPart(RemoteFile file, URI address, Path target, DownloadListener listener)
            throws IOException, InterruptedException {
        Source source =
                Addresses.isFile(address)
                        ? new FolderSource(address)
                        : new HttpSource(address, settings, proxies);
        PartFile part = new PartFile(file, target, listener);
        new Attempts(settings, listener).fetch(source, part);
        return part;
    }

    private static String describe(DownloadFailure e, RemoteFile file, URI address, Path target) {
        if (e.remedy() == Remedy.NONE) {
            return e.getMessage();
        }
        return "cannot fetch %s from %s: %s; %s"
                .formatted(
                        file.name(),
                        Addresses.withoutUser(address),
                        e.getMessage(),
                        byHand(file, target));
    }

    private static String byHand(RemoteFile file, Path target) {
        URI address = Addresses.withoutUser(file.address());
        return file.importing().isEmpty()
                ? "download %s by hand and put it in %s as %s"
                        .formatted(address, folder(target), target.getFileName())
                : "download %s by hand, then run: %s".formatted(address, file.importing());
    }

    private static Path folder(Path target) {
        return target.toAbsolutePath().getParent();
    }
}
