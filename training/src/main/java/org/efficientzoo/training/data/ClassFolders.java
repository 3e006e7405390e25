package org.efficientzoo.training.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.efficientzoo.zoo.ClassNames;

/**
 * An ImageNet-style folder: one folder a class, images at any depth below it.
 *
 * @param root the folder
 * @param classes the classes in the order of their indices
 * @param samples the images, class by class, sorted by name
 */
public record ClassFolders(Path root, ClassNames classes, List<Sample> samples) {

    /** torchvision's, and GIF; what cannot be decoded is reported when it is read. */
    private static final Set<String> IMAGES =
            Set.of("jpg", "jpeg", "png", "bmp", "gif", "webp", "tif", "tiff", "ppm", "pgm");

    private static final Set<String> PARTS = Set.of("train", "val", "test");

    /** Copies the list. */
    public ClassFolders {
        samples = List.copyOf(samples);
    }

    /**
     * An image and its class.
     *
     * @param file the image
     * @param label the index of its class
     */
    public record Sample(Path file, int label) {}

    /**
     * Reads a folder whose class folders, sorted by name, are the classes.
     *
     * @param root the folder
     * @return its images
     * @throws IOException if it cannot be read or has no class folders with images; the message
     *     says why
     */
    public static ClassFolders of(Path root) throws IOException {
        List<String> folders = folders(root);
        return of(root, new ClassNames(folders, folders));
    }

    /**
     * Reads a folder whose classes stand in a list, which may have more of them.
     *
     * @param root the folder
     * @param classes the classes
     * @return its images
     * @throws IOException if it cannot be read, has no class folders with images, or has one that
     *     the list does not know; the message says why
     */
    public static ClassFolders of(Path root, ClassNames classes) throws IOException {
        Map<String, Integer> labels = new HashMap<>();
        classes.folders().forEach(folder -> labels.put(folder, labels.size()));
        for (int i = 0; i < classes.size(); i++) {
            labels.putIfAbsent(classes.names().get(i), i); // a folder may have the full name
        }
        List<String> folders = folders(root);
        List<String> unknown = folders.stream().filter(f -> !labels.containsKey(f)).toList();
        if (!unknown.isEmpty()) {
            throw new IOException(
                    "the class list does not know %d of %d class folders of %s: %s%s"
                            .formatted(
                                    unknown.size(),
                                    folders.size(),
                                    root,
                                    String.join(
                                            ", ", unknown.subList(0, Math.min(5, unknown.size()))),
                                    unknown.size() > 5 ? ", ..." : ""));
        }
        List<Sample> samples = new ArrayList<>();
        for (String folder : folders) {
            for (Path file : images(root.resolve(folder))) {
                samples.add(new Sample(file, labels.get(folder)));
            }
        }
        if (samples.isEmpty()) {
            throw new IOException("there are no images in the class folders of " + root);
        }
        return new ClassFolders(root, classes, samples);
    }

    /**
     * Reads a folder in the order of the classes of a network where these are known to have such
     * folders, else in the order of their names.
     *
     * @param root the folder
     * @param classes the classes of a network
     * @return its images
     * @throws IOException if it cannot be read or has no class folders with images
     */
    public static ClassFolders ofNetwork(Path root, ClassNames classes) throws IOException {
        boolean known = new HashSet<>(classes.folders()).containsAll(folders(root));
        return known ? of(root, classes) : of(root);
    }

    /**
     * The names of the class folders.
     *
     * @param root the folder
     * @return the names, sorted; at least one
     * @throws IOException if the folder cannot be read or has no class folders
     */
    public static List<String> folders(Path root) throws IOException {
        check(root);
        List<String> folders = list(root, Files::isDirectory);
        if (folders.isEmpty()) {
            boolean flat = !list(root, ClassFolders::isImage).isEmpty();
            throw new IOException(
                    flat
                            ? root + " must have a folder a class, found images without one"
                            : root + " must have a folder a class, found none");
        }
        if (PARTS.containsAll(folders)) {
            throw new IOException(
                    "%s holds the parts of a data set, not its classes; name one: %s"
                            .formatted(root, root.resolve(folders.get(folders.size() - 1))));
        }
        return folders;
    }

    private static List<String> list(Path folder, Predicate<Path> wanted) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(wanted)
                    .map(path -> path.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    /**
     * The images at any depth below a folder, whatever their classes.
     *
     * @param root the folder
     * @return the images, sorted; at least one
     * @throws IOException if the folder cannot be read or has none
     */
    public static List<Path> unlabelled(Path root) throws IOException {
        check(root);
        List<Path> images = images(root);
        if (images.isEmpty()) {
            throw new IOException("there are no images in " + root);
        }
        return images;
    }

    private static void check(Path root) throws IOException {
        if (!Files.exists(root)) {
            throw new NoSuchFileException(root.toString(), null, "there is no such folder");
        }
        if (!Files.isDirectory(root)) {
            throw new NotDirectoryException(root + " is no folder");
        }
    }

    /** The images at any depth below a folder, sorted. */
    static List<Path> images(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(ClassFolders::isImage).sorted().toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean isImage(Path file) {
        String name = file.getFileName().toString();
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return !name.startsWith(".") && IMAGES.contains(extension) && Files.isRegularFile(file);
    }
}
