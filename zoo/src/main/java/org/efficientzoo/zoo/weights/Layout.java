package org.efficientzoo.zoo.weights;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the elements of a tensor lie in its storage: element (i, j, ...) at {@code offset + i ·
 * stride(0) + j · stride(1) + ...}; all numbers count elements.
 *
 * @param offset where the first element lies
 * @param shape the dimensions
 * @param stride the steps of each dimension
 */
record Layout(long offset, List<Long> shape, List<Long> stride) {

    static final int MOST_DIMENSIONS = 64; // PyTorch's own

    /**
     * Checks that the numbers are those of a tensor.
     *
     * @throws Malformed if they are not
     */
    static Layout of(long offset, List<Long> shape, List<Long> stride) throws Malformed {
        Layout layout = new Layout(offset, List.copyOf(shape), List.copyOf(stride));
        boolean sound =
                offset >= 0
                        && shape.size() == stride.size()
                        && shape.size() <= MOST_DIMENSIONS
                        && shape.stream().allMatch(dimension -> dimension >= 0)
                        && stride.stream().allMatch(step -> step >= 0);
        try {
            if (sound && layout.count() >= 0 && layout.end() >= offset) {
                return layout;
            }
        } catch (ArithmeticException e) {
            // refused below
        }
        throw new Malformed(
                "a tensor has the shape %s, the strides %s and the offset %d"
                        .formatted(
                                Malformed.line(shape + ""), Malformed.line(stride + ""), offset));
    }

    /** The layout of a tensor that lies alone and in row-major order. */
    static Layout rowMajor(List<Long> shape) throws Malformed {
        List<Long> stride = new ArrayList<>();
        if (shape.contains(0L)) {
            shape.forEach(dimension -> stride.add(0L));
            return of(0, shape, stride);
        }
        long step = 1;
        try {
            for (int i = shape.size() - 1; i >= 0; i--) {
                stride.add(0, step);
                step = Math.multiplyExact(step, shape.get(i));
            }
        } catch (ArithmeticException e) {
            throw new Malformed("a tensor has the shape " + shape);
        }
        return of(0, shape, stride);
    }

    /** The number of elements. */
    long count() {
        if (shape.contains(0L)) {
            return 0;
        }
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /** The element behind the last one. */
    long end() {
        if (shape.contains(0L)) {
            return offset;
        }
        long last = offset;
        for (int i = 0; i < shape.size(); i++) {
            last = Math.addExact(last, Math.multiplyExact(shape.get(i) - 1, stride.get(i)));
        }
        return Math.addExact(last, 1);
    }

    /** Whether the elements lie side by side in row-major order. */
    boolean isContiguous() {
        long step = 1;
        for (int i = shape.size() - 1; i >= 0; i--) {
            if (shape.get(i) != 1 && stride.get(i) != step) {
                return false;
            }
            step *= shape.get(i);
        }
        return true;
    }
}
