package org.efficientzoo.training.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.StandardOpenOption;

/** Lets one process at a time work on a run; the system gives it back when the process ends. */
record RunLock(FileChannel channel, FileLock lock) implements AutoCloseable {

    /**
     * Takes the lock of a run.
     *
     * @throws IOException if another process has it
     */
    static RunLock take(RunFolder folder) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        folder.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null; // this very process has it
        }
        if (lock == null) {
            channel.close();
            throw new IOException("another process works on the run " + folder.root());
        }
        return new RunLock(channel, lock);
    }

    /** Makes sure that it is held. */
    void check() throws IOException {
        if (!lock.isValid()) {
            throw new IOException("the lock of the run is lost");
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
