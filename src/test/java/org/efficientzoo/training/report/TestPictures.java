package org.efficientzoo.training.report;

import java.awt.image.BufferedImage;
import java.util.stream.IntStream;

/** What tests of pictures look at. */
final class TestPictures {

    private TestPictures() {}

    /** The outermost pixels. */
    static int[] edge(BufferedImage image) {
        int right = image.getWidth() - 1;
        int bottom = image.getHeight() - 1;
        return IntStream.concat(
                        IntStream.rangeClosed(0, right)
                                .flatMap(
                                        x ->
                                                IntStream.of(
                                                        image.getRGB(x, 0),
                                                        image.getRGB(x, bottom))),
                        IntStream.rangeClosed(0, bottom)
                                .flatMap(
                                        y ->
                                                IntStream.of(
                                                        image.getRGB(0, y),
                                                        image.getRGB(right, y))))
                .toArray();
    }
}
