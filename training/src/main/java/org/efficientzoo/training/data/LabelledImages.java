package org.efficientzoo.training.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.efficientzoo.training.data.ClassFolders.Sample;
import org.efficientzoo.training.data.ImageFiles.Entries;

/**
 * Images with the names of their classes, before these have indices.
 *
 * @param root the folder
 * @param labels the names of the classes, sorted; a folder without images has one, too
 * @param images the images, class by class where classes are folders, else sorted
 * @param passedOver what is none of them
 * @param list the text that says the classes, if these are no folders
 */
record LabelledImages(
        Path root,
        List<String> labels,
        List<Image> images,
        PassedOver passedOver,
        Optional<Path> list) {

    /** Folders that are parts of a data set where they hold class folders. */
    private static final Set<String> PARTS =
            Set.of("train", "training", "val", "valid", "validation", "test", "testing");

    /** An image, the name of its class, and the line of the list that says it, 0 without one. */
    record Image(Path file, String label, int line) {}

    /**
     * Reads a folder that has a folder a class, or images whose classes stand in a text.
     *
     * @throws IOException if it has neither; the message says why
     */
    static LabelledImages read(Path root) throws IOException {
        Optional<Path> list = listOf(root);
        return list.isPresent() ? LabelsFile.read(list.get(), root) : ofFolders(root, path -> true);
    }

    /**
     * Finds the text that has the classes of a folder's images: {@code FOLDER_labels.txt} or {@code
     * .csv} beside it, Tiny ImageNet's {@code FOLDER_annotations.txt} in it, or, where it has no
     * folders a class, {@code FOLDER.txt} or {@code .csv} beside it. Of a folder {@code test} the
     * latter are no labels but what is asked for.
     */
    static Optional<Path> listOf(Path folder) throws IOException {
        ImageFiles.check(folder);
        String name = FileNames.of(folder.toAbsolutePath().normalize());
        List<Path> named =
                List.of(
                        folder.resolveSibling(name + "_labels.txt"),
                        folder.resolveSibling(name + "_labels.csv"),
                        folder.resolve(name + "_annotations.txt"));
        Optional<Path> found = named.stream().filter(Files::exists).findFirst();
        if (found.isPresent() || name.equals(DataLayout.TEST) || !isFlat(folder)) {
            return found;
        }
        return Stream.of(".txt", ".csv")
                .map(ending -> folder.resolveSibling(name + ending))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /** Whether a folder has images of its own and no folders. */
    static boolean isFlat(Path folder) throws IOException {
        Entries entries = Entries.of(folder);
        return entries.folders().isEmpty() && entries.hasImages();
    }

    /** Whether a name is that of a part of a data set. */
    static boolean isPart(String name) {
        return PARTS.contains(name.toLowerCase(Locale.ROOT));
    }

    /**
     * Reads a folder that has a folder a class.
     *
     * @param isClass which of its folders are classes
     * @throws IOException if there is none, or they are the parts of a data set
     */
    static LabelledImages ofFolders(Path root, Predicate<Path> isClass) throws IOException {
        Entries entries = checkFolders(root, isClass);
        List<String> labels = new ArrayList<>();
        List<Image> images = new ArrayList<>();
        PassedOver passedOver = entries.passedOver();
        for (Path folder : entries.folders()) {
            if (isClass.test(folder)) {
                String label = FileNames.of(folder);
                labels.add(label);
                ImageFiles found = ImageFiles.below(folder);
                found.images().forEach(file -> images.add(new Image(file, label, 0)));
                passedOver = passedOver.and(found.passedOver());
            }
        }
        return new LabelledImages(
                root, labels.stream().sorted().toList(), images, passedOver, Optional.empty());
    }

    /**
     * Makes sure that a folder has a folder a class.
     *
     * @param isClass which of its folders are classes
     * @return what lies in it
     * @throws IOException if there is none, or they are the parts of a data set
     */
    static Entries checkFolders(Path root, Predicate<Path> isClass) throws IOException {
        ImageFiles.check(root);
        Entries entries = Entries.of(root);
        List<Path> folders = entries.folders().stream().filter(isClass).toList();
        if (folders.isEmpty()) {
            throw new IOException(
                    entries.hasImages()
                            ? root + " must have a folder a class, found images without one"
                            : root + " must have a folder a class, found none");
        }
        if (folders.stream().map(FileNames::of).allMatch(LabelledImages::isPart)) {
            throw new IOException(
                    "%s holds the parts of a data set, not its classes; name one: %s"
                            .formatted(root, folders.get(folders.size() - 1)));
        }
        return entries;
    }

    /**
     * Gives the images the indices of their classes.
     *
     * @param order the order of the classes, all of which it must have
     */
    ClassFolders numbered(ClassOrder order) {
        Map<String, Integer> indices = order.indices(labels);
        List<Sample> samples =
                images.stream()
                        .map(image -> new Sample(image.file, indices.get(image.label)))
                        .toList();
        return new ClassFolders(root, order, samples, passedOver);
    }

    /** The classes that an order does not have. */
    List<String> unknown(ClassOrder order) {
        Map<String, Integer> indices = order.indices(labels);
        return labels.stream().filter(label -> !indices.containsKey(label)).toList();
    }
}
