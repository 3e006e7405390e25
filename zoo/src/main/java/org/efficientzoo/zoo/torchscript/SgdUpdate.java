package org.efficientzoo.zoo.torchscript;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * One step of stochastic gradient descent as {@code torch.optim.SGD} takes it, for all parameters
 * at once: g = g + decay p, v = momentum v + g, p = p - rate v, or with Nesterov p = p - rate (g +
 * momentum v). The gradients are zero afterwards.
 */
public interface SgdUpdate extends AutoCloseable {

    /**
     * What stays the same over the steps.
     *
     * @param momentum the momentum
     * @param nesterov whether the step looks ahead
     */
    record Settings(double momentum, boolean nesterov) {}

    /**
     * One parameter and its velocity.
     *
     * @param parameter the array of the parameter, which has a gradient
     * @param velocity an array of its shape that records no gradient, zero at first
     * @param decay the weight decay
     */
    record Slot(NDArray parameter, NDArray velocity, double decay) {}

    /**
     * Takes one step.
     *
     * @param rate the learning rate
     */
    void step(double rate);

    /** Gives native memory back; parameters and velocities stay as they are. */
    @Override
    void close();

    /**
     * Makes an update: one native call on PyTorch, operations one by one elsewhere.
     *
     * @param settings what stays the same
     * @param slots the parameters
     * @param manager a manager of the engine and device that the arrays are on
     * @return the update
     */
    static SgdUpdate of(Settings settings, List<Slot> slots, NDManager manager) {
        return manager.getEngine().getEngineName().equals(BoundScript.ENGINE)
                ? new ScriptedUpdate(settings, slots, manager)
                : new EagerUpdate(settings, slots);
    }
}
