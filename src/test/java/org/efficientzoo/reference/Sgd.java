package org.efficientzoo.reference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Plain SGD with momentum as {@code torch.optim.SGD} has it: v = momentum v + g, p = p - rate v.
 *
 * <p>DJL's own puts the rate into v, which differs only where the rate changes, and clips.
 */
final class Sgd {

    private final double rate;
    private final double momentum;
    private final Map<Parameter, NDArray> velocities = new LinkedHashMap<>();

    Sgd(Iterable<Parameter> parameters, double rate, double momentum, NDManager manager) {
        this.rate = rate;
        this.momentum = momentum;
        for (Parameter parameter : parameters) {
            if (parameter.requiresGradient()) {
                NDArray array = parameter.getArray();
                velocities.put(parameter, manager.zeros(array.getShape(), array.getDataType()));
            }
        }
    }

    /** Takes one step along the gradients and sets them to zero, since PyTorch adds them up. */
    void step() {
        velocities.forEach(
                (parameter, velocity) -> {
                    try (NDArray gradient = parameter.getArray().getGradient();
                            NDArray values = parameter.getArray().stopGradient()) {
                        velocity.muli(momentum).addi(gradient);
                        try (NDArray change = velocity.mul(rate)) {
                            values.subi(change);
                        }
                        gradient.subi(gradient);
                    }
                });
    }
}
