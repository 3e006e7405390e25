package org.efficientzoo.training.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.efficientzoo.training.recipe.Recipe;
import org.efficientzoo.training.recipe.Recipes;
import org.efficientzoo.zoo.file.FileLock;
import org.efficientzoo.zoo.file.WholeFile;

/**
 * The folder of a run and the names of what is in it.
 *
 * @param root the folder
 */
public record RunFolder(Path root) {

    private static final Pattern STATE = Pattern.compile("state-(\\d{8,})\\.safetensors");
    private static final int MOST_DIGITS = 18; // of a step, which is a long

    /**
     * Names the folder of a new run, which is made later.
     *
     * @param root where it is to be; an empty folder may be there
     * @return the folder
     * @throws IOException if there is something else
     */
    static RunFolder naming(Path root) throws IOException {
        RunFolder folder = new RunFolder(root);
        folder.checkUnused();
        return folder;
    }

    /**
     * Makes sure that a run can begin here. What a process left that was killed before its run was
     * one does not count.
     *
     * @throws IOException if there is something else
     */
    void checkUnused() throws IOException {
        if (Files.exists(root) && !Files.isDirectory(root)) {
            throw new IOException(root + " is no folder; name another place");
        }
        if (isRun()) {
            throw new IOException(
                    root
                            + " holds a run already; --resume goes on with it, or name another folder");
        }
        for (Path entry : list(root)) {
            if (!isOfBeginning(entry)) {
                throw new IOException(root + " is not empty; name another folder");
            }
        }
    }

    private boolean isOfBeginning(Path entry) throws IOException {
        if (!Files.exists(lock())) {
            return false; // which a beginning makes first
        }
        if (entry.equals(checkpoints())) {
            return Files.isDirectory(entry) && list(entry).isEmpty();
        }
        return List.of(lock(), classes(), environment()).contains(entry)
                || WholeFile.isUnfinished(entry);
    }

    private static List<Path> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        }
    }

    /**
     * Opens the folder of a run.
     *
     * @param root the folder
     * @return the folder
     * @throws IOException if there is no run in it
     */
    public static RunFolder open(Path root) throws IOException {
        RunFolder folder = new RunFolder(root);
        if (!Files.exists(root)) {
            throw new IOException("there is no run " + root + "; without --resume it is begun");
        }
        if (!folder.isRun()) {
            throw new IOException(
                    "%s holds no run: it has no %s".formatted(root, folder.recipe().getFileName()));
        }
        return folder;
    }

    /**
     * Whether a run was begun here.
     *
     * @return whether there is a recipe
     */
    public boolean isRun() {
        return Files.exists(recipe());
    }

    /**
     * The recipe.
     *
     * @return the file
     */
    public Path recipe() {
        return root.resolve("recipe.json");
    }

    /**
     * Versions, engine, device and data set.
     *
     * @return the file
     */
    public Path environment() {
        return root.resolve("environment.json");
    }

    /**
     * The class list.
     *
     * @return the file
     */
    public Path classes() {
        return root.resolve("classes.txt");
    }

    /**
     * A row an epoch.
     *
     * @return the file
     */
    public Path metrics() {
        return root.resolve("metrics.csv");
    }

    /**
     * The picture of the metrics.
     *
     * @return the file
     */
    public Path curves() {
        return root.resolve("curves.png");
    }

    /**
     * Where the checkpoints are.
     *
     * @return the folder
     */
    public Path checkpoints() {
        return root.resolve("checkpoints");
    }

    /**
     * The weights that validated best so far.
     *
     * @return the file
     */
    public Path best() {
        return checkpoints().resolve("best.safetensors");
    }

    /**
     * The weights after the last epoch.
     *
     * @return the file
     */
    public Path last() {
        return checkpoints().resolve("last.safetensors");
    }

    /**
     * The averaged weights after the last epoch.
     *
     * @return the file
     */
    public Path average() {
        return checkpoints().resolve("average.safetensors");
    }

    private Path lock() {
        return root.resolve(".lock");
    }

    /**
     * Lets one process at a time work on the run.
     *
     * @return the lock
     * @throws IOException if another one works on it, or a file that it would write is a link out
     *     of the folder
     */
    FileLock take() throws IOException {
        List<Path> written =
                List.of(
                        lock(),
                        recipe(),
                        environment(),
                        classes(),
                        metrics(),
                        curves(),
                        checkpoints());
        for (Path file : written) {
            checkLink(file);
        }
        for (Path file : list(checkpoints())) {
            checkLink(file);
        }
        return FileLock.tryTake(lock())
                .orElseThrow(() -> new IOException("another process works on the run " + root));
    }

    /** A folder may come from others, and nothing is written through what they have linked. */
    private void checkLink(Path file) throws IOException {
        if (Files.isSymbolicLink(file) && !leadsInside(file)) {
            throw new IOException(
                    "%s must not be a link out of the run's folder, found a link to %s; put the file itself there"
                            .formatted(file, Files.readSymbolicLink(file)));
        }
    }

    private boolean leadsInside(Path link) throws IOException {
        return Files.exists(link) && link.toRealPath().startsWith(root.toRealPath());
    }

    Path state(long step) {
        return checkpoints().resolve(String.format(Locale.ROOT, "state-%08d.safetensors", step));
    }

    /** The states to go on from, the latest first. */
    List<Path> states() throws IOException {
        Map<Long, Path> states = new TreeMap<>(Comparator.reverseOrder()); // names may grow
        for (Path file : list(checkpoints())) {
            Matcher name = STATE.matcher(file.getFileName().toString());
            if (name.matches()) {
                String step = name.group(1);
                if (step.length() > MOST_DIGITS) {
                    throw new IOException(
                            "%s must be named after a step of at most %d digits, found %d"
                                    .formatted(file, MOST_DIGITS, step.length()));
                }
                states.put(Long.parseLong(step), file);
            }
        }
        return List.copyOf(states.values());
    }

    /** Renames a state that cannot be gone on from, so that it counts as none any more. */
    Path putAside(Path state) throws IOException {
        return Files.move(
                state,
                state.resolveSibling("damaged-" + state.getFileName()),
                StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * The latest checkpoint to go on from.
     *
     * @return the file, if there is one
     * @throws IOException if the folder cannot be read
     */
    public Optional<Path> latestState() throws IOException {
        return states().stream().findFirst();
    }

    /** The recipe of the run. */
    Recipe readRecipe() throws IOException {
        try {
            return Recipes.read(Recipes.find(recipe().toString()));
        } catch (IllegalArgumentException e) {
            throw new IOException("the recipe %s: %s".formatted(recipe(), e.getMessage()), e);
        }
    }
}
