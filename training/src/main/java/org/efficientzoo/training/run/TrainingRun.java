package org.efficientzoo.training.run;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.efficientzoo.training.data.LoaderSettings;
import org.efficientzoo.training.data.TrainingFolders;
import org.efficientzoo.training.optim.Schedule;
import org.efficientzoo.training.recipe.Recipe;
import org.efficientzoo.zoo.EfficientModelZoo;
import org.efficientzoo.zoo.checkpoint.CheckpointCard;
import org.efficientzoo.zoo.file.Directories;
import org.efficientzoo.zoo.file.FileLock;
import org.efficientzoo.zoo.file.WholeFile;

/**
 * A training run: epochs of steps and validation, written down in a folder so that it can be killed
 * at any moment and goes on bit for bit from its last checkpoint.
 */
public final class TrainingRun {

    private final Recipe recipe;
    private TrainingFolders data; // in the order of the weights once these are there
    private final RunFolder folder;
    private final RunSettings settings;
    private final RunListener listener;
    private final Optional<Beginning> beginning;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private volatile boolean learning;

    /** Fills the folder of a run that begins, once its network stands. */
    interface Beginning {
        void make(Recipe complete, TrainingFolders data) throws IOException;
    }

    /**
     * Sets up a run.
     *
     * @param recipe the recipe, which names a network
     * @param data the data set
     * @param folder the run's folder
     * @param settings what does not change its result
     * @param listener is told how it goes
     * @param beginning fills the folder; empty to go on from the latest checkpoint of one
     */
    TrainingRun(
            Recipe recipe,
            TrainingFolders data,
            RunFolder folder,
            RunSettings settings,
            RunListener listener,
            Optional<Beginning> beginning) {
        this.recipe = recipe;
        this.data = data;
        this.folder = folder;
        this.settings = settings;
        this.listener = listener;
        this.beginning = beginning;
    }

    /**
     * Asks the run to write a checkpoint after the step that it is in, and to end.
     *
     * @return whether it will; false before its first step, when there is nothing to wait for
     */
    public boolean stop() {
        stopping.set(true);
        return learning;
    }

    /**
     * Trains to the end, or until it is stopped.
     *
     * @return whether it came to the end
     * @throws IOException if images cannot be read or results not written, or a loss, weight or
     *     logit is no number ({@link TrainingFailure})
     * @throws ModelNotFoundException if there is no such network or weights
     * @throws MalformedModelException if the weights to start from do not fit
     * @throws IllegalArgumentException if a pattern of the recipe matches no parameter, or a
     *     setting does not suit the network
     * @throws IllegalStateException if memory is too short for an image
     * @throws InterruptedException if the thread is interrupted
     */
    public boolean run()
            throws IOException,
                    ModelNotFoundException,
                    MalformedModelException,
                    InterruptedException {
        return beginning.isPresent() ? begin(beginning.get()) : resume();
    }

    private boolean begin(Beginning first)
            throws IOException,
                    ModelNotFoundException,
                    MalformedModelException,
                    InterruptedException {
        try (ZooModel<NDList, NDList> model = load(false);
                Learner learner = new Learner(model, recipe, data.classes().size())) {
            if (recipe.start().isTrained() && !recipe.start().freshHead()) {
                data = data.inOrderOf(EfficientModelZoo.classNames(model));
                data.classes().checkLines();
            }
            SingleValues.check(model.getBlock(), recipe, data.train().size());
            Directories.make(folder.root());
            try (FileLock lock = folder.take()) {
                folder.checkUnused(); // another process may have been faster
                Recipe complete =
                        recipe.with(
                                recipe.network()
                                        .completed(
                                                CheckpointCard.fromMap(model.getProperties())
                                                        .arguments()),
                                recipe.start().anywhere());
                first.make(complete, data);
                return run(model, learner, Position.START, lock);
            }
        }
    }

