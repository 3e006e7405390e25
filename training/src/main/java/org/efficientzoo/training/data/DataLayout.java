package org.efficientzoo.training.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.efficientzoo.training.data.ImageFiles.Entries;

/**
 * Where the parts of a data set lie.
 *
 * @param root the data set
 * @param hasTrain whether it has a folder to learn from; else its folders are the classes
 * @param named the folder to validate on, if one was named
 */
record DataLayout(Path root, boolean hasTrain, Optional<Path> named) {

    /** The folder that is validated on where there is no other. */
    static final String TEST = "test";

    private static final String TRAIN = "train";
    private static final List<String> VALIDATION = List.of("val", "valid", "validation");

    /** Folders that are none of the classes even where they hold images alone. */
    private static final Set<String> TESTS = Set.of(TEST, "testing");

    /**
     * Looks at a data set.
     *
     * @param asked the images to validate on, if somebody said which
     * @throws IOException if there is none, or no such folder to validate on
     */
    static DataLayout of(Path root, Optional<ValidationImages> asked) throws IOException {
        ImageFiles.check(root);
        Optional<Path> named = Optional.empty();
        if (asked.orElse(null) instanceof ValidationImages.Folder folder) {
            named = Optional.of(root.resolve(folder.folder()));
            ImageFiles.check(named.get());
        }
        return new DataLayout(root, hasTrain(root), named);
    }

    /** A folder that is called so may be a class of vehicles, if it has neighbors like it. */
    private static boolean hasTrain(Path root) throws IOException {
        Path train = root.resolve(TRAIN);
        if (!Files.isDirectory(train)) {
            return false;
        }
        long others =
                Entries.of(root).folders().stream()
                        .filter(folder -> !LabelledImages.isPart(FileNames.of(folder)))
                        .count();
        return others < 2 || !isClassAlone(train);
    }

    /** Whether a folder has images, and nothing that says other classes of them. */
    private static boolean isClassAlone(Path folder) throws IOException {
        return LabelledImages.isFlat(folder) && LabelledImages.listOf(folder).isEmpty();
    }

    /** Whether a folder of the data set is a class of it, where there is none to learn from. */
    private boolean isClass(Path folder) throws IOException {
        String name = FileNames.of(folder);
        if (named.isPresent() && Files.isSameFile(named.get(), folder)) {
            return false;
        }
        return !LabelledImages.isPart(name)
                || (!TESTS.contains(name.toLowerCase(Locale.ROOT)) && isClassAlone(folder));
    }

    /**
     * Reads the images to learn from, or, where there is no folder of them, all images.
     *
     * @throws IOException if there are none with classes; the message says why
     */
    LabelledImages train() throws IOException {
        if (hasTrain) {
            return LabelledImages.read(root.resolve(TRAIN));
        }
        List<Path> classes = classes();
        if (classes.size() < 2) {
            throw new IOException(
                    root + " must have a folder train with a folder a class, found none");
        }
        return LabelledImages.ofFolders(root, classes::contains);
    }

    private List<Path> classes() throws IOException {
        List<Path> classes = new ArrayList<>();
        for (Path folder : Entries.of(root).folders()) {
            if (isClass(folder)) {
                classes.add(folder);
            }
        }
        return classes;
    }

    /** The folder to validate on, if there is one: the named one or the first usual one. */
    Optional<Path> validation() throws IOException {
        if (named.isPresent()) {
            return named;
        }
        for (String name : VALIDATION) {
            Path folder = root.resolve(name);
            if (Files.isDirectory(folder) && (hasTrain || !isClass(folder))) {
                return Optional.of(folder);
            }
        }
        return Optional.empty();
    }

    /** The folder to test on, if there is one. */
    Optional<Path> test() {
        return Optional.of(root.resolve(TEST)).filter(Files::isDirectory);
    }

    /**
     * Reads a part of the data set.
     *
     * @throws IOException if its images have no classes; the message says where these are looked
     *     for
     */
    static LabelledImages read(Path part) throws IOException {
        try {
            return LabelledImages.read(part);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            if (Entries.of(part).folders().isEmpty() && LabelledImages.listOf(part).isEmpty()) {
                String list = FileNames.of(part) + "_labels.txt";
                throw new IOException(
                        e.getMessage() + "; nor is there " + part.resolveSibling(list), e);
            }
            throw e;
        }
    }
}
