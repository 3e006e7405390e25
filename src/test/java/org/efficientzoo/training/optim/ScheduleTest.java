package org.efficientzoo.training.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.efficientzoo.reference.References;
import org.efficientzoo.training.optim.Schedule.Length;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScheduleTest {

    record Case(Schedule schedule, List<Double> values) {
        @Override
        public String toString() {
            return schedule.toString();
        }
    }

    static Stream<Case> cases() {
        return TrainingValues.objects("schedules", "cases").stream()
                .map(
                        json ->
                                new Case(
                                        schedule(json.getAsJsonObject("schedule")),
                                        Arrays.stream(References.doubles(json.get("values")))
                                                .boxed()
                                                .toList()));
    }

    private static Schedule schedule(JsonObject json) {
        Gson gson = new Gson();
        return switch (json.get("kind").getAsString()) {
            case "constant" -> new Schedule.Constant();
            case "cosine" -> gson.fromJson(json, Schedule.Cosine.class);
            case "polynomial" -> gson.fromJson(json, Schedule.Polynomial.class);
            case "steps" -> gson.fromJson(json, Schedule.Steps.class);
            case "multi_step" -> gson.fromJson(json, Schedule.MultiStep.class);
            case "exponential" -> gson.fromJson(json, Schedule.Exponential.class);
            case "by_epoch" -> new Schedule.ByEpoch(schedule(json.getAsJsonObject("schedule")));
            case "warmup" ->
                    new Schedule.Warmup(
                            json.get("epochs").getAsDouble(),
                            json.get("from").getAsDouble(),
                            json.get("power").getAsDouble(),
                            schedule(json.getAsJsonObject("after")));
            default -> throw new IllegalArgumentException(json.toString());
        };
    }

    @Test
    void theFileHasEverySchedule() {
        assertThat(cases().map(c -> c.schedule().getClass()).distinct())
                .hasSize(Schedule.class.getPermittedSubclasses().length);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void hasTheValuesOfPyTorch(Case c) {
        JsonObject json = TrainingValues.FILE.getAsJsonObject("schedules");
        Length run =
                new Length(json.get("steps").getAsLong(), json.get("steps_per_epoch").getAsLong());
        assertThat(c.values()).hasSize((int) run.steps());
        for (int step = 0; step < c.values().size(); step++) {
            assertThat(c.schedule().value(step, run))
                    .as("step %d", step)
                    .isCloseTo(c.values().get(step), within(1e-12));
        }
    }

    @Test
    void warmsUpWithAPowerAsDarknetDoes() {
        Schedule burnIn = new Schedule.Warmup(1, 0, 4, new Schedule.Constant());
        Length run = new Length(100, 10);
        assertThat(burnIn.value(5, run)).isEqualTo(0.0625);
        assertThat(burnIn.value(10, run)).isEqualTo(1);
    }

    @Test
    void refusesAPartOfAnEpochBeforeAScheduleByEpochs() {
        var byEpoch = new Schedule.ByEpoch(new Schedule.Cosine(0));
        assertThat(new Schedule.Warmup(2, 0, 1, byEpoch).after()).isEqualTo(byEpoch);
        assertThatThrownBy(() -> new Schedule.Warmup(0.5, 0, 1, byEpoch))
                .hasMessage(
                        "byepoch after a warm-up holds no epoch's rate still unless the warm-up has"
                                + " whole epochs, found 0.5; put byepoch around the warm-up");
    }

    @Test
    void refusesEpochsThatDoNotRise() {
        assertThatThrownBy(() -> new Schedule.MultiStep(0.1, List.of(3.0, 3.0)))
                .hasMessage("the epochs of a schedule must rise, found [3.0, 3.0]");
    }
}
