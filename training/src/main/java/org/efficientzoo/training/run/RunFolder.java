package org.efficientzoo.training.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder of a run and the names of what is in it.
 *
 * @param root the folder
 */
public record RunFolder(Path root) {

    private static final Pattern STATE = Pattern.compile("state-\\d{8,}\\.safetensors");

    /**
     * Names the folder of a new run, which is made later.
     *
     * @param root where it is to be; an empty folder may be there
     * @return the folder
     * @throws IOException if there is something else
     */
    static RunFolder naming(Path root) throws IOException {
        RunFolder folder = new RunFolder(root);
        if (Files.exists(root) && !Files.isDirectory(root)) {
            throw new IOException(root + " is no folder; name another place");
        }
        if (folder.isRun()) {
            throw new IOException(
                    root
                            + " holds a run already; --resume goes on with it, or name another folder");
        }
        if (Files.exists(root)) {
            try (Stream<Path> entries = Files.list(root)) {
                if (entries.findAny().isPresent()) {
                    throw new IOException(root + " is not empty; name another folder");
                }
            }
        }
        return folder;
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
     * Versions, engine, device, seed and data set.
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

    Path lock() {
        return root.resolve(".lock");
    }

    Path state(long step) {
        return checkpoints().resolve("state-%08d.safetensors".formatted(step));
    }

    /** The states to go on from, the latest first. */
    List<Path> states() throws IOException {
        if (!Files.isDirectory(checkpoints())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(checkpoints())) {
            List<Path> states =
                    new ArrayList<>(
                            files.filter(
                                            file ->
                                                    STATE.matcher(file.getFileName().toString())
                                                            .matches())
                                    .toList());
            states.sort(
                    Comparator.comparingLong(RunFolder::step).reversed()); // names may grow longer
            return states;
        }
    }

    private static long step(Path state) {
        return Long.parseLong(state.getFileName().toString().replaceAll("\\D", ""));
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
}
