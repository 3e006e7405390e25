package org.efficientzoo.zoo.weights;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/** Writes files of {@code torch.save}, sound ones and others, and reads them from memory. */
final class TorchWriter {

    private final Map<String, byte[]> records = new LinkedHashMap<>();
    private int method = ZipEntry.STORED;

    TorchWriter deflated() {
        method = ZipEntry.DEFLATED;
        return this;
    }

    TorchWriter record(String name, byte[] bytes) {
        records.put(name, bytes);
        return this;
    }

    TorchWriter record(String name, String text) {
        return record(name, text.getBytes(StandardCharsets.UTF_8));
    }

    byte[] zip() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> record : records.entrySet()) {
                ZipArchiveEntry entry = new ZipArchiveEntry(record.getKey());
                CRC32 sum = new CRC32();
                sum.update(record.getValue());
                entry.setCrc(sum.getValue());
                entry.setSize(record.getValue().length);
                entry.setMethod(method);
                zip.putArchiveEntry(entry);
                zip.write(record.getValue());
                zip.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** An archive of a pickle and the storages 0, 1 and so on. */
    static TorchWriter archive(byte[] pickle, byte[]... storages) {
        TorchWriter writer = new TorchWriter().record("any name/data.pkl", pickle);
        for (int i = 0; i < storages.length; i++) {
            writer.record("any name/data/" + i, storages[i]);
        }
        return writer;
    }

    /** The old format: the object, the keys, and the storages with the counts of their elements. */
    static byte[] stream(byte[] object, byte[] keys, byte[] storages) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(
                new HandMadePickle()
                        .raw(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19)
                        .stop());
        out.writeBytes(new HandMadePickle().integer(1001).stop());
        out.writeBytes(new HandMadePickle().raw("}").stop());
        out.writeBytes(object);
        out.writeBytes(keys);
        out.writeBytes(storages);
        return out.toByteArray();
    }

    static byte[] keys(String... keys) {
        HandMadePickle writer = new HandMadePickle().raw("](");
        for (String key : keys) {
            writer.text(key);
        }
        return writer.raw("e").stop();
    }

    /** A storage of the old format: a count, whether it is true or not, and the elements. */
    static byte[] counted(long count, byte[] values) {
        return ByteBuffer.allocate(8 + values.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(count)
                .put(values)
                .array();
    }

    static byte[] floats(ByteOrder order, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(order);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    static byte[] floats(float... values) {
        return floats(ByteOrder.LITTLE_ENDIAN, values);
    }

    /** Opens a checkpoint that lies in memory, under the name {@code x.pth}. */
    static PyTorchFile open(byte[] bytes) throws IOException {
        return PyTorchFile.open(Path.of("x.pth"), new SeekableInMemoryByteChannel(bytes));
    }

    static float[] values(TensorSource source, String name) throws IOException {
        var buffer = source.read(name);
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }
}
