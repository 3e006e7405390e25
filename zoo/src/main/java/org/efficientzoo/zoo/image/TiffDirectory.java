package org.efficientzoo.zoo.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The first directory of a TIFF or BigTIFF, as far as it says something of the pixels. */
final class TiffDirectory {

    static final int WIDTH = 256;
    static final int HEIGHT = 257;
    static final int BITS = 258;
    static final int COMPRESSION = 259;
    static final int PHOTOMETRIC = 262;
    static final int OFFSETS = 273;
    static final int ORIENTATION = 274;
    static final int SAMPLES = 277;
    static final int ROWS = 278;
    static final int LENGTHS = 279;
    static final int PLANES = 284;
    static final int TILE_WIDTH = 322;
    static final int TILE_HEIGHT = 323;
    static final int TILE_OFFSETS = 324;
    static final int TILE_LENGTHS = 325;
    static final int EXTRA_SAMPLES = 338;
    static final int SAMPLE_FORMAT = 339;

    private static final Set<Integer> KEPT =
            Set.of(
                    WIDTH,
                    HEIGHT,
                    BITS,
                    COMPRESSION,
                    PHOTOMETRIC,
                    266, // order of the bits in a byte
                    OFFSETS,
                    SAMPLES,
                    ROWS,
                    LENGTHS,
                    PLANES,
                    292, // options of CCITT T.4
                    293, // options of CCITT T.6
                    317, // predictor
                    320, // palette
                    TILE_WIDTH,
                    TILE_HEIGHT,
                    TILE_OFFSETS,
                    TILE_LENGTHS,
                    EXTRA_SAMPLES,
                    SAMPLE_FORMAT,
                    347, // tables of JPEGs
                    530, // resolution of chroma
                    531, // place of chroma
                    532); // levels of black and white

    /** The bytes of a value by its type, 0 where there is no such type. */
    private static final int[] BYTES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};

    private static final int BIG = 43; // the number of BigTIFF

    private final ByteBuffer file;
    private final boolean big;
    private final Map<Integer, Entry> entries = new TreeMap<>();

    /** Where an entry lies and where its values do. */
    private record Entry(int at, int type, int count, int start) {}

    /**
     * Reads the directory.
     *
     * @throws ImageDecodingException if it, or a value that it points to, is not in the file
     */
    TiffDirectory(byte[] encoded) throws ImageDecodingException {
        file = ByteBuffer.wrap(encoded);
        if (encoded.length < 16) {
            throw truncated();
        }
        file.order(encoded[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        big = file.getShort(2) == BIG;
        long start = big ? file.getLong(8) : file.getInt(4) & 0xFFFFFFFFL;
        if (start < 8 || start > encoded.length - countBytes()) {
            throw truncated();
        }
        long count = big ? file.getLong((int) start) : file.getShort((int) start) & 0xFFFF;
        long first = start + countBytes();
        if (count < 0 || count > (encoded.length - first) / entryBytes()) {
            throw truncated();
        }
        for (int i = 0; i < count; i++) {
            read((int) first + i * entryBytes());
        }
    }

    private void read(int at) throws ImageDecodingException {
        int tag = file.getShort(at) & 0xFFFF;
        if (!KEPT.contains(tag) && tag != ORIENTATION) {
            return;
        }
        int type = file.getShort(at + 2) & 0xFFFF;
        long count = big ? file.getLong(at + 4) : file.getInt(at + 4) & 0xFFFFFFFFL;
        int bytes = type < BYTES.length ? BYTES[type] : 0;
        if (bytes == 0 || count < 1) {
            throw new ImageDecodingException(
                    "a TIFF's field must have values of a known type, found type %d in field %d"
                            .formatted(type, tag));
        }
        if (count > file.capacity() / bytes) {
            throw truncated();
        }
        int place = at + 4 + wordBytes();
        long start = place;
        if (count * bytes > wordBytes()) {
            start = big ? file.getLong(place) : file.getInt(place) & 0xFFFFFFFFL;
        }
        if (start < 0 || start > file.capacity() - count * bytes) {
            throw truncated();
        }
        entries.put(tag, new Entry(at, type, (int) count, (int) start));
    }

    boolean has(int tag) {
        return entries.containsKey(tag);
    }

    /**
     * The whole numbers of a field.
     *
     * @throws ImageDecodingException if there is no such field or it has other values
     */
    long[] numbers(int tag) throws ImageDecodingException {
        Entry entry = entries.get(tag);
        if (entry == null) {
            throw new ImageDecodingException(
                    "a TIFF must have the field %d, found none".formatted(tag));
        }
        long[] values = new long[entry.count];
        for (int i = 0; i < values.length; i++) {
            int at = entry.start + i * BYTES[entry.type];
            values[i] =
                    switch (entry.type) {
                        case 1 -> file.get(at) & 0xFF;
                        case 3 -> file.getShort(at) & 0xFFFF;
                        case 4 -> file.getInt(at) & 0xFFFFFFFFL;
                        case 16 -> file.getLong(at);
                        default ->
                                throw new ImageDecodingException(
                                        "a TIFF's field %d must have whole numbers, found type %d"
                                                .formatted(tag, entry.type));
                    };
        }
        return values;
    }

    /** The first number of a field, which must be there and lie within bounds. */
    int number(int tag, int least, int most) throws ImageDecodingException {
        long value = numbers(tag)[0];
        if (value < least || value > most) {
            throw new ImageDecodingException(
                    "a TIFF's field %d must lie within %d and %d, found %d"
                            .formatted(tag, least, most, value));
        }
        return (int) value;
    }

    /** The same, or a usual number where the field is missing. */
    int numberOr(int tag, int usual, int least, int most) throws ImageDecodingException {
        return has(tag) ? number(tag, least, most) : usual;
    }

    /** A part of the file. */
    byte[] bytes(long start, long length) {
        var part = new byte[(int) length];
        file.get((int) start, part);
        return part;
    }

    /** The file with one directory, at its end: what was kept of the first. */
    byte[] alone() {
        int length = file.capacity();
        int start = length + (length & 1);
        long kept = entries.keySet().stream().filter(KEPT::contains).count();
        int bytes = countBytes() + (int) kept * entryBytes() + wordBytes();
        ByteBuffer out = ByteBuffer.allocate(start + bytes).order(file.order());
        out.put(0, file, 0, length);
        out.position(start);
        if (big) {
            out.putLong(8, start).putLong(kept);
        } else {
            out.putInt(4, start).putShort((short) kept);
        }
        entries.forEach(
                (tag, entry) -> {
                    if (KEPT.contains(tag)) {
                        out.put(bytes(entry.at, entryBytes()));
                    }
                });
        return out.array();
    }

    private int countBytes() {
        return big ? 8 : 2;
    }

    private int wordBytes() {
        return big ? 8 : 4;
    }

    private int entryBytes() {
        return big ? 20 : 12;
    }

    private ImageDecodingException truncated() {
        return ImageDecodingException.truncated("TIFF", file.capacity());
    }
}
