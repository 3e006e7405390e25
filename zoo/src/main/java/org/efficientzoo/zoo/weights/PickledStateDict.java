package org.efficientzoo.zoo.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The pickle of a state dict, in protocol 2: an {@code OrderedDict} of tensors, each rebuilt from a
 * storage that lies outside the pickle under the number of the tensor.
 *
 * @see <a href="https://docs.python.org/3/library/pickletools.html">the operations of pickles</a>
 */
final class PickledStateDict {

    private static final int PROTOCOL = 0x80;
    private static final int NEWFALSE = 0x89;
    private static final int LONG1 = 0x8a;
    private static final String ORDERED_DICT = "collections OrderedDict";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private PickledStateDict() {}

    static byte[] of(List<EncodedTensor> tensors) {
        return new PickledStateDict().write(tensors);
    }

    private byte[] write(List<EncodedTensor> tensors) {
        out.write(PROTOCOL);
        out.write(2);
        emptyOrderedDict();
        out.write('('); // MARK
        for (int i = 0; i < tensors.size(); i++) {
            text(tensors.get(i).name());
            tensor(tensors.get(i), Integer.toString(i));
        }
        out.write('u'); // SETITEMS
        out.write('.'); // STOP
        return out.toByteArray();
    }

    /** {@code _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)}. */
    private void tensor(EncodedTensor tensor, String key) {
        long[] shape = tensor.shape().getShape();
        global("torch._utils _rebuild_tensor_v2");
        out.write('(');
        storage(tensor, key);
        whole(0);
        tuple(shape);
        tuple(strides(shape));
        out.write(NEWFALSE);
        emptyOrderedDict();
        out.write('t'); // TUPLE
        out.write('R'); // REDUCE
    }

    /** The persistent id {@code ("storage", class, key, device, count)}. */
    private void storage(EncodedTensor tensor, String key) {
        out.write('(');
        text("storage");
        global("torch " + tensor.type().storage());
        text(key);
        text("cpu");
        whole(tensor.count());
        out.write('t');
        out.write('Q'); // BINPERSID
    }

    /** Row-major; PyTorch counts an empty dimension as one. */
    private static long[] strides(long[] shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= Math.max(shape[i], 1);
        }
        return strides;
    }

    private void emptyOrderedDict() {
        global(ORDERED_DICT);
        out.write(')'); // EMPTY_TUPLE
        out.write('R');
    }

    private void global(String moduleAndName) {
        out.write('c'); // GLOBAL
        out.writeBytes(ascii(moduleAndName.replace(' ', '\n') + "\n"));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.write('X'); // BINUNICODE
        out.writeBytes(littleEndian(Integer.BYTES).putInt(bytes.length).array());
        out.writeBytes(bytes);
    }

    private void tuple(long[] values) {
        out.write('(');
        for (long value : values) {
            whole(value);
        }
        out.write('t');
    }

    private void whole(long value) {
        if (value < 1 << Byte.SIZE) {
            out.write('K'); // BININT1
            out.write((int) value);
        } else if (value <= Integer.MAX_VALUE) {
            out.write('J'); // BININT
            out.writeBytes(littleEndian(Integer.BYTES).putInt((int) value).array());
        } else {
            out.write(LONG1);
            out.write(Long.BYTES);
            out.writeBytes(littleEndian(Long.BYTES).putLong(value).array());
        }
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
