package org.efficientzoo.training.run;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDList;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.training.Evaluation;
import org.efficientzoo.training.Evaluator;
import org.efficientzoo.training.StepResult;
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

/**
 * A training run: epochs of steps and validation, written down in a folder so that it can be killed
 * at any moment and goes on bit for bit from its last checkpoint.
 */
public final class TrainingRun {

    private final Recipe recipe;
    private final TrainingFolders data;
    private final RunFolder folder;
    private final RunSettings settings;
    private final RunListener listener;
    private final boolean resumed;
    private volatile boolean stopping;
    private Position position = Position.START;
    private long lastSave;

    /**
     * Sets up a run.
     *
     * @param recipe the recipe, which names a network
     * @param data the data set
     * @param folder the run's folder
     * @param settings what does not change its result
     * @param listener is told how it goes
     * @param resumed whether to go on from the latest checkpoint, if there is one
     */
    public TrainingRun(
            Recipe recipe,
            TrainingFolders data,
            RunFolder folder,
            RunSettings settings,
            RunListener listener,
            boolean resumed) {
        this.recipe = recipe;
        this.data = data;
        this.folder = folder;
        this.settings = settings;
        this.listener = listener;
        this.resumed = resumed;
    }

    /** Asks the run to write a checkpoint after the step that it is in, and to end. */
    public void stop() {
        stopping = true;
    }

    /**
     * Trains to the end, or until it is stopped.
     *
     * @return whether it came to the end
     * @throws IOException if images cannot be read, or results not written
     * @throws ModelNotFoundException if there is no such network or weights
     * @throws MalformedModelException if the weights to start from do not fit
     * @throws TranslateException if the network fails in validation
     * @throws InterruptedException if the thread is interrupted
     * @throws TrainingFailure if the loss is no number
     */
    public boolean run()
            throws IOException,
                    ModelNotFoundException,
                    MalformedModelException,
                    TranslateException,
                    InterruptedException {
        Optional<Path> state = resumed ? folder.latestState() : Optional.empty();
        int classes = data.classes().size();
        try (ZooModel<NDList, NDList> model =
                        StartingModel.load(recipe, settings.engine(), classes, state.isPresent());
                Learner learner = new Learner(model, recipe, classes)) {
            if (state.isPresent()) {
                position = learner.load(state.get());
            }
            Environment environment = Environment.read(folder.environment());
            environment
                    .with(
                            Environment.session(
                                    model.getNDManager(), position.steps(), settings.workers()))
                    .write(folder.environment());
            WeightsFiles weights = new WeightsFiles(model, data.classes());
            String title =
                    "%s on %s"
                            .formatted(
                                    recipe.network().name().orElseThrow(),
                                    data.root().toAbsolutePath().normalize().getFileName());
            try (Journal journal = new Journal(folder, title, position)) {
                return train(learner, weights, journal);
            }
        }
    }

    private boolean train(Learner learner, WeightsFiles weights, Journal journal)
            throws IOException, TranslateException, InterruptedException {
        if (position.epoch() >= recipe.epochs()) {
            return true;
        }
        LoaderSettings usual = LoaderSettings.of(recipe.seed(), recipe.batch(), settings.workers());
        LoaderSettings loading =
                new LoaderSettings(
                        recipe.seed(),
                        recipe.batch(),
                        recipe.dropLast(),
                        settings.workers(),
                        usual.batchesAhead(),
                        settings.mostUnreadable(),
                        settings.cache(),
                        usual.cacheBytes());
        int batches = loading.batches(data.train().size());
        Schedule.Length length = new Schedule.Length((long) recipe.epochs() * batches, batches);
        boolean validationLeft = position.batch() == batches;
        lastSave = System.nanoTime();
        try (TrainingLoader loader =
                new TrainingLoader(
                        data.train(),
                        new TrainTransform(recipe.augmentation()),
                        loading,
                        position.epoch() + (validationLeft ? 1 : 0),
                        validationLeft ? 0 : position.batch(),
                        listener::skipped)) {
            while (position.epoch() < recipe.epochs()) {
                if (!trainEpoch(learner, loader, length)
                        || !endEpoch(learner, weights, journal, length)) {
                    save(learner);
                    return false;
                }
            }
        }
        return true;
    }

