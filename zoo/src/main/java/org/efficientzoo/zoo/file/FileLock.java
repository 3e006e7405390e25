package org.efficientzoo.zoo.file;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * A lock that one holder has at a time, in this process or another. It is on a file, which stays;
 * the system frees the lock of a process that dies.
 */
public final class FileLock implements AutoCloseable {

    // Closing any channel of a file frees all locks that a process has on it, so nobody opens a
    // second one.
    private static final Map<Path, Semaphore> IN_PROCESS = new ConcurrentHashMap<>();

    private final Semaphore inProcess;
    private final FileChannel channel;
    private final java.nio.channels.FileLock lock;

    private FileLock(Semaphore inProcess, FileChannel channel, java.nio.channels.FileLock lock) {
        this.inProcess = inProcess;
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Takes the lock if nobody has it.
     *
     * @param file the file, which is made where it is missing, in a folder that exists
     * @return the lock, empty where another has it
     * @throws IOException if the file cannot be made or opened
     */
    public static Optional<FileLock> tryTake(Path file) throws IOException {
        Semaphore inProcess = inProcess(file);
        return inProcess.tryAcquire() ? lock(inProcess, file, false) : Optional.empty();
    }

    /**
     * Takes the lock once nobody else has it.
     *
     * @param file the file, which is made where it is missing, in a folder that exists
     * @return the lock
     * @throws IOException if the file cannot be made or opened, or the thread is interrupted
     */
    public static FileLock take(Path file) throws IOException {
        Semaphore inProcess = inProcess(file);
        inProcess.acquireUninterruptibly();
        return lock(inProcess, file, true).orElseThrow();
    }

    private static Semaphore inProcess(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent().toRealPath();
        return IN_PROCESS.computeIfAbsent(
                folder.resolve(file.getFileName()), key -> new Semaphore(1));
    }

    private static Optional<FileLock> lock(Semaphore inProcess, Path file, boolean waits)
            throws IOException {
        FileLock taken = null;
        try {
            SmallFile.checkRegular(file); // a pipe would be waited for
            FileChannel channel = FileChannel.open(file, CREATE, WRITE, NOFOLLOW_LINKS);
            try {
                java.nio.channels.FileLock lock = waits ? channel.lock() : channel.tryLock();
                taken = lock == null ? null : new FileLock(inProcess, channel, lock);
            } catch (OverlappingFileLockException e) {
                if (waits) {
                    throw new IOException(file + " is locked by this process already", e);
                } // else another copy of this class has it
            } finally {
                if (taken == null) {
                    channel.close();
                }
            }
        } finally {
            if (taken == null) {
                inProcess.release();
            }
        }
        return Optional.ofNullable(taken);
    }

    /**
     * Whether it is held still.
     *
     * @return false once it is closed
     */
    public boolean isHeld() {
        return lock.isValid();
    }

    /** Gives it back; a second time does nothing. */
    @Override
    public void close() throws IOException {
        if (!channel.isOpen()) {
            return;
        }
        try {
            channel.close();
        } finally {
            inProcess.release();
        }
    }
}
