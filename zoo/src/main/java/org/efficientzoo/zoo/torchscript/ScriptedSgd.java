package org.efficientzoo.zoo.torchscript;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;

/**
 * Stochastic gradient descent with momentum as {@code torch.optim.SGD} takes its steps, for all
 * parameters in one native call of PyTorch: g = g + decay p, v = momentum v + g, p = p - rate v, or
 * with Nesterov p = p - rate (g + momentum v). The gradients are those that PyTorch keeps with the
 * parameters; they are zero afterwards.
 *
 * <p>The operations are written out parameter by parameter: PyTorch's operations on lists would be
 * taken for free of effects, and left out.
 */
public final class ScriptedSgd implements AutoCloseable {

    private static final String STEP = "step";

    private final List<NDArray> arrays = new ArrayList<>();
    private final NDManager manager;
    private final BoundScript script;

    /**
     * What stays the same over the steps.
     *
     * @param momentum the momentum
     * @param nesterov whether the step looks ahead
     */
    public record Settings(double momentum, boolean nesterov) {}

    /**
     * One parameter and its velocity.
     *
     * @param parameter the array of the parameter, which has a gradient
     * @param velocity an array of its shape that records no gradient, zero at first
     * @param rate the factor of the learning rate
     * @param decay the weight decay
     */
    public record Slot(NDArray parameter, NDArray velocity, double rate, double decay) {}

    /**
     * Writes and loads the script.
     *
     * @param settings what stays the same
     * @param slots the parameters, at least one
     * @param parent a manager of PyTorch, on the device of the arrays
     * @throws IllegalArgumentException if the manager is of another engine
     */
    public ScriptedSgd(Settings settings, List<Slot> slots, NDManager parent) {
        if (!runsOn(parent)) {
            throw new IllegalArgumentException(
                    "scripts run on %s, found %s"
                            .formatted(BoundScript.ENGINE, parent.getEngine().getEngineName()));
        }
        slots.forEach(slot -> arrays.add(slot.parameter()));
        slots.forEach(slot -> arrays.add(slot.velocity()));
        manager = parent.newSubManager();
        StringBuilder body = new StringBuilder("    step = torch.neg(float(x))\n");
        for (int i = 0; i < slots.size(); i++) {
            String velocity = BoundScript.name(slots.size() + i);
            write(body, settings, slots.get(i), BoundScript.name(i), velocity);
        }
        body.append("    return x\n");
        script =
                BoundScript.load(
                        arrays.size(),
                        List.of(new BoundSource.Method(STEP, body.toString())),
                        manager);
    }

    /**
     * Tells whether there can be a script.
     *
     * @param manager a manager
     * @return whether it is PyTorch's
     */
    public static boolean runsOn(NDManager manager) {
        return manager.getEngine().getEngineName().equals(BoundScript.ENGINE);
    }

    private static void write(
            StringBuilder body, Settings settings, Slot slot, String p, String v) {
        String g = "g" + p;
        line(body, g + " = ops.prim.grad(" + p + ")");
        if (slot.decay() != 0) {
            line(body, addScaled(g, p, slot.decay()));
        }
        line(body, "_ = torch.add_(torch.mul_(%s, %s), %s)".formatted(v, settings.momentum(), g));
        if (settings.nesterov()) {
            line(body, addScaled(g, v, settings.momentum()));
        }
        String direction = settings.nesterov() ? g : v;
        String rate = slot.rate() == 1 ? "step" : "torch.mul(step, %s)".formatted(slot.rate());
        line(body, "_ = torch.add_(%s, %s, alpha=%s)".formatted(p, direction, rate));
        line(body, "_ = torch.zero_(" + g + ")");
    }

    private static void line(StringBuilder body, String statement) {
        body.append("    ").append(statement).append('\n');
    }

    private static String addScaled(String sum, String addend, double factor) {
        return "_ = torch.add_(%s, %s, alpha=%s)".formatted(sum, addend, factor);
    }

    /**
     * Takes one step.
     *
     * @param rate the learning rate
     */
    public void step(double rate) {
        try (NDArray x = manager.create(rate)) {
            script.call(STEP, x, arrays, false).close();
        }
    }

    /** Gives native memory back; parameters and velocities stay as they are. */
    @Override
    public void close() {
        manager.close();
    }
}
