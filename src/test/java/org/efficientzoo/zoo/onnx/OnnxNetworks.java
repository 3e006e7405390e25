package org.efficientzoo.zoo.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.blocks.TestBlocks;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.weights.StateDict;

/** Networks of ten classes whose weights follow the formula. */
final class OnnxNetworks implements AutoCloseable {

    static final int CLASSES = 10;

    private static final int SALT = 3;

    private final NDManager manager = Engines.manager(Engines.PYTORCH);
    private final EfficientBlock network;

    OnnxNetworks(String name, Shape input) throws Exception {
        this(name, NetworkOptions.DEFAULT.withClasses(CLASSES), input);
    }

    OnnxNetworks(String name, NetworkOptions options, Shape input) throws Exception {
        network = Networks.get(name).build(options);
        try (Formula weights =
                new Formula(ParameterShapes.of(network, input), SALT, Formula.DAMPING)) {
            new StateDict(network, input, false).load(weights, manager);
        }
    }

    EfficientBlock network() {
        return network;
    }

    NDManager manager() {
        return manager;
    }

    static float[] x(Shape shape) {
        return Formula.input(shape, SALT);
    }

    /** What the network says on PyTorch. */
    float[] logits(Shape shape) {
        return logits(x(shape), shape);
    }

    float[] logits(float[] values, Shape shape) {
        try (NDArray x = manager.create(values, shape);
                NDArray y = TestBlocks.predict(network, x)) {
            return y.toFloatArray();
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
