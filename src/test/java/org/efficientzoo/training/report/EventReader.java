package org.efficientzoo.training.report;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads TensorBoard's event files by their specification, with no library. */
final class EventReader {

    /**
     * @param what the field of the event that is set: 3 version, 5 summary, 7 session log
     */
    record Event(double wallSeconds, long step, int what, String text, float value) {}

    private EventReader() {}

    /** The events of a file; what follows the last whole record is left out. */
    static List<Event> read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Event> events = new ArrayList<>();
        while (bytes.remaining() >= 12) {
            int start = bytes.position();
            int length = Math.toIntExact(bytes.getLong());
            checksum(bytes, start, 8);
            if (bytes.remaining() < length + 4) {
                break;
            }
            int data = bytes.position();
            bytes.position(data + length);
            checksum(bytes, data, length);
            events.add(event(bytes.slice(data, length).order(ByteOrder.LITTLE_ENDIAN)));
        }
        return events;
    }

    private static void checksum(ByteBuffer bytes, int start, int length) {
        int crc = -1;
        for (int i = start; i < start + length; i++) {
            crc ^= bytes.get(i) & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) == 0 ? crc >>> 1 : crc >>> 1 ^ 0x82f63b78;
            }
        }
        crc = ~crc;
        int masked = (crc >>> 15 | crc << 17) + 0xa282ead8;
        int found = bytes.getInt();
        if (found != masked) {
            throw new AssertionError("checksum %x, expected %x".formatted(found, masked));
        }
    }

    private static Event event(ByteBuffer bytes) {
        Map<Integer, ByteBuffer> fields = fields(bytes);
        double wall = fields.get(1).getDouble();
        long step = fields.containsKey(2) ? fields.get(2).getLong() : 0;
        if (fields.containsKey(3)) {
            return new Event(wall, step, 3, text(fields.get(3)), 0);
        }
        if (fields.containsKey(7)) {
            long status = fields(fields.get(7)).get(1).getLong();
            return new Event(wall, step, 7, status == 1 ? "START" : "", 0);
        }
        Map<Integer, ByteBuffer> value = fields(fields(fields.get(5)).get(1));
        return new Event(wall, step, 5, text(value.get(1)), value.get(2).getFloat());
    }

    /** By number; numbers of variable length as eight bytes. */
    private static Map<Integer, ByteBuffer> fields(ByteBuffer bytes) {
        Map<Integer, ByteBuffer> fields = new TreeMap<>();
        while (bytes.hasRemaining()) {
            long key = variable(bytes);
            ByteBuffer content =
                    switch ((int) (key & 7)) {
                        case 0 -> ByteBuffer.allocate(8).putLong(0, variable(bytes));
                        case 1 -> take(bytes, 8);
                        case 2 -> take(bytes, (int) variable(bytes));
                        case 5 -> take(bytes, 4);
                        default -> throw new AssertionError("wire type of " + key);
                    };
            if (fields.put((int) (key >> 3), content) != null) {
                throw new AssertionError("field twice: " + (key >> 3));
            }
        }
        return fields;
    }

    private static ByteBuffer take(ByteBuffer bytes, int length) {
        ByteBuffer taken = bytes.slice(bytes.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(bytes.position() + length);
        return taken;
    }

    private static long variable(ByteBuffer bytes) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = bytes.get();
            value |= (long) (next & 127) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }
}
