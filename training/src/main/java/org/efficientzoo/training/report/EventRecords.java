package org.efficientzoo.training.report;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The bytes of TensorBoard's events: a protobuf each, in the framing of TFRecord, which is length,
 * checksum of the length, data, checksum of the data.
 *
 * @see <a href="https://www.tensorflow.org/tutorials/load_data/tfrecord">TFRecord</a>
 */
final class EventRecords {

    // event.proto: Event, SessionLog
    private static final int WALL_TIME = 1;
    private static final int STEP = 2;
    private static final int FILE_VERSION = 3;
    private static final int SUMMARY = 5;
    private static final int SESSION_LOG = 7;
    private static final int STATUS = 1;
    private static final int START = 1;

    // summary.proto: Summary, Summary.Value
    private static final int VALUE = 1;
    private static final int TAG = 1;
    private static final int SIMPLE_VALUE = 2;

    private static final int MASK = 0xa282ead8; // TFRecord's

    private EventRecords() {}

    /** What a protobuf message consists of. */
    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    static byte[] version(double wallSeconds) {
        return framed(
                message(
                        out -> {
                            out.writeDouble(WALL_TIME, wallSeconds);
                            out.writeString(FILE_VERSION, "brain.Event:2");
                        }));
    }

    static byte[] start(double wallSeconds, long step) {
        byte[] log = message(out -> out.writeEnum(STATUS, START));
        return event(wallSeconds, step, SESSION_LOG, log);
    }

    static byte[] scalar(double wallSeconds, long step, String tag, float scalar) {
        byte[] value =
                message(
                        out -> {
                            out.writeString(TAG, tag);
                            out.writeFloat(SIMPLE_VALUE, scalar);
                        });
        byte[] summary = message(out -> out.writeByteArray(VALUE, value));
        return event(wallSeconds, step, SUMMARY, summary);
    }

    private static byte[] event(double wallSeconds, long step, int field, byte[] content) {
        return framed(
                message(
                        out -> {
                            out.writeDouble(WALL_TIME, wallSeconds);
                            out.writeInt64(STEP, step);
                            out.writeByteArray(field, content);
                        }));
    }

    private static byte[] message(Fields fields) {
        var bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory has no errors
        }
        return bytes.toByteArray();
    }

    private static byte[] framed(byte[] data) {
        ByteBuffer record = ByteBuffer.allocate(data.length + 16).order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(data.length);
        record.putInt(masked(record.array(), 8));
        record.put(data);
        record.putInt(masked(data, data.length));
        return record.array();
    }

    /** The checksum turned by 15 bits and shifted, so that no checksum is one of itself. */
    private static int masked(byte[] data, int length) {
        CRC32C crc = new CRC32C();
        crc.update(data, 0, length);
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
    }
}
