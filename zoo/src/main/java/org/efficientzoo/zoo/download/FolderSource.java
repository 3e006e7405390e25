package org.efficientzoo.zoo.download;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.efficientzoo.zoo.download.DownloadFailure.Remedy;
import org.efficientzoo.zoo.file.SmallFile;

/** A file in a folder of this machine, which is a mirror that needs no network. */
final class FolderSource implements Source {

    private final URI address;

    FolderSource(URI address) {
        this.address = address;
    }

    @Override
    public boolean isComplete(PartFile part) {
        return false;
    }

    @Override
    public void receive(PartFile part) throws IOException {
        try (FileChannel channel = open()) {
            long size = channel.size();
            OptionalLong expected = part.file().size();
            if (expected.isPresent() && expected.getAsLong() != size) {
                throw new DownloadFailure(
                        Remedy.BY_HAND,
                        "expected %d bytes, found %d".formatted(expected.getAsLong(), size));
            }
            if (expected.isEmpty() && size > part.file().most()) {
                throw new DownloadFailure(
                        Remedy.BY_HAND,
                        "expected %d bytes at most, found %d".formatted(part.file().most(), size));
            }
            copy(channel, part, OptionalLong.of(size));
        }
    }

    private FileChannel open() throws DownloadFailure {
        try {
            Path file = Path.of(address);
            if (Files.isDirectory(file)) {
                throw new DownloadFailure(Remedy.BY_HAND, "it is a folder");
            }
            if (!Files.exists(file)) {
                throw new DownloadFailure(Remedy.BY_HAND, "there is no such file");
            }
            SmallFile.checkRegular(file); // of any size
            return FileChannel.open(file);
        } catch (IllegalArgumentException e) {
            throw new DownloadFailure(Remedy.BY_HAND, "it is no address of a file", e);
        } catch (DownloadFailure e) {
            throw e;
        } catch (IOException e) {
            throw new DownloadFailure(Remedy.BY_HAND, DownloadFailure.reason(e), e);
        }
    }

    private static void copy(FileChannel channel, PartFile part, OptionalLong total)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        try (Sink sink = part.begin(Optional.empty(), total)) {
            while (read(channel, buffer) >= 0) {
                sink.write(buffer.flip());
                buffer.clear();
            }
            sink.end();
        }
    }

    private static int read(FileChannel channel, ByteBuffer buffer) throws DownloadFailure {
        try {
            return channel.read(buffer);
        } catch (IOException e) {
            throw new DownloadFailure(Remedy.RETRY, DownloadFailure.reason(e), e);
        }
    }
}
