package org.efficientzoo.zoo.weights;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/**
 * Writes the zip archives of PyTorch: records in one folder, stored as they are, aligned to 64
 * bytes so that they can be mapped. The same records give the same bytes.
 */
public final class TorchArchive {

    private static final String FOLDER = "archive/";
    private static final int ALIGNMENT = 64; // PyTorch's
    private static final String VERSION = "3\n"; // of the archive's layout
    // A zip entry has a time; the earliest that no time zone changes makes equal files equal.
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

    private final ZipArchiveOutputStream zip;

    /**
     * Begins an archive.
     *
     * @param out takes the bytes; stays open
     */
    public TorchArchive(OutputStream out) {
        zip = new ZipArchiveOutputStream(out);
    }

    /** What a record holds. */
    @FunctionalInterface
    public interface Content {

        /**
         * Writes the same bytes each time.
         *
         * @param out takes the bytes
         * @throws IOException if writing fails
         */
        void write(OutputStream out) throws IOException;
    }

    /**
     * Writes a record.
     *
     * @param record its name
     * @param bytes its bytes
     * @throws IOException if writing fails
     */
    public void write(String record, byte[] bytes) throws IOException {
        write(record, bytes.length, to -> to.write(bytes));
    }

    /**
     * Writes a record that need not be in memory. Its checksum stands before it, so that its bytes
     * are made twice.
     *
     * @param record its name
     * @param size how many bytes it has
     * @param content makes the bytes
     * @throws IOException if writing fails
     */
    public void write(String record, long size, Content content) throws IOException {
        CRC32 checksum = new CRC32();
        content.write(new CheckedOutputStream(OutputStream.nullOutputStream(), checksum));
        ZipArchiveEntry entry = new ZipArchiveEntry(FOLDER + record);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(size);
        entry.setCrc(checksum.getValue());
        entry.setTimeLocal(TIME);
        entry.setAlignment(ALIGNMENT);
        zip.putArchiveEntry(entry);
        content.write(zip);
        zip.closeArchiveEntry();
    }

    /**
     * Ends the archive with what every one says of itself; the stream stays open.
     *
     * @throws IOException if writing fails
     */
    public void end() throws IOException {
        write("byteorder", "little".getBytes(StandardCharsets.US_ASCII));
        write("version", VERSION.getBytes(StandardCharsets.US_ASCII));
        zip.finish();
    }
}
