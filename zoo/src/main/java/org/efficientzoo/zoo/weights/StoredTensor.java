package org.efficientzoo.zoo.weights;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Where the values of a tensor lie in a file.
 *
 * @param type the type of the stored values
 * @param order their byte order
 * @param section the part of the file that holds them
 * @param layout where they lie in that part
 */
record StoredTensor(DataType type, ByteOrder order, Section section, Layout layout) {

    private static final long MOST_ELEMENTS = Integer.MAX_VALUE / Float.BYTES;

    TensorInfo info() {
        return new TensorInfo(type, new Shape(layout.shape()));
    }

    /** The values as float32: a view of the file where they lie there as they are to be. */
    FloatBuffer read(FileBytes file) throws IOException {
        long count = layout.count();
        if (count == 0) {
            return FloatBuffer.allocate(0);
        }
        if (count > MOST_ELEMENTS) {
            throw new Malformed(
                    "a tensor that is read must have at most %d elements, found %d"
                            .formatted(MOST_ELEMENTS, count));
        }
        long size = type.getNumOfBytes();
        long begin = layout.offset() * size;
        ByteBuffer bytes = file.section(section, begin, layout.end() * size - begin).order(order);
        return layout.isContiguous()
                ? Float32.from(type, bytes, (int) count)
                : Float32.gather(type, bytes, layout);
    }
}
