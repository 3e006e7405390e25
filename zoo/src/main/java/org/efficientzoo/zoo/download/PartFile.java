package org.efficientzoo.zoo.download;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.efficientzoo.zoo.download.DownloadFailure.Remedy;
import org.efficientzoo.zoo.file.Sha256;
import org.efficientzoo.zoo.file.SmallFile;

/**
 * What has arrived of a file, beside the place where it will be: {@code NAME.part}, and {@code
 * NAME.part.origin}, which says what it is the start of, so that another run can go on.
 */
final class PartFile {

    private final RemoteFile file;
    private final Path target;
    private final Path part;
    private final Path origin;
    private final DownloadListener listener;

    /**
     * What an answer was of.
     *
     * @param validator its ETag, in quotes, or its date of modification: another one is another
     *     file
     */
    record Origin(URI address, String validator, OptionalLong total) {

        boolean hasEntityTag() {
            return validator.startsWith("\"");
        }
    }

    PartFile(RemoteFile file, Path target, DownloadListener listener) {
        this.file = file;
        this.target = target;
        this.part = target.resolveSibling(target.getFileName() + ".part");
        this.origin = target.resolveSibling(target.getFileName() + ".part.origin");
        this.listener = listener;
    }

    RemoteFile file() {
        return file;
    }

    Path path() {
        return part;
    }

    /** The bytes that are there; 0 where there is no part file. */
    long length() throws IOException {
        return Files.exists(part) ? Files.size(part) : 0;
    }

    /** What the part file is the start of, if it is of this address and can be gone on with. */
    Optional<Origin> origin(URI address) throws IOException {
        if (length() == 0 || !Files.exists(origin)) {
            return Optional.empty();
        }
        List<String> lines;
        try {
            lines = SmallFile.lines(origin, SmallFile.MOST);
        } catch (IOException e) {
            return Optional.empty();
        }
        boolean readable =
                lines.size() == 3
                        && lines.get(0).equals(address.toString())
                        && lines.get(2).matches("|\\d{1,18}");
        return readable
                ? Optional.of(new Origin(address, lines.get(1), total(lines.get(2))))
                : Optional.empty();
    }

    private static OptionalLong total(String digits) {
        return digits.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(digits));
    }

    /** Begins anew, with an answer that can be gone on with if it has an origin. */
    Sink begin(Optional<Origin> of, OptionalLong total) throws IOException {
        long needed = total.orElse(0);
        checkSpace(needed);
        try {
            Files.deleteIfExists(origin);
            FileChannel channel = FileChannel.open(part, CREATE, WRITE, TRUNCATE_EXISTING);
            try {
                if (of.isPresent()) {
                    Files.write(origin, lines(of.get()));
                }
                return new Sink(this, channel, 0, total, listener);
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw unwritable(e, needed);
        }
    }

    private static List<String> lines(Origin of) {
        OptionalLong total = of.total();
        return List.of(
                of.address().toString(),
                of.validator(),
                total.isPresent() ? Long.toString(total.getAsLong()) : "");
    }

    /** Goes on at the end of what is there. */
    Sink goOn(OptionalLong total) throws IOException {
        long length = length();
        long needed = Math.max(0, total.orElse(0) - length);
        checkSpace(needed);
        try {
            FileChannel channel = FileChannel.open(part, WRITE);
            channel.position(length);
            return new Sink(this, channel, length, total, listener);
        } catch (IOException e) {
            throw unwritable(e, needed);
        }
    }

    private void checkSpace(long needed) throws IOException {
        long usable = usableSpace();
        if (usable > 0 && usable < needed) { // some file systems say 0 for "not known"
            discard();
            throw full(needed, usable);
        }
    }

    private long usableSpace() throws IOException {
        return Files.getFileStore(part.toAbsolutePath().getParent()).getUsableSpace();
    }

    private DownloadFailure full(long needed, long usable) {
        return new DownloadFailure(
                Remedy.NONE,
                "no space left in %s: %s needs %d more bytes, %d are free"
                        .formatted(part.toAbsolutePath().getParent(), file.name(), needed, usable));
    }

    /** The failure of a write; what was written is of no use on a disk that takes no more. */
    DownloadFailure unwritable(IOException failure, long needed) throws IOException {
        if (failure instanceof ClosedByInterruptException) {
            throw failure;
        }
        discard();
        String reason = DownloadFailure.reason(failure);
        long usable = usableSpace();
        boolean full = reason.startsWith("No space left") || reason.startsWith("Disk quota");
        if (full || usable < needed) {
            DownloadFailure exception = full(needed, usable);
            exception.addSuppressed(failure);
            return exception;
        }
        return new DownloadFailure(Remedy.NONE, "cannot write " + part + ": " + reason, failure);
    }

    /** Whether all that is to come has come, so that nothing needs to be asked. */
    boolean isComplete(URI address) throws IOException {
        Optional<Origin> known = origin(address);
        if (known.isEmpty()) {
            return false;
        }
        OptionalLong total = file.size().isPresent() ? file.size() : known.get().total();
        return total.isPresent() && total.getAsLong() == length();
    }

    /**
     * Checks what has arrived.
     *
     * @return its SHA-256
     * @throws DownloadFailure if it is not the published file
     */
    String verify() throws IOException {
        long length = length();
        if (file.size().isPresent() && file.size().getAsLong() != length) {
            throw new DownloadFailure(
                    Remedy.RESTART,
                    "expected %d bytes, found %d".formatted(file.size().getAsLong(), length));
        }
        if (length == 0) {
            throw new DownloadFailure(Remedy.RESTART, "there is nothing in it");
        }
        String found = Sha256.of(part);
        if (!found.startsWith(file.sha256())) {
            throw new DownloadFailure(
                    Remedy.RESTART,
                    "expected SHA-256 %s, found %s".formatted(file.sha256(), found));
        }
        return found;
    }

    /** Gives the file its name, once its bytes are on the disk. */
    void publish() throws IOException {
        try (FileChannel channel = FileChannel.open(part, WRITE)) {
            channel.force(true);
        }
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        Files.deleteIfExists(origin);
    }

    void discard() throws IOException {
        Files.deleteIfExists(part);
        Files.deleteIfExists(origin);
    }
}
