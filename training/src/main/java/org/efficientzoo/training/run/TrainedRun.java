package org.efficientzoo.training.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.efficientzoo.training.data.ClassFolders;
import org.efficientzoo.training.data.ClassOrder;
import org.efficientzoo.training.data.TrainingFolders;
import org.efficientzoo.training.recipe.Recipe;
import org.efficientzoo.zoo.ClassNames;

/**
 * A run whose weights are used; it may still be going on.
 *
 * @param folder its folder
 * @param network the name of its network
 */
public record TrainedRun(RunFolder folder, String network) {

    /** Which of its weights. */
    public enum Weights {
        /** Those that validated best so far. */
        BEST,
        /** Those after the last epoch. */
        LAST,
        /** The averaged ones after the last epoch. */
        AVERAGE;

        /** The name as it is typed. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Opens a run.
     *
     * @param root its folder
     * @return the run
     * @throws IOException if there is no run, or its recipe is none; the message says so
     */
    public static TrainedRun open(Path root) throws IOException {
        if (!Files.exists(root)) {
            throw new NoSuchFileException(root.toString(), null, "there is no such run");
        }
        RunFolder folder = RunFolder.open(root);
        String network =
                folder.readRecipe()
                        .network()
                        .name()
                        .orElseThrow(() -> new IOException(folder.recipe() + " names no network"));
        return new TrainedRun(folder, network);
    }

    /**
     * The file of its weights, which says itself how the network is built and what it takes.
     *
     * @param which which of them
     * @return the file
     * @throws IOException if the run has not written it; the message says what there is
     */
    public Path weights(Weights which) throws IOException {
        Path file = file(which);
        if (Files.exists(file)) {
            return file;
        }
        String there =
                Arrays.stream(Weights.values())
                        .filter(other -> Files.exists(file(other)))
                        .map(Weights::toString)
                        .collect(Collectors.joining(" and "));
        throw new IOException(
                there.isEmpty()
                        ? "the run %s has no weights yet: none of its epochs is over"
                                .formatted(folder.root())
                        : "the run %s has no weights %s; there is %s"
                                .formatted(folder.root(), which, there));
    }

    private Path file(Weights which) {
        return switch (which) {
            case BEST -> folder.best();
            case LAST -> folder.last();
            case AVERAGE -> folder.average();
        };
    }

    /**
     * The images that the run validates on.
     *
     * @return the images, their classes in the run's order
     * @throws IOException if the data set is not where it was, has no such images, or has changed
     *     since these were split off
     */
    public ClassFolders validation() throws IOException {
        Environment environment = Environment.read(folder.environment());
        Path data = Path.of(environment.data());
        if (!Files.isDirectory(data)) {
            throw new NoSuchFileException(
                    data.toString(), null, "the data set of the run is not there any more");
        }
        ClassOrder order = environment.order(ClassNames.read(folder.classes()));
        Recipe recipe = folder.readRecipe();
        ClassFolders images =
                TrainingFolders.validationOf(data, order, recipe.validationImages(), recipe.seed())
                        .orElseThrow(
                                () ->
                                        new IOException(
                                                "the data set %s of the run has no images to validate on; name a folder of images"
                                                        .formatted(data)));
        if (images.root().equals(data)) { // another split could have images that were learned from
            Optional<String> difference =
                    environment
                            .fingerprint()
                            .difference(
                                    TrainingFolders.of(
                                                    data,
                                                    Optional.of(order),
                                                    recipe.validationImages(),
                                                    recipe.seed())
                                            .fingerprint());
            if (difference.isPresent()) {
                throw new IOException(difference.get());
            }
        }
        return images;
    }
}
