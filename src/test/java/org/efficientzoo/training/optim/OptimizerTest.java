package org.efficientzoo.training.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.References;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerTest {

    private static final double ROUNDING = 2e-6; // eight steps of float32 on values up to 2

    record Run(String engine, Optimizer optimizer, JsonObject json) {
        @Override
        public String toString() {
            return engine + " " + optimizer;
        }
    }

    static Stream<Run> runs() {
        return Engines.names().stream()
                .flatMap(
                        engine ->
                                TrainingValues.objects("optimisers").stream()
                                        .map(json -> new Run(engine, optimizer(json), json)));
    }

    private static Optimizer optimizer(JsonObject json) {
        Class<? extends Optimizer> type =
                switch (json.get("kind").getAsString()) {
                    case "sgd" -> Sgd.class;
                    case "rmsprop" -> RmsProp.class;
                    default -> AdamW.class;
                };
        return new Gson().fromJson(json.get("settings"), type);
    }

    private static void steps(
            NDManager manager, TrainedParameters parameters, Updater updater, int from, int to) {
        List<JsonObject> gradients = TrainingValues.objects("gradients");
        double[] rates = References.doubles(TrainingValues.FILE.get("rates"));
        try (Gradients collected = new Gradients(parameters, manager)) {
            for (int step = from; step < to; step++) {
                TrainingValues.backward(manager, parameters, gradients.get(step));
                collected.collect(false);
                collected.step(updater, Clipping.NONE, rates[step]);
            }
        }
    }

    @Test
    void theFileHasOptimisersOfEveryKind() {
        assertThat(runs().map(run -> run.optimizer().getClass()).distinct()).hasSize(3);
    }

    @ParameterizedTest
    @MethodSource("runs")
    void changesParametersAsPyTorchDoes(Run run) {
        List<JsonObject> after = References.objects(run.json().get("after"));
        assertThat(after).hasSize(8);
        try (NDManager manager = Engines.manager(run.engine())) {
            TrainedParameters parameters = TrainedParameters.of(TrainingValues.network(manager));
            try (Updater updater = new Updater(run.optimizer(), parameters, manager)) {
                for (int step = 0; step < after.size(); step++) {
                    steps(manager, parameters, updater, step, step + 1);
                    JsonObject expected = after.get(step);
                    TrainingValues.values(parameters)
                            .forEach(
                                    (name, values) ->
                                            assertThat(values)
                                                    .containsExactly(
                                                            References.doubles(expected.get(name)),
                                                            within(ROUNDING)));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("runs")
    void goesOnFromASavedStateBitForBit(Run run) {
        try (NDManager manager = Engines.manager(run.engine())) {
            TrainedParameters through = TrainedParameters.of(TrainingValues.network(manager));
            Updater updater = new Updater(run.optimizer(), through, manager);
            steps(manager, through, updater, 0, 6);

            TrainedParameters stopped = TrainedParameters.of(TrainingValues.network(manager));
            Updater first = new Updater(run.optimizer(), stopped, manager);
            steps(manager, stopped, first, 0, 3);
            Map<String, NDArray> saved = new HashMap<>();
            first.state()
                    .forEach(
                            (name, array) -> {
                                NDArray copy = array.duplicate();
                                copy.attach(manager);
                                saved.put(name, copy);
                            });
            long taken = first.steps();
            first.close();
            Updater second = new Updater(run.optimizer(), stopped, manager);
            second.load(saved, taken);
            steps(manager, stopped, second, 3, 6);

            assertThat(second.steps()).isEqualTo(6);
            TrainingValues.values(stopped)
                    .forEach(
                            (name, values) ->
                                    assertThat(values)
                                            .isEqualTo(TrainingValues.values(through).get(name)));
        }
    }

    @ParameterizedTest
    @MethodSource("runs")
    void leavesNoArraysBehind(Run run) {
        try (NDManager manager = Engines.manager(run.engine())) {
            TrainedParameters parameters = TrainedParameters.of(TrainingValues.network(manager));
            Updater updater = new Updater(run.optimizer(), parameters, manager);
            steps(manager, parameters, updater, 0, 1);
            int before = manager.getManagedArrays().size();
            steps(manager, parameters, updater, 1, 8);
            assertThat(manager.getManagedArrays()).hasSize(before);
        }
    }

    @ParameterizedTest
    @MethodSource("org.efficientzoo.reference.Engines#names")
    void refusesAStateThatDoesNotFitAndChangesNothing(String engine) {
        try (NDManager manager = Engines.manager(engine)) {
            TrainedParameters parameters = TrainedParameters.of(TrainingValues.network(manager));
            Updater updater = new Updater(new Sgd(0.9, 0), parameters, manager);
            steps(manager, parameters, updater, 0, 1);
            Map<String, NDArray> state = updater.state();
            Map<String, NDArray> saved = new HashMap<>();
            state.forEach((name, array) -> saved.put(name, array.zerosLike()));
            String name = state.keySet().iterator().next();
            double[] before = TrainingValues.doubles(state.get(name));
            NDArray fits = saved.remove(name);
            assertThatThrownBy(() -> updater.load(saved, 7))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "the optimiser's state does not fit: 1 arrays missing (first %s), 0 unknown",
                            name);
            saved.put(name, fits.flatten().duplicate().concat(fits.flatten()));
            assertThatThrownBy(() -> updater.load(saved, 7))
                    .hasMessageContaining("must have the shape");
            assertThat(TrainingValues.doubles(state.get(name))).isEqualTo(before);
            assertThat(updater.steps()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("org.efficientzoo.reference.Engines#names")
    void rulesMultiplyRateAndDecay(String engine) {
        try (NDManager manager = Engines.manager(engine)) {
            List<ParameterRule> rules =
                    List.of(
                            ParameterRule.withRate("conv*", 0),
                            ParameterRule.withoutDecay(ParameterKind.NORM),
                            ParameterRule.withRate("*", 3));
            TrainedParameters parameters =
                    TrainedParameters.of(TrainingValues.network(manager), rules, List.of());
            double[] before = TrainingValues.values(parameters).get("conv.weight");
            Updater updater = new Updater(new Sgd(0, 0.1), parameters, manager);
            steps(manager, parameters, updater, 0, 1);
            assertThat(TrainingValues.values(parameters).get("conv.weight")).isEqualTo(before);
            assertThat(parameters.all().get(1).rate()).isEqualTo(3);
            assertThat(parameters.all().get(1).decay()).isEqualTo(1);
        }
    }

    @Test
    void refusesSettingsThatMeanNothing() {
        assertThatThrownBy(() -> new Sgd(1, 0))
                .hasMessage("momentum must be at least 0 and below 1, found 1.0");
        assertThatThrownBy(() -> new Sgd(0, 0, true, 0))
                .hasMessageStartingWith("Nesterov needs momentum");
        assertThatThrownBy(() -> new Sgd(0.9, Double.NaN))
                .hasMessage("weight decay must be at least 0, found NaN");
        assertThatThrownBy(() -> new AdamW(0.9, 0.999, 0, 0))
                .hasMessage("epsilon must be above 0, found 0.0");
    }
}
