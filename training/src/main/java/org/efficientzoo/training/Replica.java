package org.efficientzoo.training;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.LinkedHashMap;
import java.util.Map;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.training.optim.Gradients;
import org.efficientzoo.training.optim.NetworkValues;
import org.efficientzoo.training.optim.TrainedParameters;
import org.efficientzoo.zoo.torchscript.ForwardPass;

/**
 * A copy of a network on another device, which computes its share of each batch. Its weights follow
 * those of the original; as in PyTorch's {@code DataParallel} the running statistics are those of
 * the original, which sees its own share alone.
 */
public final class Replica implements AutoCloseable {

    private final Block original;
    private final Block copy;
    private final NDManager manager;
    private final ForwardPass forward;
    private final Gradients gradients;

    /**
     * Copies a network.
     *
     * @param copy the same layers, uninitialised
     * @param original the network, initialised, with what is frozen
     * @param input the shape of an image as the network takes it, (1, C, H, W)
     * @param device where the copy is to be
     * @param parent a manager of the network's engine
     */
    public Replica(Block copy, Block original, Shape input, Device device, NDManager parent) {
        this.original = original;
        this.copy = copy;
        this.manager = parent.newSubManager(device);
        Map<String, Parameter> parameters = BlockNames.parameters(copy);
        BlockNames.parameters(original)
                .forEach((name, parameter) -> prepare(parameters.get(name), parameter));
        copy.initialize(manager, DataType.FLOAT32, input);
        forward = ForwardPass.of(copy, new ParameterStore(manager, false), manager);
        gradients = new Gradients(TrainedParameters.of(copy), manager);
    }

    private void prepare(Parameter own, Parameter from) {
        if (!from.requiresGradient()) {
            own.freeze(true);
        }
        try (NDArray values = from.getArray().stopGradient()) {
            NDArray array = values.toDevice(manager.getDevice(), true);
            array.attach(manager);
            own.setArray(array);
        }
    }

    Computation computation(int part) {
        return new Computation(forward, gradients, manager, part);
    }

    Gradients gradients() {
        return gradients;
    }

    /** Takes over the values of the original. */
    void follow() {
        try (NDManager moving = manager.newSubManager()) {
            Map<String, NDArray> values = new LinkedHashMap<>();
            NetworkValues.of(original)
                    .forEach(
                            (name, array) -> {
                                NDArray here = array.toDevice(manager.getDevice(), true);
                                here.attach(moving);
                                values.put(name, here);
                            });
            NetworkValues.load(values, copy);
        }
    }

    @Override
    public void close() {
        forward.close();
        gradients.close();
        manager.close();
    }
}
