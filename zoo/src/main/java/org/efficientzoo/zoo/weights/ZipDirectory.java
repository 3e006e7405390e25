package org.efficientzoo.zoo.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** Reads and checks the directory of a zip archive. */
final class ZipDirectory {

    private static final Pattern UNSAFE = Pattern.compile("/.*|.*\\\\.*|\\w:.*|(.*/)?\\.\\.(/.*)?");

    private ZipDirectory() {}

    /**
     * Where each record lies, in the order of the directory.
     *
     * @throws Malformed if the archive is damaged, or has a record that is encrypted, packed by
     *     other means than deflation, would grow beyond all measure, lies outside the file or over
     *     another, or has the name of another or one that leads out of a folder
     */
    static Map<String, Section> read(FileBytes file) throws IOException {
        List<ZipArchiveEntry> entries;
        try (ZipFile zip =
                ZipFile.builder()
                        .setSeekableByteChannel(new Limited(file.channel()))
                        .setUseUnicodeExtraFields(false)
                        .get()) {
            entries = Collections.list(zip.getEntries());
        } catch (IOException | RuntimeException e) { // some damage shows as the latter
            if (e.getCause() instanceof Malformed tooLong) {
                throw tooLong;
            }
            throw new Malformed(
                    "its zip directory must lie at its end and name what is there; the file is cut"
                            + " short or damaged, download it again");
        }
        Map<String, Section> records = new LinkedHashMap<>();
        for (ZipArchiveEntry entry : entries) {
            String name = entry.getName();
            if (UNSAFE.matcher(name).matches()) {
                throw new Malformed("the name of its record %s leads elsewhere".formatted(name));
            }
            if (records.put(name, section(entry, file.size())) != null) {
                throw new Malformed("its record %s is there twice".formatted(name));
            }
        }
        refuseOverlaps(records);
        return records;
    }

    private static Section section(ZipArchiveEntry entry, long fileSize) throws Malformed {
        String name = entry.getName();
        if (entry.getGeneralPurposeBit().usesEncryption()) {
            throw new Malformed("its record %s is encrypted".formatted(name));
        }
        int method = entry.getMethod();
        boolean deflated = method == ZipEntry.DEFLATED;
        if (!deflated && method != ZipEntry.STORED) {
            throw new Malformed("its record %s is packed by method %d".formatted(name, method));
        }
        long begin = entry.getDataOffset();
        long stored = entry.getCompressedSize();
        long size = entry.getSize();
        if (begin < 0 || stored < 0 || size < 0 || begin > fileSize - stored) {
            throw new Malformed(
                    "its record %s must lie within %d bytes, found %d bytes from %d on"
                            .formatted(name, fileSize, stored, begin));
        }
        if (!deflated && stored != size) {
            throw new Malformed(
                    "its record %s is stored, but %d bytes have become %d"
                            .formatted(name, size, stored));
        }
        Section section = new Section(begin, stored, size, deflated);
        if (!section.isWarranted()) {
            throw new Malformed(
                    "its record %s would grow from %d bytes to %d".formatted(name, stored, size));
        }
        return section;
    }

    private static void refuseOverlaps(Map<String, Section> records) throws Malformed {
        List<Map.Entry<String, Section>> sorted = new ArrayList<>(records.entrySet());
        sorted.removeIf(record -> record.getValue().stored() == 0);
        sorted.sort(Map.Entry.comparingByValue(Comparator.comparingLong(Section::begin)));
        long end = 0;
        String before = "";
        for (Map.Entry<String, Section> record : sorted) {
            Section section = record.getValue();
            if (section.begin() < end) {
                throw new Malformed(
                        "its records %s and %s overlap".formatted(before, record.getKey()));
            }
            end = section.begin() + section.stored();
            before = record.getKey();
        }
    }

    /** A channel that reads by blocks, and stops a directory which would fill the memory. */
    private static final class Limited implements SeekableByteChannel {

        private static final int LONGEST_DIRECTORY = 4 << 20; // of 10,000 tensors: 1.5 MiB
        private static final int BLOCK = 1 << 13;

        private final SeekableByteChannel channel;
        private final ByteBuffer block = ByteBuffer.allocate(BLOCK).limit(0);
        private long begin; // of the block
        private long position;
        private long total;

        Limited(SeekableByteChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read(ByteBuffer buffer) throws IOException {
            if (position < begin || position >= begin + block.limit()) {
                begin = position;
                block.clear();
                int count = channel.position(position).read(block);
                block.flip();
                if (count < 0) {
                    return count;
                }
            }
            int offset = (int) (position - begin);
            int count = Math.min(buffer.remaining(), block.limit() - offset);
            buffer.put(block.slice(offset, count));
            position += count;
            total += count;
            if (total > LONGEST_DIRECTORY) {
                throw new Malformed(
                        "its zip directory must have at most %d bytes, found more"
                                .formatted(LONGEST_DIRECTORY));
            }
            return count;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public SeekableByteChannel position(long next) {
            position = next;
            return this;
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public int write(ByteBuffer buffer) {
            throw new UnsupportedOperationException("only read");
        }

        @Override
        public SeekableByteChannel truncate(long size) {
            throw new UnsupportedOperationException("only read");
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        /** The file stays open when its directory has been read. */
        @Override
        public void close() {}
    }
}
