package org.efficientzoo.training.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.efficientzoo.training.data.ClassOrder;
import org.efficientzoo.training.data.LoaderSettings;
import org.efficientzoo.training.data.TrainingFolders;
import org.efficientzoo.training.recipe.Recipe;
import org.efficientzoo.training.recipe.Recipes;
import org.efficientzoo.zoo.ClassNames;
import org.efficientzoo.zoo.file.Directories;
import org.efficientzoo.zoo.file.WholeFile;

/**
 * Begins runs and goes on with them.
 *
 * @param output the folder of the run
 * @param settings what does not change its result
 */
public record TrainingRuns(Path output, RunSettings settings) {

    /**
     * Sets up a run that begins. Its folder is made when it runs, once its network stands.
     *
     * @param root the data set
     * @param classesFile a class list that gives the order of the classes
     * @param recipe the recipe, which names a network
     * @param listener is told how it goes
     * @return the run
     * @throws IOException if the data set is none, or the folder holds something
     * @throws IllegalArgumentException if recipe and data set do not go together, or the name of a
     *     class cannot be written down
     */
    public TrainingRun begin(
            Path root, Optional<Path> classesFile, Recipe recipe, RunListener listener)
            throws IOException {
        Optional<ClassOrder> order = Optional.empty();
        if (classesFile.isPresent()) {
            ClassNames listed = ClassNames.read(classesFile.get());
            order = Optional.of(new ClassOrder(listed, ClassOrder.Rule.CLASSES_FILE));
        }
        Recipe placed = recipe.on(root);
        TrainingFolders data =
                TrainingFolders.of(root, order, placed.validationImages(), recipe.seed());
        data.classes().checkLines(); // or the run could not go on
        LoaderSettings.checkBatch(recipe.batch(), data.train().size(), recipe.imageLength());
        RunFolder folder = RunFolder.naming(output);
        return new TrainingRun(
                placed,
                data,
                folder,
                settings,
                listener,
                Optional.of((complete, ordered) -> make(folder, complete, ordered)));
    }

    private void make(RunFolder folder, Recipe recipe, TrainingFolders data) throws IOException {
        Directories.make(folder.checkpoints());
        WholeFile.write(folder.classes(), String.join("\n", data.classes().lines()) + "\n");
        new Environment(
                        settings.engine(),
                        data.root().toAbsolutePath().normalize().toString(),
                        data.fingerprint(),
                        data.order().rule().toString(),
                        data.source().text(),
                        recipe.seed(),
                        List.of())
                .write(folder.environment());
        WholeFile.write(folder.recipe(), Recipes.text(recipe)); // last: with it the run is one
    }

    /**
     * Goes on with a run.
     *
     * @param root the data set, where it is not where it was; the run remembers it
     * @param listener is told how it goes
     * @return the run
     * @throws IOException if there is no such run, or the data set or the engine has changed
     */
    public TrainingRun resume(Optional<Path> root, RunListener listener) throws IOException {
        RunFolder folder = RunFolder.open(output);
        Environment environment = Environment.read(folder.environment());
        if (!environment.engine().equals(settings.engine())) {
            throw new IOException(
                    "%s was begun on %s and must go on there, found %s"
                            .formatted(output, environment.engine(), settings.engine()));
        }
        Recipe recipe = folder.readRecipe();
        TrainingFolders data =
                TrainingFolders.of(
                        root.orElseGet(() -> Path.of(environment.data())),
                        Optional.of(environment.order(ClassNames.read(folder.classes()))),
                        recipe.validationImages(),
                        recipe.seed());
        Optional<String> difference = environment.fingerprint().difference(data.fingerprint());
        if (difference.isPresent()) {
            throw new IOException(difference.get());
        }
        return new TrainingRun(recipe, data, folder, settings, listener, Optional.empty());
    }

    /**
     * Whether a run was begun in a folder.
     *
     * @param output the folder
     * @return false where there is no folder, or no run in it
     */
    public static boolean isRun(Path output) {
        return new RunFolder(output).isRun();
    }

    /**
     * Reads the recipe of a run that there is.
     *
     * @param output the folder of the run
     * @return the recipe, complete
     * @throws IOException if there is no such run, or its recipe cannot be read
     */
    public static Recipe recipe(Path output) throws IOException {
        return RunFolder.open(output).readRecipe();
    }

    /**
     * Reads the classes of a run that there is.
     *
     * @param output the folder of the run
     * @return the classes in the order of the outputs
     * @throws IOException if there is no such run, or its class list cannot be read
     */
    public static ClassNames classes(Path output) throws IOException {
        return ClassNames.read(RunFolder.open(output).classes());
    }

    /**
     * Reads where the data set of a run was last.
     *
     * @param output the folder of the run
     * @return the absolute path of the data set
     * @throws IOException if there is no such run
     */
    public static Path data(Path output) throws IOException {
        return Path.of(Environment.read(RunFolder.open(output).environment()).data());
    }

    /**
     * Reads the engine of a run that there is.
     *
     * @param output the folder of the run
     * @return the engine's name
     * @throws IOException if there is no such run
     */
    public static String engine(Path output) throws IOException {
        return Environment.read(RunFolder.open(output).environment()).engine();
    }
}
