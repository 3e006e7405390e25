package org.efficientzoo.zoo.torchscript;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;

/** Runs a network block by block; in a prediction a block may fold what is inside it. */
record EagerPass(Block network, ParameterStore parameters) implements ForwardPass {

    @Override
    public NDArray logits(NDArray x, boolean training) {
        return network.forward(parameters, new NDList(x), training).singletonOrThrow();
    }

    @Override
    public void close() {
        // nothing of its own
    }
}