    private boolean resume()
            throws IOException,
                    ModelNotFoundException,
                    MalformedModelException,
                    InterruptedException {
        try (FileLock lock = folder.take()) {
            WholeFile.deleteUnfinished(folder.checkpoints()); // where nobody writes without it
            List<Path> states = folder.states();
            try (ZooModel<NDList, NDList> model = load(!states.isEmpty());
                    Learner learner = new Learner(model, recipe, data.classes().size())) {
                return run(model, learner, position(learner, states), lock);
            }
        }
    }

    /** Goes on from the latest state that can be read, and puts later ones aside. */
    private Position position(Learner learner, List<Path> states) throws IOException {
        Map<Path, IOException> unread = new LinkedHashMap<>();
        for (Path state : states) {
            Position position;
            try {
                position = learner.load(state);
            } catch (IOException e) {
                unread.put(state, e);
                continue;
            }
            for (Map.Entry<Path, IOException> later : unread.entrySet()) {
                Path aside = folder.putAside(later.getKey());
                listener.warning(
                        "%s; kept as %s; going on from %s"
                                .formatted(
                                        later.getValue().getMessage(),
                                        aside.getFileName(),
                                        state.getFileName()));
            }
            return position;
        }
        if (!unread.isEmpty()) {
            throw unread.values().iterator().next();
        }
        return Position.START;
    }

    private ZooModel<NDList, NDList> load(boolean replaced)
            throws IOException, ModelNotFoundException, MalformedModelException {
        return StartingModel.load(
                recipe, settings.engine(), data.classes().size(), replaced, listener.download());
    }

    private boolean run(
            ZooModel<NDList, NDList> model, Learner learner, Position position, FileLock lock)
            throws IOException, InterruptedException {
        if (!lock.isHeld()) {
            throw new IllegalStateException("the lock of the run must be held");
        }
        NDManager manager = model.getNDManager();
        Environment before = Environment.read(folder.environment());
        Environment.Session session =
                Environment.session(
                        manager, position.steps(), settings.workers(), learner.layout());
        before.difference(session).ifPresent(listener::warning);
        Path root = data.root().toAbsolutePath().normalize();
        before.with(session, root, recipe.seed()).write(folder.environment());
        String network = recipe.network().name().orElseThrow();
        LoaderSettings loading = loading();
        int batches = loading.batches(data.train().size());
        Schedule.Length length = new Schedule.Length((long) recipe.epochs() * batches, batches);
        listener.starting(
                new RunListener.Plan(
                        network,
                        learner.parameters(),
                        data.train().size(),
                        data.validation().size(),
                        data.classes().size(),
                        data.order().rule(),
                        data.source().text(),
                        data.notes(),
                        recipe.epochs(),
                        length.steps(),
                        position.steps(),
                        recipe.batch(),
                        manager.getEngine().getEngineName()
                                + " "
                                + manager.getEngine().getVersion(),
                        manager.getDevice().toString()));
        if (position.epoch() >= recipe.epochs()) {
            return true;
        }
        String title = network + " on " + root.getFileName();
        try (Journal journal = new Journal(folder, title, position, listener)) {
            EpochLoop loop =
                    new EpochLoop(
                            new EpochLoop.Parts(
                                    recipe,
                                    data,
                                    folder,
                                    settings,
                                    listener,
                                    learner,
                                    new WeightsFiles(model, data.classes()),
                                    journal),
                            length,
                            stopping,
                            position);
            learning = true;
            return loop.run(loading);
        }
    }

    private LoaderSettings loading() {
        LoaderSettings usual = LoaderSettings.of(recipe.seed(), recipe.batch(), settings.workers());
        return new LoaderSettings(
                recipe.seed(),
                recipe.batch(),
                recipe.dropLast(),
                settings.workers(),
                LoaderSettings.batchesAhead(recipe.batch(), recipe.imageLength()),
                settings.mostUnreadable(),
                settings.cache(),
                usual.cacheBytes());
    }
}
