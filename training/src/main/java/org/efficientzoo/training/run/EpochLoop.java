package org.efficientzoo.training.run;

import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.efficientzoo.training.Evaluation;
import org.efficientzoo.training.Evaluator;
import org.efficientzoo.training.StepResult;
import org.efficientzoo.training.data.EvaluationLoader.Skipped;
import org.efficientzoo.training.data.LoaderSettings;
import org.efficientzoo.training.data.TrainingBatch;
import org.efficientzoo.training.data.TrainingFolders;
import org.efficientzoo.training.data.TrainingLoader;
import org.efficientzoo.training.data.augment.TrainTransform;
import org.efficientzoo.training.optim.Schedule;
import org.efficientzoo.training.recipe.Recipe;
import org.efficientzoo.training.report.ProcessMemory;
import org.efficientzoo.training.run.Position.Best;
import org.efficientzoo.training.run.RunListener.StepProgress;
import org.efficientzoo.zoo.image.EvaluationTransform;

/** Epoch after epoch: steps, validation, what is written after it. */
final class EpochLoop {

    private final Parts parts;
    private final Schedule.Length length;
    private final AtomicBoolean stopping;
    private final Set<Path> reported = new HashSet<>(); // validation images that are left out
    private Position position;
    private long lastSave = System.nanoTime();

    /** All that takes part. */
    record Parts(
            Recipe recipe,
            TrainingFolders data,
            RunFolder folder,
            RunSettings settings,
            RunListener listener,
            Learner learner,
            WeightsFiles weights,
            Journal journal) {}

    /** The run was asked to stop during validation. */
    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    EpochLoop(Parts parts, Schedule.Length length, AtomicBoolean stopping, Position position) {
        this.parts = parts;
        this.length = length;
        this.stopping = stopping;
        this.position = position;
    }

    /** Runs to the end; false where it was asked to stop. */
    boolean run(LoaderSettings loading) throws IOException, InterruptedException {
        boolean validationLeft = position.batch() == length.stepsPerEpoch();
        try (TrainingLoader loader =
                new TrainingLoader(
                        parts.data.train(),
                        new TrainTransform(parts.recipe.augmentation()),
                        loading,
                        position.epoch() + (validationLeft ? 1 : 0),
                        validationLeft ? 0 : position.batch(),
                        parts.listener::skipped)) {
            while (position.epoch() < parts.recipe.epochs()) {
                if (!runEpoch(loader)) {
                    save();
                    return false;
                }
            }
        }
        return true;
    }

    private boolean runEpoch(TrainingLoader loader) throws IOException, InterruptedException {
        try {
            return learn(loader) && endEpoch();
        } catch (Stopped e) {
            return false;
        } catch (TrainingFailure e) {
            throw e;
        } catch (IllegalStateException e) {
            if (e.getCause() instanceof InterruptedException interruption) {
                Thread.interrupted(); // clears what the exception says
                throw interruption;
            }
            throw e;
        } catch (IOException e) {
            if (!stopping.get()) {
                throw e;
            }
            return false; // the end of the process has deleted a file that was being written
        }
    }

    /** The rest of an epoch; false where the run is to stop. */
    private boolean learn(TrainingLoader loader) throws IOException, InterruptedException {
        while (position.batch() < length.stepsPerEpoch()) {
            if (stopping.get()) {
                return false;
            }
            step(loader);
            if (System.nanoTime() - lastSave > parts.settings.saveEvery().toNanos()) {
                save();
            }
        }
        return true;
    }

    private void step(TrainingLoader loader) throws IOException, InterruptedException {
        Learner learner = parts.learner;
        long start = System.nanoTime();
        long waited = loader.waitNanos();
        double rate = rate(learner.steps());
        StepResult result;
        try (TrainingBatch batch = loader.next()) {
            result = learner.learn(batch, rate);
        }
        if (!result.taken()) {
            boolean finite = Double.isFinite(result.loss());
            throw failure(
                    finite ? "the length of the gradients is" : "the loss is", learner.steps() + 1);
        }
        Tally tally =
                position.tally()
                        .and(
                                result.loss(),
                                result.counts(),
                                (System.nanoTime() - start) / 1e9,
                                (loader.waitNanos() - waited) / 1e9);
        position = position.afterBatch(learner.steps(), learner.averageUpdates(), tally);
        parts.listener.step(progress());
    }

    private TrainingFailure failure(String what, long step) throws IOException {
        return new TrainingFailure(
                what, step, position.epoch() + 1, rate(step - 1), parts.folder.latestState());
    }

    /** What is written down is a network whose values are numbers. */
    private void checkValues() throws IOException {
        if (!parts.learner.isFinite()) {
            throw failure("a weight is", position.steps());
        }
    }

    private double rate(long step) {
        return parts.recipe.learningRate() * parts.recipe.schedule().value(step, length);
    }

