package org.efficientzoo.zoo;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** Pictures for tests, written without loss. */
public final class TestImages {

    private TestImages() {}

    /** A picture of one colour. */
    public static Path plain(Path file, Color colour) throws IOException {
        BufferedImage image = new BufferedImage(80, 60, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.setRGB(x, y, colour.getRGB());
            }
        }
        return write(image, file);
    }

    /** A picture of coloured patches that another seed makes another one. */
    public static Path patches(Path file, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        BufferedImage image = new BufferedImage(120, 90, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.getHeight(); y += 15) {
            for (int x = 0; x < image.getWidth(); x += 15) {
                int rgb = random.nextInt(1 << 24);
                for (int i = 0; i < 15 * 15; i++) {
                    image.setRGB(x + i % 15, y + i / 15, rgb);
                }
            }
        }
        return write(image, file);
    }

    private static Path write(BufferedImage image, Path file) throws IOException {
        Files.createDirectories(file.getParent());
        if (!ImageIO.write(image, "png", file.toFile())) {
            throw new IOException("no PNG writer");
        }
        return file;
    }
}
