package org.efficientzoo.zoo.download;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.OptionalLong;
import org.efficientzoo.zoo.download.DownloadFailure.Remedy;

/** The open end of a part file. It takes no more bytes than the file may have. */
final class Sink implements AutoCloseable {

    private final PartFile part;
    private final FileChannel channel;
    private final OptionalLong total;
    private final DownloadListener listener;
    private long done;

    Sink(
            PartFile part,
            FileChannel channel,
            long done,
            OptionalLong total,
            DownloadListener listener) {
        this.part = part;
        this.channel = channel;
        this.done = done;
        this.total = total;
        this.listener = listener;
    }

    void write(ByteBuffer bytes) throws IOException {
        long limit = total.orElse(part.file().most());
        if (done + bytes.remaining() > limit) {
            throw new DownloadFailure(
                    Remedy.RESTART, "expected " + limit + " bytes at most, found more");
        }
        done += bytes.remaining();
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw part.unwritable(e, total.orElse(done) - (done - bytes.remaining()));
        }
        listener.progress(done, total);
    }

    /**
     * The sender says that this was all.
     *
     * @throws DownloadFailure if the file is longer
     */
    void end() throws DownloadFailure {
        if (total.isPresent() && done < total.getAsLong()) {
            throw new DownloadFailure(
                    Remedy.RETRY,
                    "it ended after %d of %d bytes".formatted(done, total.getAsLong()));
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
