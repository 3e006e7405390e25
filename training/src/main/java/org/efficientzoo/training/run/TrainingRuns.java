package org.efficientzoo.training.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
     * @throws IllegalArgumentException if recipe and data set do not go together
     */
    public TrainingRun begin(
            Path root, Optional<Path> classesFile, Recipe recipe, RunListener listener)
            throws IOException {
        TrainingFolders data =
                classesFile.isPresent()
                        ? TrainingFolders.of(root, ClassNames.read(classesFile.get()))
                        : TrainingFolders.of(root);
        LoaderSettings.checkBatch(recipe.batch(), data.train().size(), recipe.imageLength());
        RunFolder folder = RunFolder.naming(output);
        Environment environment =
                new Environment(
                        settings.engine(),
                        root.toAbsolutePath().normalize().toString(),
                        data.fingerprint(),
                        recipe.seed(),
                        List.of());
        return new TrainingRun(
                recipe,
                data,
                folder,
                settings,
                listener,
                Optional.of(complete -> make(folder, complete, data, environment)));
    }

    private static void make(
            RunFolder folder, Recipe recipe, TrainingFolders data, Environment environment)
            throws IOException {
        Directories.make(folder.checkpoints());
        WholeFile.write(folder.classes(), String.join("\n", data.classes().lines()) + "\n");
        environment.write(folder.environment());
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
        TrainingFolders data =
                TrainingFolders.of(
                        root.orElseGet(() -> Path.of(environment.data())),
                        ClassNames.read(folder.classes()));
        Optional<String> difference = environment.fingerprint().difference(data.fingerprint());
        if (difference.isPresent()) {
            throw new IOException(difference.get());
        }
        Recipe recipe = folder.readRecipe();
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
