package org.efficientzoo.training.data;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.efficientzoo.training.data.ClassFolders.Sample;
import org.efficientzoo.training.data.ClassOrder.Rule;
import org.efficientzoo.training.data.LabelledImages.Image;
import org.efficientzoo.zoo.ClassNames;

/**
 * A data set to learn from. In ImageNet's layout it has {@code ROOT/train/CLASS/*}, and {@code
 * ROOT/val/CLASS/*} to validate on, which may also be called {@code valid} or {@code validation},
 * or else {@code test}. Where there is no {@code train}, the folders of {@code ROOT} are the
 * classes, and a share of each is split off to validate on. Each part may have a text with the
 * classes of its images in place of class folders, see {@link ClassFolders}.
 *
 * @param root the folder
 * @param order the classes in the order of their indices, and which order that is
 * @param train the images to learn from
 * @param validation the images to validate on; maybe none
 * @param source where those are from
 * @param notes what a user should know of the layout, a line each
 */
public record TrainingFolders(
        Path root,
        ClassOrder order,
        List<Sample> train,
        List<Sample> validation,
        ValidationSource source,
        List<String> notes) {

    /** Copies the lists. */
    public TrainingFolders {
        train = List.copyOf(train);
        validation = List.copyOf(validation);
        notes = List.copyOf(notes);
    }

    /** The images to validate on, before those to learn from are known. */
    private record Validation(
            List<Sample> samples, ValidationSource source, List<String> notes, PassedOver passed) {

        static Validation none(Path root, List<String> notes) {
            return new Validation(
                    List.of(), new ValidationSource(root, "none"), notes, PassedOver.NOTHING);
        }
    }

    /**
     * The classes in the order of their indices.
     *
     * @return the classes
     */
    public ClassNames classes() {
        return order.classes();
    }

    /**
     * Reads a data set whose classes are its sorted class folders, with the usual images to
     * validate on.
     *
     * @param root the folder
     * @return its images
     * @throws IOException if it cannot be read or is no such data set; the message says why in one
     *     line
     */
    public static TrainingFolders of(Path root) throws IOException {
        return of(root, Optional.empty(), Optional.empty(), 0);
    }

    /**
     * Reads a data set whose classes stand in a list, with the usual images to validate on.
     *
     * @param root the folder
     * @param classes the classes, each of which must have training images
     * @return its images
     * @throws IOException if it cannot be read or is no such data set; the message says why in one
     *     line
     */
    public static TrainingFolders of(Path root, ClassNames classes) throws IOException {
        ClassOrder order = new ClassOrder(classes, Rule.CLASSES_FILE);
        return of(root, Optional.of(order), Optional.empty(), 0);
    }

    /**
     * Reads a data set.
     *
     * @param root the folder
     * @param given the order of the classes, each of which must have training images; the sorted
     *     class folders by default
     * @param asked what to validate on; by default the usual folder, and, where there is neither
     *     that nor a folder to learn from, a split of {@link ValidationImages#USUAL_SHARE}
     * @param seed the seed of a split
     * @return its images
     * @throws IOException if it cannot be read or is no such data set; the message says why in one
     *     line
     */
    public static TrainingFolders of(
            Path root, Optional<ClassOrder> given, Optional<ValidationImages> asked, long seed)
            throws IOException {
        DataLayout layout = DataLayout.of(root, asked);
        LabelledImages images = layout.train();
        ClassOrder sorted = given.orElseGet(() -> ClassOrder.sorted(images.labels()));
        ClassFolders all = ClassFolders.of(images, sorted);
        checkClasses(all);
        Validation folder = folder(layout, all.order(), asked);
        Optional<Double> share = share(layout, asked, folder);
        List<Sample> validation = folder.samples;
        ValidationSource source = folder.source;
        if (share.isPresent()) {
            validation = StratifiedSplit.of(all, share.get(), seed);
            source = new ValidationSource(root, "split %s, seed %d".formatted(share.get(), seed));
        }
        List<String> notes = new ArrayList<>(folder.notes);
        all.passedOver().and(folder.passed).note().ifPresent(notes::add);
        List<Sample> train =
                share.isPresent() ? StratifiedSplit.rest(all, validation) : all.samples();
        return new TrainingFolders(root, all.order(), train, validation, source, notes);
    }

    private static void checkClasses(ClassFolders train) throws IOException {
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
                            .formatted(empty.size(), train.root(), ClassOrder.some(empty)));
        }
    }

    /** The share of each class that is split off, if one is. */
    private static Optional<Double> share(
            DataLayout layout, Optional<ValidationImages> asked, Validation folder) {
        if (asked.isPresent()) {
            return asked.get() instanceof ValidationImages.Split split
                    ? Optional.of(split.share())
                    : Optional.empty();
        }
        return layout.hasTrain() || !folder.samples.isEmpty()
                ? Optional.empty()
                : Optional.of(ValidationImages.USUAL_SHARE);
    }

    /** What a folder has to validate on: nothing where none is asked for, or there is none. */
    private static Validation folder(
            DataLayout layout, ClassOrder order, Optional<ValidationImages> asked)
            throws IOException {
        boolean other = asked.isPresent() && layout.named().isEmpty();
        Optional<Path> usual = other ? Optional.empty() : layout.validation();
        if (usual.isPresent()) {
            return strictly(DataLayout.read(usual.get()), order, List.of());
        }
        Optional<Path> test = other ? Optional.empty() : layout.test();
        if (test.isEmpty()) {
            return Validation.none(layout.root(), List.of());
        }
        Optional<LabelledImages> images = labelled(test.get());
        if (images.isEmpty() || numbered(images.get(), order).isEmpty()) {
            String note = "%s has images without classes of train, and is left alone";
            return Validation.none(layout.root(), List.of(note.formatted(test.get())));
        }
        String note =
                "%s also chooses the best weights, as there is no folder val, valid or validation, so that its accuracy flatters";
        return strictly(images.get(), order, List.of(note.formatted(test.get())));
    }

    private static Optional<LabelledImages> labelled(Path test) throws IOException {
        boolean flat = ImageFiles.Entries.of(test).folders().isEmpty();
        return flat && LabelledImages.listOf(test).isEmpty()
                ? Optional.empty()
                : Optional.of(LabelledImages.read(test));
    }

    /** The indices of the classes that the order has; numbers of a list may be such themselves. */
    private static Map<String, Integer> numbered(LabelledImages images, ClassOrder order) {
        return orderOf(images, order).indices(images.labels());
    }

    private static ClassOrder orderOf(LabelledImages images, ClassOrder order) {
        return images.list().isPresent() ? order.orByIndex(images.labels()) : order;
    }

    private static Validation strictly(LabelledImages images, ClassOrder order, List<String> notes)
            throws IOException {
        ClassOrder known = orderOf(images, order);
        List<String> unknown = images.unknown(known);
        if (!unknown.isEmpty() && images.list().isPresent()) {
            Image first =
                    images.images().stream()
                            .filter(image -> unknown.contains(image.label()))
                            .min((a, b) -> Integer.compare(a.line(), b.line()))
                            .orElseThrow();
            throw new IOException(
                    "line %d of %s must have a class of train, found %s"
                            .formatted(first.line(), images.list().get(), first.label()));
        }
        if (!unknown.isEmpty()) {
            throw new IOException(
                    "%s must have the classes of train, found %d that it does not know: %s"
                            .formatted(images.root(), unknown.size(), ClassOrder.some(unknown)));
        }
        ClassFolders folders = ClassFolders.of(images, known);
        return new Validation(
                folders.samples(),
                new ValidationSource(images.root(), images.root().toString()),
                notes,
                folders.passedOver());
    }

    /**
     * Reads the images to validate on alone. Those that are split off are found among all images.
     *
     * @param root the folder
     * @param order the order of the classes
     * @param asked what to validate on; the usual by default
     * @param seed the seed of a split
     * @return the images; nothing if there are none
     * @throws IOException if they cannot be read or have other classes; the message says why in one
     *     line
     */
    public static Optional<ClassFolders> validationOf(
            Path root, ClassOrder order, Optional<ValidationImages> asked, long seed)
            throws IOException {
        DataLayout layout = DataLayout.of(root, asked);
        Validation folder = folder(layout, order, asked);
        List<Sample> samples = folder.samples;
        if (share(layout, asked, folder).isPresent()) {
            samples = of(root, Optional.of(order), asked, seed).validation();
        }
        return samples.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new ClassFolders(folder.source.folder(), order, samples, folder.passed));
    }

    /**
     * The same images in the order of the weights that a run starts from, where nobody has said an
     * order and these have the same classes.
     *
     * @param network the classes of the weights
     * @return the data set in their order, or as it is
     */
    public TrainingFolders inOrderOf(ClassNames network) {
        Optional<ClassOrder> other = order.as(network);
        if (other.isEmpty()) {
            return this;
        }
        Map<String, Integer> indices = other.get().indices(classes().folders());
        List<Integer> moved = classes().folders().stream().map(indices::get).toList();
        return new TrainingFolders(
                root, other.get(), moved(train, moved), moved(validation, moved), source, notes);
    }

    private static List<Sample> moved(List<Sample> samples, List<Integer> indices) {
        return samples.stream()
                .map(sample -> new Sample(sample.file(), indices.get(sample.label())))
                .toList();
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
            for (String folder : classes().folders()) {
                write(out, folder);
            }
            for (List<Sample> samples : List.of(train, validation)) {
                out.writeInt(samples.size());
                for (Sample sample : samples) {
                    long size = Files.size(sample.file());
                    bytes += size;
                    boolean inside = sample.file().startsWith(root);
                    write(out, FileNames.of(inside ? root : source.folder(), sample.file()));
                    out.writeInt(sample.label());
                    out.writeLong(size);
                }
            }
        }
        return new DataFingerprint(
                classes().size(),
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
