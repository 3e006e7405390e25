package org.efficientzoo.zoo.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.efficientzoo.blocks.TestBlocks;
import org.efficientzoo.reference.Engines;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SgdUpdateTest {

    private static final float[] START = {1, -2, 3};
    private static final double RATE = 0.1;

    /** The gradient of half the sum of squares is the parameter itself. */
    @ParameterizedTest
    @CsvSource({
        "PyTorch, false, 0", "PyTorch, false, 0.01", "PyTorch, true, 0.01",
        "MXNet, false, 0", "MXNet, false, 0.01", "MXNet, true, 0.01"
    })
    void stepsAsTheFormulaSays(String engine, boolean nesterov, double decay) {
        try (NDManager manager = Engines.manager(engine)) {
            NDArray parameter = manager.create(START);
            parameter.setRequiresGradient(true);
            NDArray velocity = manager.zeros(parameter.getShape());
            var slots = List.of(new SgdUpdate.Slot(parameter, velocity, decay));
            double[] p = {START[0], START[1], START[2]};
            double[] v = new double[p.length];
            var settings = new SgdUpdate.Settings(0.9, nesterov);
            try (SgdUpdate update = SgdUpdate.of(settings, slots, manager)) {
                assertThat(update instanceof ScriptedUpdate).isEqualTo(engine.equals("PyTorch"));
                for (int step = 0; step < 5; step++) {
                    TestBlocks.recording(
                            engine,
                            collector -> collector.backward(parameter.square().sum().mul(0.5f)));
                    update.step(RATE / (step + 1));
                    for (int i = 0; i < p.length; i++) {
                        double g = p[i] * (1 + decay);
                        v[i] = 0.9 * v[i] + g;
                        p[i] -= RATE / (step + 1) * (nesterov ? g + 0.9 * v[i] : v[i]);
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
}
