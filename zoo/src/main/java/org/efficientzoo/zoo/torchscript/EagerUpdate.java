package org.efficientzoo.zoo.torchscript;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** Takes the step parameter by parameter, in operations that every engine has. */
final class EagerUpdate implements SgdUpdate {

    private final Settings settings;
    private final List<Slot> slots;

    EagerUpdate(Settings settings, List<Slot> slots) {
        this.settings = settings;
        this.slots = List.copyOf(slots);
    }

    @Override
    public void step(double rate) {
        for (Slot slot : slots) {
            try (NDArray values = slot.parameter().stopGradient();
                    NDArray gradient = slot.parameter().getGradient()) {
                if (slot.decay() != 0) {
                    addScaled(gradient, values, slot.decay());
                }
                slot.velocity().muli(settings.momentum()).addi(gradient);
                if (settings.nesterov()) {
                    addScaled(gradient, slot.velocity(), settings.momentum());
                    addScaled(values, gradient, -rate);
                } else {
                    addScaled(values, slot.velocity(), -rate);
                }
                gradient.subi(gradient);
            }
        }
    }

    private static void addScaled(NDArray sum, NDArray addend, double factor) {
        try (NDArray scaled = addend.mul(factor)) {
            sum.addi(scaled);
        }
    }

    @Override
    public void close() {
        // nothing of its own
    }
}
