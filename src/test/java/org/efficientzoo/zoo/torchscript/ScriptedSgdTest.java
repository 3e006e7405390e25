package org.efficientzoo.zoo.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.efficientzoo.blocks.TestBlocks;
import org.efficientzoo.reference.Engines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScriptedSgdTest {

    private static final float[] START = {1, -2, 3};
    private static final double RATE = 0.1;

    /** The gradient of half the sum of squares is the parameter itself. */
    @ParameterizedTest
    @CsvSource({"false, 1, 0", "false, 1, 0.01", "true, 1, 0.01", "true, 0.25, 4e-5"})
    void stepsAsTheFormulaSays(boolean nesterov, double factor, double decay) {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            NDArray parameter = manager.create(START);
            parameter.setRequiresGradient(true);
            NDArray velocity = manager.zeros(parameter.getShape());
            var slots = List.of(new ScriptedSgd.Slot(parameter, velocity, factor, decay));
            double[] p = {START[0], START[1], START[2]};
            double[] v = new double[p.length];
            var settings = new ScriptedSgd.Settings(0.9, nesterov);
            try (ScriptedSgd update = new ScriptedSgd(settings, slots, manager)) {
                for (int step = 0; step < 5; step++) {
                    TestBlocks.recording(
                            Engines.PYTORCH,
                            collector -> collector.backward(parameter.square().sum().mul(0.5f)));
                    update.step(RATE / (step + 1));
                    for (int i = 0; i < p.length; i++) {
                        double g = p[i] * (1 + decay);
                        v[i] = 0.9 * v[i] + g;
                        p[i] -= factor * RATE / (step + 1) * (nesterov ? g + 0.9 * v[i] : v[i]);
                    }
                }
            }
            for (int i = 0; i < p.length; i++) {
                assertThat((double) parameter.toFloatArray()[i]).isCloseTo(p[i], within(1e-6));
                assertThat((double) velocity.toFloatArray()[i]).isCloseTo(v[i], within(1e-5));
            }
            try (NDArray gradient = parameter.getGradient()) {
                assertThat(gradient.toFloatArray()).containsOnly(0f);
            }
        }
    }

    @Test
    void runsOnPyTorchAlone() {
        try (NDManager manager = Engines.manager(Engines.MXNET)) {
            var settings = new ScriptedSgd.Settings(0.9, false);
            assertThatThrownBy(() -> new ScriptedSgd(settings, List.of(), manager))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage("scripts run on PyTorch, found MXNet");
        }
    }
}
