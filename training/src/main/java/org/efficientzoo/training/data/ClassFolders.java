package org.efficientzoo.training.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.efficientzoo.training.data.ClassOrder.Rule;
import org.efficientzoo.zoo.ClassNames;

/**
 * A folder of images whose classes are known. In ImageNet's layout it has one folder a class, with
 * images at any depth below it. Images may also lie in it without folders where a text has their
 * classes, a line {@code FILE CLASS} each: {@code FOLDER_labels.txt} or {@code FOLDER.txt} beside
 * it, the same as {@code .csv}, or {@code FOLDER_annotations.txt} in it.
 *
 * @param root the folder
 * @param order the classes in the order of their indices, and which order that is
 * @param samples the images, class by class, sorted by name
 * @param passedOver what lies there and is no image
 */
public record ClassFolders(
        Path root, ClassOrder order, List<Sample> samples, PassedOver passedOver) {

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
     * The classes in the order of their indices.
     *
     * @return the classes
     */
    public ClassNames classes() {
        return order.classes();
    }

    /**
     * Reads a folder whose class folders, sorted, are the classes: by number where all of them are
     * whole numbers, else by name.
     *
     * @param root the folder
     * @return its images
     * @throws IOException if it cannot be read or has no images with classes; the message says why
     */
    public static ClassFolders of(Path root) throws IOException {
        LabelledImages images = LabelledImages.read(root);
        return checked(images.numbered(ClassOrder.sorted(images.labels())));
    }

    /**
     * Reads a folder whose classes stand in a list, which may have more of them.
     *
     * @param root the folder
     * @param classes the classes
     * @return its images
     * @throws IOException if it cannot be read, has no images with classes, or has a class that the
     *     list does not know; the message says why
     */
    public static ClassFolders of(Path root, ClassNames classes) throws IOException {
        return of(root, new ClassOrder(classes, Rule.CLASSES_FILE));
    }

    /**
     * Reads a folder whose classes have an order, which may have more of them.
     *
     * @param root the folder
     * @param order the order
     * @return its images
     * @throws IOException if it cannot be read, has no images with classes, or has a class that the
     *     order does not have; the message says why
     */
    public static ClassFolders of(Path root, ClassOrder order) throws IOException {
        return of(LabelledImages.read(root), order);
    }

    static ClassFolders of(LabelledImages images, ClassOrder order) throws IOException {
        ClassOrder known = order.orByIndex(images.labels());
        List<String> unknown = images.unknown(known);
        if (!unknown.isEmpty()) {
            throw new IOException(
                    "the class list does not know %d of %d class folders of %s: %s"
                            .formatted(
                                    unknown.size(),
                                    images.labels().size(),
                                    images.root(),
                                    ClassOrder.some(unknown)));
        }
        return checked(images.numbered(known));
    }

    /**
     * Reads a folder for a network whose classes are known: in their order where all of the
     * folder's classes are known by name, by WordNet number or by index, else in the folder's own.
     *
     * @param root the folder
     * @param classes the classes of the network
     * @return its images
     * @throws IOException if it cannot be read, has no images with classes, or the network knows
     *     most of its classes and not all
     */
    public static ClassFolders ofNetwork(Path root, ClassNames classes) throws IOException {
        LabelledImages images = LabelledImages.read(root);
        return checked(
                images.numbered(ClassOrder.ofNetwork(images.labels(), classes, images.root())));
    }

    /**
     * Reads a folder for a network whose classes are known, and takes no order that is a guess: the
     * folder's own is one unless the network's classes have no names and are as many.
     *
     * @param root the folder
     * @param classes the classes of the network
     * @return its images
     * @throws IOException if it cannot be read, has no images with classes, or the network does not
     *     know all of its classes
     */
    public static ClassFolders ofNetworkForCertain(Path root, ClassNames classes)
            throws IOException {
        ClassFolders images = ofNetwork(root, classes);
        boolean own = images.order().rule() == Rule.NAMES || images.order().rule() == Rule.NUMBERS;
        boolean nameless = classes.equals(ClassNames.numbered(classes.size()));
        boolean fits = nameless && images.classes().size() == classes.size();
        return own && !fits ? of(root, classes) : images;
    }

    private static ClassFolders checked(ClassFolders images) throws IOException {
        if (images.samples.isEmpty()) {
            throw new IOException("there are no images in the class folders of " + images.root);
        }
        return images;
    }

    /**
     * Makes sure that a folder has images with classes, without looking at all of them.
     *
     * @param root the folder
     * @throws IOException if the folder cannot be read or has neither class folders nor a text that
     *     has the classes of its images
     */
    public static void check(Path root) throws IOException {
        if (LabelledImages.listOf(root).isEmpty()) {
            LabelledImages.checkFolders(root, path -> true);
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
        ImageFiles.check(root);
        List<Path> images = ImageFiles.below(root).images();
        if (images.isEmpty()) {
            throw new IOException("there are no images in " + root);
        }
        return images;
    }
}
