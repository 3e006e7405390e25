package org.efficientzoo.zoo.download;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.efficientzoo.zoo.file.Directories;
import org.efficientzoo.zoo.file.SmallFile;

/**
 * Sees to it that one thread of one process fetches a file, by a lock file beside it. The system
 * frees the lock of a process that dies.
 */
final class DownloadLock implements AutoCloseable {

    // Closing any channel of a file frees all locks that a process has on it, so the threads of a
    // process take turns before they open one.
    private static final Map<Path, ReentrantLock> IN_PROCESS = new ConcurrentHashMap<>();

    private final ReentrantLock inProcess;
    private final Path file;
    private final FileChannel channel;

    private DownloadLock(ReentrantLock inProcess, Path file, FileChannel channel) {
        this.inProcess = inProcess;
        this.file = file;
        this.channel = channel;
    }

    /** Waits until no one else fetches the file. */
    static DownloadLock acquire(Path target, DownloadListener listener)
            throws IOException, InterruptedException {
        Path folder = target.toAbsolutePath().getParent();
        Path file;
        try {
            Directories.make(folder);
            file = folder.toRealPath().resolve(target.getFileName() + ".lock");
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
        Runnable waiting =
                () -> listener.message("waiting for another download of " + target.getFileName());
        ReentrantLock inProcess = IN_PROCESS.computeIfAbsent(file, key -> new ReentrantLock());
        if (!inProcess.tryLock()) {
            waiting.run();
            inProcess.lockInterruptibly();
        }
        boolean held = false;
        try {
            DownloadLock lock = new DownloadLock(inProcess, file, lock(file, waiting));
            held = true;
            return lock;
        } catch (FileLockInterruptionException e) {
            throw e;
        } catch (IOException e) {
            throw unwritable(folder, e);
        } finally {
            if (!held) {
                inProcess.unlock();
            }
        }
    }

    private static FileChannel lock(Path file, Runnable waiting) throws IOException {
        while (true) {
            create(file);
            Optional<Object> before = key(file);
            SmallFile.checkRegular(file); // a pipe would be waited for
            FileChannel channel = FileChannel.open(file, CREATE, WRITE, NOFOLLOW_LINKS);
            boolean held = false;
            try {
                // The holder deletes its lock file: what is locked here may have no name any more.
                boolean same = key(file).equals(before);
                if (same && channel.tryLock() == null) {
                    waiting.run();
                    channel.lock();
                }
                held = same && key(file).equals(before);
                if (held) {
                    return channel;
                }
            } finally {
                if (!held) {
                    channel.close();
                }
            }
        }
    }

    private static void create(Path file) throws IOException {
        try {
            Files.createFile(file);
        } catch (FileAlreadyExistsException e) {
            // another's, or one that a process left behind
        }
    }

    /** What tells a file from a later one of its name; empty where the system has no such thing. */
    private static Optional<Object> key(Path file) throws IOException {
        try {
            return Optional.ofNullable(
                    Files.readAttributes(file, BasicFileAttributes.class).fileKey());
        } catch (NoSuchFileException e) {
            return Optional.of(new Object()); // like no other
        }
    }

    private static DownloadFailure unwritable(Path folder, IOException e) {
        return new DownloadFailure(
                DownloadFailure.Remedy.NONE,
                "cannot write to the folder "
                        + folder
                        + ": "
                        + DownloadFailure.reason(e)
                        + "; set DJL_CACHE_DIR to choose another cache folder",
                e);
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            if (key(file).isPresent()) { // a waiting process sees that it has gone
                Files.deleteIfExists(file);
            }
        } finally {
            inProcess.unlock();
        }
    }
}
