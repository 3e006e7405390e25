package org.efficientzoo.training.data;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.efficientzoo.training.data.ClassFolders.Sample;
import org.efficientzoo.zoo.ClassNames;

/**
 * A data set in ImageNet's layout: {@code ROOT/train/CLASS/*} to learn from and {@code
 * ROOT/val/CLASS/*} or else {@code ROOT/test/CLASS/*} to validate on. The validation images may
 * also lie in {@code ROOT/val/} without class folders; then {@code ROOT/val_labels.txt} ({@code
 * test_labels.txt}) has a line {@code FILE CLASS} for each: {@code ILSVRC2012_val_00000001.JPEG
 * n01751748}.
 *
 * @param root the folder
 * @param classes the classes in the order of their indices
 * @param train the images to learn from
 * @param validation the images to validate on; none if there is no such folder
 */
public record TrainingFolders(
        Path root, ClassNames classes, List<Sample> train, List<Sample> validation) {

    private static final int MOST_NAMES = 5; // in a message

    /** Copies the lists. */
    public TrainingFolders {
        train = List.copyOf(train);
        validation = List.copyOf(validation);
    }

    /**
     * Reads a data set whose classes are the sorted folders of {@code train}.
     *
     * @param root the folder
     * @return its images
     * @throws IOException if it cannot be read or is no such data set; the message says why in one
     *     line
     */
    public static TrainingFolders of(Path root) throws IOException {
        return of(root, ClassFolders.of(trainFolder(root)));
    }

    /**
     * Reads a data set whose classes stand in a list.
     *
     * @param root the folder
     * @param classes the classes, each of which must have training images
     * @return its images
     * @throws IOException if it cannot be read or is no such data set; the message says why in one
     *     line
     */
    public static TrainingFolders of(Path root, ClassNames classes) throws IOException {
        return of(root, ClassFolders.of(trainFolder(root), classes));
    }

    private static Path trainFolder(Path root) throws IOException {
        if (!Files.exists(root)) {
            throw new NoSuchFileException(root.toString(), null, "there is no such folder");
        }
        Path train = root.resolve("train");
        if (!Files.isDirectory(train)) {
            throw new IOException(
                    root + " must have a folder train with a folder a class, found none");
        }
        return train;
    }

    private static TrainingFolders of(Path root, ClassFolders train) throws IOException {
        ClassNames classes = train.classes();
        if (classes.size() < 2) {
            throw new IOException(
                    "there must be at least 2 classes to learn, found 1 in %s: %s"
                            .formatted(train.root(), classes.folders().get(0)));
        }
        boolean[] seen = new boolean[classes.size()];
        train.samples().forEach(sample -> seen[sample.label()] = true);
        List<String> empty =
                IntStream.range(0, seen.length)
                        .filter(i -> !seen[i])
                        .mapToObj(classes.folders()::get)
                        .toList();
        if (!empty.isEmpty()) {
            throw new IOException(
                    "every class must have images, found %d without any in %s: %s"
                            .formatted(empty.size(), train.root(), some(empty)));
        }
        List<Sample> validation =
                validationOf(root, classes).map(ClassFolders::samples).orElseGet(List::of);
        return new TrainingFolders(root, classes, train.samples(), validation);
    }

    /**
     * Reads the images to validate on alone.
     *
     * @param root the folder
     * @param classes the classes
     * @return the images; nothing if there is no such folder
     * @throws IOException if they cannot be read or have other classes; the message says why in one
     *     line
     */
    public static Optional<ClassFolders> validationOf(Path root, ClassNames classes)
            throws IOException {
        Optional<Path> found =
                Stream.of("val", "test").map(root::resolve).filter(Files::isDirectory).findFirst();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Path folder = found.get();
        Path labels = root.resolve(folder.getFileName() + "_labels.txt");
        if (Files.exists(labels)) {
            List<Sample> samples = LabelsFile.read(labels, folder, classes);
            return Optional.of(new ClassFolders(folder, classes, samples));
        }
        List<String> folders;
        try {
            folders = ClassFolders.folders(folder);
        } catch (IOException e) {
            throw new IOException(e.getMessage() + "; nor is there " + labels, e);
        }
        List<String> unknown =
                folders.stream()
                        .filter(f -> !classes.folders().contains(f) && !classes.names().contains(f))
                        .toList();
        if (!unknown.isEmpty()) {
            throw new IOException(
                    "%s must have the classes of train, found %d that it does not know: %s"
                            .formatted(folder, unknown.size(), some(unknown)));
        }
        return Optional.of(ClassFolders.of(folder, classes));
    }

    /** The first of some names. */
    static String some(List<String> names) {
        String first = String.join(", ", names.subList(0, Math.min(MOST_NAMES, names.size())));
        return names.size() > MOST_NAMES ? first + ", ..." : first;
    }

    /**
     * Reads what tells this data set from another.
     *
     * @return the fingerprint
     * @throws IOException if the size of a file cannot be read
     */
    public DataFingerprint fingerprint() throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
        long bytes = 0;
        try (var out =
                new DataOutputStream(
                        new DigestOutputStream(OutputStream.nullOutputStream(), digest))) {
            for (String folder : classes.folders()) {
                write(out, folder);
            }
            for (List<Sample> samples : List.of(train, validation)) {
                out.writeInt(samples.size());
                for (Sample sample : samples) {
                    long size = Files.size(sample.file());
                    bytes += size;
                    write(out, root.relativize(sample.file()).toString().replace('\\', '/'));
                    out.writeInt(sample.label());
                    out.writeLong(size);
                }
            }
        }
        return new DataFingerprint(
                classes.size(),
                train.size(),
                validation.size(),
                bytes,
                HexFormat.of().formatHex(digest.digest()));
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }
}
