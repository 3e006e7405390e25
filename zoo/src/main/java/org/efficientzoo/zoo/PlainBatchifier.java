package org.efficientzoo.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.Batchifier;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** Stacks float arrays by copying their values: ONNX Runtime alone has no operations on arrays. */
final class PlainBatchifier implements Batchifier {

    private static final long serialVersionUID = 1L;

    @Override
    public NDList batchify(NDList[] inputs) {
        NDManager manager = inputs[0].singletonOrThrow().getManager();
        Shape one = inputs[0].singletonOrThrow().getShape();
        FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(inputs.length * one.size()));
        for (NDList input : inputs) {
            values.put(input.singletonOrThrow().toFloatArray());
        }
        Shape all = new Shape(inputs.length).addAll(one);
        return new NDList(manager.create(values.flip(), all));
    }

    @Override
    public NDList[] unbatchify(NDList outputs) {
        NDArray all = outputs.singletonOrThrow();
        int batch = Math.toIntExact(all.getShape().get(0));
        Shape one = all.getShape().slice(1);
        int size = Math.toIntExact(one.size());
        float[] values = all.toFloatArray();
        NDList[] each = new NDList[batch];
        for (int i = 0; i < batch; i++) {
            float[] own = Arrays.copyOfRange(values, i * size, (i + 1) * size);
            each[i] = new NDList(all.getManager().create(own, one));
        }
        return each;
    }

    @Override
    public NDList[] split(NDList list, int slices, boolean evenly) {
        throw new UnsupportedOperationException("batches are split for training alone");
    }
}
