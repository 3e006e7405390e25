package org.efficientzoo.zoo.weights;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/**
 * Writes a state dict as {@code torch.save} does since PyTorch 1.6: a zip archive, nothing in it
 * compressed, of a pickle that describes the tensors and an entry of values for each, aligned to 64
 * bytes. {@code torch.load} reads it, also with {@code weights_only=True}.
 *
 * @param floats how floats are stored
 */
public record PyTorchFileWriter(Precision floats) implements CheckpointWriter {

    private static final String FOLDER = "archive/";
    private static final int ALIGNMENT = 64; // PyTorch's, for tensors mapped into memory
    private static final String VERSION = "3\n"; // of the archive's layout
    // A zip entry has a time; the earliest that no time zone changes makes equal files equal.
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

    @Override
    public void write(TensorSource tensors, OutputStream out) throws IOException {
        List<EncodedTensor> stored = EncodedTensor.of(tensors, floats);
        ZipArchiveOutputStream zip = new ZipArchiveOutputStream(out);
        write("data.pkl", PickledStateDict.of(stored), zip);
        write("byteorder", "little".getBytes(StandardCharsets.US_ASCII), zip);
        for (int i = 0; i < stored.size(); i++) {
            EncodedTensor tensor = stored.get(i);
            FloatBuffer values = tensors.read(tensor.name());
            write("data/" + i, tensor.size(), to -> tensor.write(values, to), zip);
        }
        write("version", VERSION.getBytes(StandardCharsets.US_ASCII), zip);
        zip.finish();
    }

    /** Writes the same bytes each time. */
    @FunctionalInterface
    private interface Content {
        void write(OutputStream out) throws IOException;
    }

    private static void write(String name, byte[] bytes, ZipArchiveOutputStream zip)
            throws IOException {
        write(name, bytes.length, to -> to.write(bytes), zip);
    }

    /** The checksum stands before the content, which therefore is made twice. */
    private static void write(String name, long size, Content content, ZipArchiveOutputStream zip)
            throws IOException {
        CRC32 checksum = new CRC32();
        content.write(new CheckedOutputStream(OutputStream.nullOutputStream(), checksum));
        ZipArchiveEntry entry = new ZipArchiveEntry(FOLDER + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(size);
        entry.setCrc(checksum.getValue());
        entry.setTimeLocal(TIME);
        entry.setAlignment(ALIGNMENT);
        zip.putArchiveEntry(entry);
        content.write(zip);
        zip.closeArchiveEntry();
    }
}
