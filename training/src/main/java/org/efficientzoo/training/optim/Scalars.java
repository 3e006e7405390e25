package org.efficientzoo.training.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.HashMap;
import java.util.Map;

/**
 * Numbers as arrays without axes, each made once a step: DJL makes one for every operation with a
 * number otherwise, which costs as much as the operation on a small array.
 */
final class Scalars implements AutoCloseable {

    private final NDManager manager;
    private final DataType type;
    private final Map<Double, NDArray> arrays = new HashMap<>();

    Scalars(NDManager manager, DataType type) {
        this.manager = manager;
        this.type = type;
    }

    NDArray of(double value) {
        return arrays.computeIfAbsent(value, this::create);
    }

    private NDArray create(double value) {
        return type == DataType.FLOAT64 ? manager.create(value) : manager.create((float) value);
    }

    @Override
    public void close() {
        arrays.values().forEach(NDArray::close);
    }
}