    /** The rest of an epoch; false where the run is to stop. */
    private boolean trainEpoch(Learner learner, TrainingLoader loader, Schedule.Length length)
            throws IOException, InterruptedException {
        while (position.batch() < length.stepsPerEpoch()) {
            if (stopping) {
                return false;
            }
            long start = System.nanoTime();
            long waited = loader.waitNanos();
            double rate = rate(learner.steps(), length);
            StepResult result;
            try (TrainingBatch batch = loader.next()) {
                result = learner.learn(batch, rate);
            }
            if (!result.taken()) {
                throw new TrainingFailure(
                        learner.steps(), position.epoch() + 1, rate, folder.latestState());
            }
            Tally tally =
                    position.tally()
                            .and(
                                    result.loss(),
                                    result.counts(),
                                    (System.nanoTime() - start) / 1e9,
                                    (loader.waitNanos() - waited) / 1e9);
            position = position.afterBatch(learner.steps(), learner.averageUpdates(), tally);
            listener.step(progress(length));
            if (System.nanoTime() - lastSave > settings.saveEvery().toNanos()) {
                save(learner);
            }
        }
        return true;
    }

    private double rate(long step, Schedule.Length length) {
        return recipe.learningRate() * recipe.schedule().value(step, length);
    }

    private StepProgress progress(Schedule.Length length) {
        Tally tally = position.tally();
        long ofEpoch = Math.min(data.train().size(), length.stepsPerEpoch() * recipe.batch());
        long left = ofEpoch - tally.images() + ofEpoch * (recipe.epochs() - position.epoch() - 1);
        return new StepProgress(
                position.epoch() + 1,
                recipe.epochs(),
                tally.images(),
                ofEpoch,
                tally.loss(),
                tally.counts().top1Accuracy(),
                tally.imagesPerSecond(),
                left / Math.max(1e-9, tally.imagesPerSecond()));
    }

    /** Validation and what is written after it; false where the run is to stop. */
    private boolean endEpoch(
            Learner learner, WeightsFiles weights, Journal journal, Schedule.Length length)
            throws IOException, TranslateException {
        Best best = position.best();
        Optional<Evaluation> validation = Optional.empty();
        Optional<Evaluation> average = Optional.empty();
        try {
            validation = validate(learner);
            best = better(best, validation, weights, learner, false);
            if (learner.keepsAverage()) {
                average = learner.withAverage(() -> validate(learner));
                best = better(best, average, weights, learner, true);
                learner.withAverage(
                        () -> {
                            weights.write(folder.average());
                            return null;
                        });
            }
        } catch (Stopped e) {
            return false;
        }
        weights.write(folder.last());
        Map<String, Object> row =
                Row.of(
                        position,
                        rate(position.steps() - 1, length),
                        validation,
                        average,
                        ProcessMemory.peakResidentBytes());
        journal.add(row);
        listener.epoch(row);
        position = position.nextEpoch(best);
        save(learner);
        return true;
    }

    private Best better(
            Best best,
            Optional<Evaluation> found,
            WeightsFiles weights,
            Learner learner,
            boolean averaged)
            throws IOException {
        double top1 = found.map(evaluation -> evaluation.total().top1Accuracy()).orElse(-1.0);
        if (top1 <= best.top1()) {
            return best;
        }
        if (averaged) {
            learner.withAverage(
                    () -> {
                        weights.write(folder.best());
                        return null;
                    });
        } else {
            weights.write(folder.best());
        }
        return new Best(top1, position.epoch() + 1);
    }

    private Optional<Evaluation> validate(Learner learner) throws IOException {
        if (data.validation().isEmpty()) {
            return Optional.empty();
        }
        Evaluator evaluator =
                new Evaluator(
                        learner,
                        recipe.validationTransform(),
                        settings.validationBatch(),
                        settings.workers());
        int all = data.validation().size();
        try {
            return Optional.of(
                    evaluator.run(
                            data.validation(),
                            data.classes().size(),
                            images -> {
                                listener.validated(images, all);
                                if (stopping) {
                                    throw new Stopped();
                                }
                            }));
        } catch (TranslateException e) {
            throw new TrainingFailure(
                    position.steps(), position.epoch() + 1, 0, folder.latestState());
        }
    }

    /** The run was asked to stop during validation. */
    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private void save(Learner learner) throws IOException {
        Path state = folder.state(position.steps());
        try {
            learner.save(state, position);
        } catch (IOException e) {
            if (!stopping) {
                throw e;
            }
            learner.save(state, position); // a file begun before the process was told to end
        }
        lastSave = System.nanoTime();
        var states = folder.states();
        for (Path old :
                states.subList(Math.min(settings.keptStates(), states.size()), states.size())) {
            Files.deleteIfExists(old);
        }
        listener.saved(state);
    }
}
