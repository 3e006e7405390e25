package org.efficientzoo.training.data;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.efficientzoo.zoo.image.ImageDecoder;

/**
 * The images at any depth below a folder.
 *
 * @param images the images, sorted
 * @param passedOver what else lies there
 */
record ImageFiles(List<Path> images, PassedOver passedOver) {

    /**
     * torchvision's, GIF, and other names of JPEG. A file with such an ending counts as an image
     * whatever it holds; what cannot be decoded is reported when it is read.
     */
    private static final Set<String> ENDINGS =
            Set.of(
                    "jpg", "jpeg", "jfif", "jpe", "png", "bmp", "gif", "webp", "tif", "tiff", "ppm",
                    "pgm");

    /**
     * Finds the images below a folder.
     *
     * @throws IOException if a folder cannot be read, or a link leads back to one above it
     */
    static ImageFiles below(Path folder) throws IOException {
        return below(folder, folder);
    }

    /**
     * Finds the images below a folder.
     *
     * @param list a file that belongs to them, and is not passed over
     * @throws IOException if a folder cannot be read, or a link leads back to one above it
     */
    static ImageFiles below(Path folder, Path list) throws IOException {
        Finder finder = new Finder(folder, list);
        Files.walkFileTree(
                folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, finder);
        Collections.sort(finder.images);
        return new ImageFiles(finder.images, finder.passedOver);
    }

    /** What lies directly in a folder, sorted. */
    record Entries(List<Path> folders, List<Path> files, PassedOver hidden) {

        static Entries of(Path folder) throws IOException {
            List<Path> all;
            try (Stream<Path> entries = Files.list(folder)) {
                all = entries.sorted().toList();
            }
            List<Path> shown = all.stream().filter(path -> !FileNames.isHidden(path)).toList();
            return new Entries(
                    shown.stream().filter(Files::isDirectory).toList(),
                    shown.stream().filter(path -> !Files.isDirectory(path)).toList(),
                    new PassedOver(0, all.size() - shown.size(), Optional.empty()));
        }

        /** The files and hidden things, none of which are looked into. */
        PassedOver passedOver() {
            return hidden.and(new PassedOver(files.size(), 0, files.stream().findFirst()));
        }

        boolean hasImages() throws IOException {
            for (Path file : files) {
                if (isImage(file)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Makes sure that a folder is there. */
    static void check(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            throw new NoSuchFileException(folder.toString(), null, "there is no such folder");
        }
        if (!Files.isDirectory(folder)) {
            throw new NotDirectoryException(folder + " is no folder");
        }
    }

    private static final class Finder extends SimpleFileVisitor<Path> {

        private final Path root;
        private final Path list;
        private final List<Path> images = new ArrayList<>();
        private PassedOver passedOver = PassedOver.NOTHING;

        Finder(Path root, Path list) {
            this.root = root;
            this.list = list;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            if (folder.equals(root) || !FileNames.isHidden(folder)) {
                return FileVisitResult.CONTINUE;
            }
            passOver(0, 1, folder);
            return FileVisitResult.SKIP_SUBTREE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            if (FileNames.isHidden(file)) {
                passOver(0, 1, file);
            } else if (isImage(file)) {
                images.add(file);
            } else if (!file.equals(list)) {
                passOver(1, 0, file);
            }
            return FileVisitResult.CONTINUE;
        }

        private void passOver(int files, int hidden, Path path) {
            Optional<Path> example = files > 0 ? Optional.of(path) : Optional.empty();
            passedOver = passedOver.and(new PassedOver(files, hidden, example));
        }
    }

    /** By its ending, or by its contents where the ending is none of an image. */
    private static boolean isImage(Path file) throws IOException {
        String name = file.getFileName().toString();
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (ENDINGS.contains(ending)) {
            return Files.isRegularFile(file);
        }
        try {
            return ImageDecoder.isImage(file);
        } catch (AccessDeniedException e) {
            return false;
        }
    }
}
