package org.efficientzoo.training.sample;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.efficientzoo.zoo.file.Directories;
import org.efficientzoo.zoo.file.DiskErrors;
import org.efficientzoo.zoo.file.ScratchFolder;
import org.efficientzoo.zoo.image.PngWriter;

/**
 * A data set of drawn pictures in ImageNet's layout, ten classes that differ in shape, colour or
 * texture.
 *
 * @param seed the seed: the same one makes the same pictures
 * @param trainImages the training pictures of a class, 1 to 100000
 * @param validationImages the validation pictures of a class, 1 to 100000
 * @param size the sides of a picture in pixels, 16 to 1024
 */
public record SampleData(long seed, int trainImages, int validationImages, int size) {

    private static final int MOST_IMAGES = 100_000;
    private static final int SMALLEST = 16;
    private static final int LARGEST = 1024;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public SampleData {
        if (Math.min(trainImages, validationImages) < 1
                || Math.max(trainImages, validationImages) > MOST_IMAGES) {
            throw new IllegalArgumentException(
                    "a class must have 1 to %d pictures of each part, found %d and %d"
                            .formatted(MOST_IMAGES, trainImages, validationImages));
        }
        if (size < SMALLEST || size > LARGEST) {
            throw new IllegalArgumentException(
                    "a picture's sides must have %d to %d pixels, found %d"
                            .formatted(SMALLEST, LARGEST, size));
        }
    }

    /**
     * The number of pictures.
     *
     * @return those of all classes, training and validation
     */
    public int images() {
        return Kind.values().length * (trainImages + validationImages);
    }

    /**
     * Draws the pictures into a folder beside the wanted one, which is then moved there.
     *
     * @param folder the folder, which must not exist or be empty
     * @param progress is told the number of pictures drawn since the last call
     * @throws IOException if the folder has something in it or cannot be written
     */
    public void write(Path folder, IntConsumer progress) throws IOException {
        Path target = folder.toAbsolutePath().normalize();
        checkFree(folder, target);
        Directories.make(target.getParent());
        String prefix = "." + target.getFileName() + "-";
        try (ScratchFolder unfinished = ScratchFolder.in(target.getParent(), prefix)) {
            Path data = unfinished.file("data");
            try {
                writeParts(data, progress);
            } catch (IOException e) {
                throw DiskErrors.unwritten(folder, e);
            }
            Files.deleteIfExists(target);
            Files.move(data, target);
        }
    }

    private static void checkFree(Path folder, Path target) throws IOException {
        if (target.getFileName() == null) {
            throw new IOException("a folder must have a name, found " + folder);
        }
        if (!Files.exists(target)) {
            return;
        }
        if (!Files.isDirectory(target)) {
            throw new FileAlreadyExistsException(
                    folder.toString(), null, "there must be no such file");
        }
        try (Stream<Path> entries = Files.list(target)) {
            if (entries.findAny().isPresent()) {
                throw new FileAlreadyExistsException(
                        folder.toString(), null, "the folder must be new or empty");
            }
        }
    }

    private void writeParts(Path data, IntConsumer progress) throws IOException {
        // the folder that is moved has usual permissions, a temporary one only its owner's
        Files.createDirectory(data);
        List<Kind> kinds = List.of(Kind.values());
        long place = 0; // a picture depends on its own alone, not on how many there are
        for (Kind kind : kinds) {
            writePart(data.resolve("train"), kind, place, trainImages, progress);
            writePart(data.resolve("val"), kind, place + MOST_IMAGES, validationImages, progress);
            place += 2 * MOST_IMAGES;
        }
    }

    private void writePart(Path part, Kind kind, long place, int images, IntConsumer progress)
            throws IOException {
        Path folder = Directories.make(part.resolve(kind.folder()));
        for (int i = 0; i < images; i++) {
            var random = new SplittableRandom(new SplittableRandom(seed).nextLong() + place + i);
            Path file = folder.resolve(String.format(Locale.ROOT, "%05d.png", i));
            Files.write(file, PngWriter.write(Painter.paint(kind, size, random)));
            progress.accept(1);
        }
    }
}
