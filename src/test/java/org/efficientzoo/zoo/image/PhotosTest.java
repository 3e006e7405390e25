package org.efficientzoo.zoo.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Photos are not for redistribution: they lie beside the project or the tests are skipped. */
class PhotosTest {

    private static final Path ARCHIVE =
            Path.of(System.getProperty("project.root"), "../shared/data/imagenet-samples.tar")
                    .normalize();

    record Digests(String decoded, String crop) {}

    record Photos(Map<String, Digests> photos) {}

    @Test
    void decodesEveryPhotoAsPillowDoes() throws IOException {
        check("decoded photos", Digests::decoded, Function.identity());
    }

    @Test
    void cropsEveryPhotoAsTorchvisionDoes() throws IOException {
        check("crops", Digests::crop, EvaluationTransform.imagenet()::crop);
    }

    private static void check(
            String what, Function<Digests, String> digest, Function<RgbImage, RgbImage> step)
            throws IOException {
        Map<String, Digests> expected = Fixtures.json("photos.json", Photos.class).photos();
        assertThat(expected).isNotEmpty();
        Map<String, byte[]> photos = photos();
        List<String> different = new ArrayList<>();
        expected.forEach(
                (name, digests) -> {
                    RgbImage image = step.apply(decoded(photos.get(name)));
                    if (!Fixtures.sha256(image.toByteArray()).equals(digest.apply(digests))) {
                        different.add(name);
                    }
                });
        System.out.printf(
                "%d of %d %s agree bit for bit%n",
                expected.size() - different.size(), expected.size(), what);
        assertThat(different).isEmpty();
    }

    private static RgbImage decoded(byte[] encoded) {
        try {
            return new ImageDecoder().decode(encoded);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The files of the archive by their names without folder and ending. */
    private static Map<String, byte[]> photos() throws IOException {
        boolean present = Files.isRegularFile(ARCHIVE);
        if (!present) {
            System.out.println("Skipped: the photos are not there, " + ARCHIVE);
        }
        assumeTrue(present, () -> "the photos are not there, " + ARCHIVE);
        byte[] tar = Files.readAllBytes(ARCHIVE);
        Map<String, byte[]> files = new TreeMap<>();
        int at = 0;
        while (at + 512 <= tar.length && tar[at] != 0) { // a header block, then blocks of data
            String name = text(tar, at, 100);
            int size = Integer.parseInt(text(tar, at + 124, 12).strip(), 8);
            if (tar[at + 156] == '0') {
                String last = name.substring(name.lastIndexOf('/') + 1);
                files.put(
                        last.substring(0, last.lastIndexOf('.')),
                        Arrays.copyOfRange(tar, at + 512, at + 512 + size));
            }
            at += 512 + (size + 511) / 512 * 512;
        }
        return files;
    }

    private static String text(byte[] tar, int start, int length) {
        String field = new String(tar, start, length, StandardCharsets.ISO_8859_1);
        int end = field.indexOf('\0');
        return end < 0 ? field : field.substring(0, end);
    }
}