    private StepProgress progress() {
        Tally tally = position.tally();
        int epochs = parts.recipe.epochs();
        long ofEpoch =
                Math.min(parts.data.train().size(), length.stepsPerEpoch() * parts.recipe.batch());
        long left = ofEpoch - tally.images() + ofEpoch * (epochs - position.epoch() - 1);
        return new StepProgress(
                position.epoch() + 1,
                epochs,
                tally.images(),
                ofEpoch,
                tally.loss(),
                tally.counts().top1Accuracy(),
                tally.imagesPerSecond(),
                left / Math.max(1e-9, tally.imagesPerSecond()));
    }

    /** Validation, and what is written before and after it. */
    private boolean endEpoch() throws IOException {
        Learner learner = parts.learner;
        if (parts.data.validation().isEmpty()) {
            checkValues();
        } else {
            writeState(); // validation may fail, or take as long as between two checkpoints
        }
        Optional<Evaluation> validation = validate();
        if (validation.isPresent()) {
            checkReadable(validation.get());
            validation.get().warning().ifPresent(parts.listener::warning);
        }
        Optional<Evaluation> average =
                learner.keepsAverage() ? learner.withAverage(this::validate) : Optional.empty();
        Best best = position.best();
        if (isBetter(validation, best)) {
            best = best(validation);
            parts.weights.write(parts.folder.best());
        }
        boolean averageIsBest = isBetter(average, best);
        if (averageIsBest) {
            best = best(average);
        }
        if (learner.keepsAverage()) {
            learner.withAverage(() -> writeAverage(averageIsBest));
        }
        parts.weights.write(parts.folder.last());
        Map<String, Object> row =
                Row.of(
                        position,
                        rate(position.steps() - 1),
                        validation,
                        average,
                        ProcessMemory.peakResidentBytes());
        parts.journal.add(row);
        parts.listener.epoch(parts.recipe.epochs(), row);
        position = position.nextEpoch(best);
        save();
        return true;
    }

    private static boolean isBetter(Optional<Evaluation> found, Best best) {
        return found.isPresent() && found.get().total().top1Accuracy() > best.top1();
    }

    private Best best(Optional<Evaluation> found) {
        return new Best(found.orElseThrow().total().top1Accuracy());
    }

    private Void writeAverage(boolean best) throws IOException {
        parts.weights.write(parts.folder.average());
        if (best) {
            parts.weights.write(parts.folder.best());
        }
        return null;
    }

    private Optional<Evaluation> validate() throws IOException {
        int all = parts.data.validation().size();
        if (all == 0) {
            return Optional.empty();
        }
        EvaluationTransform transform = parts.recipe.validationTransform();
        Evaluator evaluator =
                new Evaluator(
                        parts.learner,
                        transform,
                        LoaderSettings.fitting(
                                parts.settings.validationBatch(), transform.length()),
                        parts.settings.workers());
        Evaluation evaluation;
        try {
            evaluation =
                    evaluator.run(
                            parts.data.validation(),
                            parts.data.classes().size(),
                            images -> {
                                parts.listener.validated(images, all);
                                if (stopping.get()) {
                                    throw new Stopped();
                                }
                            });
        } catch (TranslateException e) { // for a logit that is no number
            Files.deleteIfExists(parts.folder.state(position.steps())); // it holds unusable weights
            throw failure("a logit of a validation image is", position.steps());
        }
        evaluation.skipped().stream()
                .filter(image -> reported.add(image.sample().file()))
                .forEach(parts.listener::skipped);
        return Optional.of(evaluation);
    }

    /** Throwing loses nothing: the run goes on from the checkpoint before validation. */
    private void checkReadable(Evaluation validation) throws IOException {
        List<Skipped> skipped = validation.skipped();
        if (!skipped.isEmpty()) {
            LoaderSettings.checkUnreadable(
                    skipped.size(),
                    parts.data.validation().size(),
                    parts.settings.mostUnreadable(),
                    skipped.get(skipped.size() - 1).reason());
        }
    }

    /** Writes a checkpoint and deletes those that are one too many. */
    private void save() throws IOException {
        Path state = writeState();
        List<Path> states = parts.folder.states();
        int kept = Math.min(parts.settings.keptStates(), states.size());
        for (Path old : states.subList(kept, states.size())) {
            Files.deleteIfExists(old);
        }
        parts.listener.saved(state);
    }

    /** Writes a checkpoint and deletes no older one. */
    private Path writeState() throws IOException {
        checkValues();
        Path state = parts.folder.state(position.steps());
        try {
            parts.learner.save(state, position);
        } catch (IOException e) {
            // A process that ends deletes what is being written, and may do so before it says so.
            parts.learner.save(state, position);
        }
        lastSave = System.nanoTime();
        return state;
    }
}
