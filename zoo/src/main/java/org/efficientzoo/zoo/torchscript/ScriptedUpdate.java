package org.efficientzoo.zoo.torchscript;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes the step of all parameters in one native call.
 *
 * <p>The operations are written out parameter by parameter: PyTorch's operations on lists would be
 * taken for free of effects, and left out.
 */
final class ScriptedUpdate implements SgdUpdate {

    private static final String STEP = "step";

    private final List<NDArray> arrays = new ArrayList<>();
    private final NDManager manager;
    private final BoundScript script;

    ScriptedUpdate(Settings settings, List<Slot> slots, NDManager parent) {
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
                        List.of(new BoundScript.Method(STEP, body.toString())),
                        manager);
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
        line(body, "_ = torch.add_(%s, %s, alpha=step)".formatted(p, direction));
        line(body, "_ = torch.zero_(" + g + ")");
    }

    private static void line(StringBuilder body, String statement) {
        body.append("    ").append(statement).append('\n');
    }

    private static String addScaled(String sum, String addend, double factor) {
        return "_ = torch.add_(%s, %s, alpha=%s)".formatted(sum, addend, factor);
    }

    @Override
    public void step(double rate) {
        try (NDArray x = manager.create(rate)) {
            script.call(STEP, x, arrays, false).close();
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
