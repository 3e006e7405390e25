package org.efficientzoo.zoo.weights;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** The bytes of an open file; what is large is mapped and takes no heap. */
final class FileBytes implements Closeable {

    private static final int COPIED = 1 << 14; // a mapping costs more than the copy of so little

    private final SeekableByteChannel channel;
    private final long size;

    FileBytes(SeekableByteChannel channel) throws IOException {
        this.channel = channel;
        this.size = channel.size();
    }

    /**
     * Opens a file.
     *
     * @param what what the file should be, for the message where it is a directory
     */
    static FileBytes open(Path file, String what) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + " is a directory, not " + what);
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) { // a pipe would be waited for
            throw new IOException(file + " is no regular file, let alone " + what);
        }
        try {
            return new FileBytes(FileChannel.open(file, StandardOpenOption.READ));
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(file.toString(), null, "there is no such weights file");
        }
    }

    long size() {
        return size;
    }

    SeekableByteChannel channel() {
        return channel;
    }

    /** A range of the file, from position 0 to the limit. */
    ByteBuffer range(long begin, long length) throws IOException {
        if (begin < 0 || length < 0 || begin > size - length) {
            throw new Malformed(
                    "the %d bytes from %d on do not lie within its %d"
                            .formatted(length, begin, size));
        }
        if (length > Integer.MAX_VALUE) {
            throw new Malformed(
                    "at most %d bytes are read at once, found %d"
                            .formatted(Integer.MAX_VALUE, length));
        }
        if (channel instanceof FileChannel file && length > COPIED) {
            return file.map(FileChannel.MapMode.READ_ONLY, begin, length);
        }
        return copy(begin, (int) length);
    }

    private ByteBuffer copy(long begin, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (read(buffer, begin + buffer.position()) < 0) {
                throw new Malformed("it became shorter while it was read");
            }
        }
        return buffer.flip();
    }

    private int read(ByteBuffer buffer, long position) throws IOException {
        if (channel instanceof FileChannel file) {
            return file.read(buffer, position);
        }
        return channel.position(position).read(buffer);
    }

    /** A section, inflated where it has to be. */
    ByteBuffer section(Section section) throws IOException {
        return section(section, 0, section.size());
    }

    /** A range of a section, inflated where it has to be, from position 0 to the limit. */
    ByteBuffer section(Section section, long begin, long length) throws IOException {
        if (begin < 0 || length < 0 || begin > section.size() - length) {
            throw new Malformed(
                    "the %d bytes from %d on do not lie within the %d of their record"
                            .formatted(length, begin, section.size()));
        }
        if (!section.deflated()) {
            return range(section.begin() + begin, length);
        }
        return inflated(section).slice((int) begin, (int) length);
    }

    private ByteBuffer inflated(Section section) throws IOException {
        ByteBuffer packed = range(section.begin(), section.stored());
        if (!section.isWarranted() || section.size() > Integer.MAX_VALUE - 8) {
            throw new Malformed(
                    "%d deflated bytes may not grow to %d"
                            .formatted(section.stored(), section.size()));
        }
        byte[] bytes = new byte[(int) section.size()];
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(packed);
            int end = 0;
            int more = 1;
            while (end < bytes.length && more > 0) {
                more = inflater.inflate(bytes, end, bytes.length - end);
                end += more;
            }
            if (end < bytes.length
                    || inflater.inflate(new byte[1]) > 0
                    || !inflater.finished()
                    || packed.hasRemaining()) {
                throw new Malformed(
                        "a deflated record does not have the %d bytes that it should"
                                .formatted(bytes.length));
            }
        } catch (DataFormatException e) {
            throw new Malformed("a deflated record is damaged");
        } finally {
            inflater.end();
        }
        return ByteBuffer.wrap(bytes);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
