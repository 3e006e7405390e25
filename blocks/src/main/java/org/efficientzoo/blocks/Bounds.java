package org.efficientzoo.blocks;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;

/**
 * ReLU6 for one forward pass in inference.
 *
 * <p>On PyTorch DJL's {@code clip} makes two arrays of its bounds at each call, which nobody
 * closes; here the bound is made once a pass.
 */
final class Bounds implements AutoCloseable {

    private NDArray six;

    NDArray relu6(NDArray x) {
        if (!x.getManager().getEngine().getEngineName().equals("PyTorch")) {
            return x.clip(0, 6);
        }
        if (six == null) {
            six = x.getManager().create(6f);
        }
        try (NDArray positive = Activation.relu(x)) {
            return positive.minimum(six);
        }
    }

    @Override
    public void close() {
        if (six != null) {
            six.close();
        }
    }
}
