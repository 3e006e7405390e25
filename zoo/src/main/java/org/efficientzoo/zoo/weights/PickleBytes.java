package org.efficientzoo.zoo.weights;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** The numbers and texts in the bytes of a pickle; what a length promises must be there. */
final class PickleBytes {

    private static final int LONGEST_LINE = 1000;

    private final ByteBuffer bytes;

    PickleBytes(ByteBuffer bytes) {
        this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
    }

    int position() {
        return bytes.position();
    }

    private ByteBuffer need(long length) throws Malformed {
        if (length < 0 || length > bytes.remaining()) {
            throw new Malformed(
                    "its pickle needs %d bytes from %d on, found %d"
                            .formatted(length, bytes.position(), bytes.remaining()));
        }
        return bytes;
    }

    int byte1() throws Malformed {
        return need(1).get() & 0xFF;
    }

    int short2() throws Malformed {
        return need(2).getShort() & 0xFFFF;
    }

    int int4() throws Malformed {
        return need(4).getInt();
    }

    long unsigned4() throws Malformed {
        return need(4).getInt() & 0xFFFFFFFFL;
    }

    long long8() throws Malformed {
        return need(8).getLong();
    }

    /** The one number that pickles store in the other byte order. */
    double real() throws Malformed {
        return Double.longBitsToDouble(Long.reverseBytes(need(8).getLong()));
    }

    void skip(long length) throws Malformed {
        need(length).position(bytes.position() + (int) length);
    }

    /** Checks that so much is there, without reading it. */
    void expect(long length) throws Malformed {
        need(length);
    }

    private ByteBuffer next(long length) throws Malformed {
        need(length);
        ByteBuffer next = bytes.slice(bytes.position(), (int) length);
        skip(length);
        return next;
    }

    String text(long length) throws Malformed {
        return decode(next(length), StandardCharsets.UTF_8);
    }

    /** A string of Python 2, which may hold any bytes. */
    String oldText(long length) throws Malformed {
        ByteBuffer next = next(length);
        try {
            return decode(next.duplicate(), StandardCharsets.UTF_8);
        } catch (Malformed e) {
            return decode(next, StandardCharsets.ISO_8859_1);
        }
    }

    private static String decode(ByteBuffer text, Charset charset) throws Malformed {
        try {
            return charset.newDecoder().decode(text).toString();
        } catch (CharacterCodingException e) {
            throw new Malformed("its pickle has text that is not UTF-8");
        }
    }

    String line() throws Malformed {
        int begin = bytes.position();
        for (int length = 0; length <= LONGEST_LINE; length++) {
            if (byte1() == '\n') {
                bytes.position(begin);
                String line = text(length);
                skip(1);
                return line;
            }
        }
        throw new Malformed("its pickle has a name of more than %d bytes".formatted(LONGEST_LINE));
    }

    Pickled integer(long length) throws Malformed {
        ByteBuffer next = next(length);
        byte[] reversed = new byte[(int) length + 1]; // a leading zero where there is no byte
        for (int i = 0; i < length; i++) {
            reversed[reversed.length - 1 - i] = next.get(i);
        }
        if (length > 0 && reversed[1] < 0) {
            reversed[0] = -1;
        }
        BigInteger value = new BigInteger(reversed);
        return value.bitLength() < Long.SIZE
                ? new Pickled.Int(value.longValue())
                : new Pickled.Big(value);
    }
}
