package org.efficientzoo.training.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.efficientzoo.training.data.EvaluationLoader.Skipped;

/** Keeps what a run tells, and may stop it. */
final class Quiet implements RunListener {

    final List<Map<String, Object>> rows = new ArrayList<>();
    final List<Skipped> skipped = new ArrayList<>();
    final List<String> warnings = new ArrayList<>();
    final List<Path> saved = new ArrayList<>();
    Optional<Plan> plan = Optional.empty();
    Consumer<Long> afterStep = step -> {};
    Runnable inValidation = () -> {};
    private long steps;

    @Override
    public void starting(Plan begun) {
        plan = Optional.of(begun);
        steps = begun.stepsDone();
    }

    @Override
    public void step(StepProgress progress) {
        steps++;
        afterStep.accept(steps);
    }

    @Override
    public void validated(int images, int of) {
        inValidation.run();
    }

    @Override
    public void epoch(int epochs, Map<String, Object> row) {
        rows.add(row);
    }

    @Override
    public void saved(Path state) {
        saved.add(state);
    }

    @Override
    public void warning(String warning) {
        warnings.add(warning);
    }

    @Override
    public void skipped(Skipped image) {
        skipped.add(image);
    }
}
