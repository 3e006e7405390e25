package org.efficientzoo.zoo.weights;

import ai.djl.ndarray.types.Shape;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes the kinds of pickled values that PyTorch's files hold, in protocol 2: one value after the
 * other, those of a container between {@link #mark} and what ends it.
 *
 * @see <a href="https://docs.python.org/3/library/pickletools.html">the operations of pickles</a>
 */
public final class PickleWriter {

    private static final int BYTE = 1 << Byte.SIZE;
    private static final int TWO_BYTES = 1 << Short.SIZE;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Begins a pickle. */
    public PickleWriter() {
        op(0x80).op(2); // PROTO
    }

    /**
     * Ends the pickle.
     *
     * @return its bytes
     */
    public byte[] end() {
        op('.'); // STOP
        return out.toByteArray();
    }

    private PickleWriter op(int code) {
        out.write(code);
        return this;
    }

    private PickleWriter littleEndian(long value, int bytes) {
        ByteBuffer buffer = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.write(buffer.putLong(value).array(), 0, bytes);
        return this;
    }

    /**
     * Writes a text.
     *
     * @param value the text
     * @return this writer
     */
    public PickleWriter text(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        op('X').littleEndian(bytes.length, Integer.BYTES); // BINUNICODE
        out.writeBytes(bytes);
        return this;
    }

    /**
     * Writes a whole number.
     *
     * @param value the number
     * @return this writer
     */
    public PickleWriter whole(long value) {
        if (value >= 0 && value < BYTE) {
            return op('K').littleEndian(value, 1); // BININT1
        }
        if (value >= 0 && value < TWO_BYTES) {
            return op('M').littleEndian(value, Short.BYTES); // BININT2
        }
        if (value == (int) value) {
            return op('J').littleEndian(value, Integer.BYTES); // BININT
        }
        return op(0x8a).op(Long.BYTES).littleEndian(value, Long.BYTES); // LONG1
    }

    /**
     * Writes a truth value.
     *
     * @param value the value
     * @return this writer
     */
    public PickleWriter bool(boolean value) {
        return op(value ? 0x88 : 0x89); // NEWTRUE, NEWFALSE
    }

    /**
     * Names a function or a class.
     *
     * @param module the module that it is in
     * @param name its name there
     * @return this writer
     */
    public PickleWriter global(String module, String name) {
        op('c');
        out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    /**
     * Marks where the values of the next container begin.
     *
     * @return this writer
     */
    public PickleWriter mark() {
        return op('(');
    }

    /**
     * Makes a tuple of the values since the mark.
     *
     * @return this writer
     */
    public PickleWriter tuple() {
        return op('t');
    }

    /**
     * Writes an empty tuple.
     *
     * @return this writer
     */
    public PickleWriter emptyTuple() {
        return op(')');
    }

    /**
     * Writes an empty list.
     *
     * @return this writer
     */
    public PickleWriter emptyList() {
        return op(']');
    }

    /**
     * Writes an empty dict.
     *
     * @return this writer
     */
    public PickleWriter emptyDict() {
        return op('}');
    }

    /**
     * Puts the pairs since the mark into the dict before it.
     *
     * @return this writer
     */
    public PickleWriter items() {
        return op('u');
    }

    /**
     * Calls the function before the last value, a tuple, with it.
     *
     * @return this writer
     */
    public PickleWriter call() {
        return op('R');
    }

    /**
     * Makes an object of the class before the last value, a tuple.
     *
     * @return this writer
     */
    public PickleWriter object() {
        return op(0x81); // NEWOBJ
    }

    /**
     * Gives the object before the last value that value as its state.
     *
     * @return this writer
     */
    public PickleWriter state() {
        return op('b'); // BUILD
    }

    /**
     * Writes an empty {@code OrderedDict}.
     *
     * @return this writer
     */
    public PickleWriter orderedDict() {
        return global("collections", "OrderedDict").emptyTuple().call();
    }

    /**
     * Writes a tensor, row-major and alone in its storage: {@code _rebuild_tensor_v2(("storage",
     * class, key, "cpu", count), offset, size, stride, requires_grad, hooks)}.
     *
     * @param storage the class of the storage, {@code FloatStorage} for one
     * @param key the name of the record with the values, behind {@code data/}
     * @param shape the shape
     * @param requiresGradient whether gradients are recorded
     * @return this writer
     */
    public PickleWriter tensor(String storage, String key, Shape shape, boolean requiresGradient) {
        global("torch._utils", "_rebuild_tensor_v2").mark();
        mark().text("storage").global("torch", storage).text(key).text("cpu");
        whole(shape.size()).tuple().op('Q'); // BINPERSID
        whole(0).wholes(shape.getShape()).wholes(strides(shape)).bool(requiresGradient);
        return orderedDict().tuple().call();
    }

    private PickleWriter wholes(long... values) {
        mark();
        for (long value : values) {
            whole(value);
        }
        return tuple();
    }

    /** PyTorch counts an empty dimension as one. */
    private static long[] strides(Shape shape) {
        long[] strides = new long[shape.dimension()];
        long next = 1;
        for (int axis = strides.length - 1; axis >= 0; axis--) {
            strides[axis] = next;
            next *= Math.max(shape.get(axis), 1);
        }
        return strides;
    }
}
