package org.efficientzoo.zoo.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes pickles operation by operation, sound ones and others. */
final class HandMadePickle {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** A pickle of protocol 2. */
    HandMadePickle() {
        raw(0x80, 2);
    }

    HandMadePickle raw(int... bytes) {
        for (int value : bytes) {
            out.write(value);
        }
        return this;
    }

    HandMadePickle raw(String operations) {
        out.writeBytes(operations.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    HandMadePickle int4(long value) {
        return little(4, value);
    }

    HandMadePickle int8(long value) {
        return little(8, value);
    }

    private HandMadePickle little(int length, long value) {
        byte[] bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
        out.write(bytes, 0, length);
        return this;
    }

    HandMadePickle text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        raw("X").int4(bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    HandMadePickle integer(long value) {
        return raw(0x8a, 8).int8(value);
    }

    HandMadePickle global(String module, String name) {
        return raw("c" + module + "\n" + name + "\n");
    }

    HandMadePickle integers(long... values) {
        raw("(");
        for (long value : values) {
            integer(value);
        }
        return raw("t");
    }

    /** A reference to a storage. */
    HandMadePickle storage(String type, String key, long elements) {
        return raw("(").text("storage")
                .global("torch", type)
                .text(key)
                .text("cpu")
                .integer(elements)
                .raw("tQ");
    }

    /** A tensor in a storage. */
    HandMadePickle tensor(
            String type, String key, long elements, long offset, long[] shape, long... stride) {
        return global("torch._utils", "_rebuild_tensor_v2")
                .raw("(")
                .storage(type, key, elements)
                .integer(offset)
                .integers(shape)
                .integers(stride)
                .raw(0x89)
                .raw("}tR");
    }

    byte[] stop() {
        return raw(".").bytes();
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    /** A dict of one tensor {@code w} of float32 in the storage {@code 0}. */
    static byte[] oneTensor(long elements, long offset, long[] shape, long... stride) {
        return new HandMadePickle()
                .raw("}")
                .text("w")
                .tensor("FloatStorage", "0", elements, offset, shape, stride)
                .raw("s")
                .stop();
    }
}
