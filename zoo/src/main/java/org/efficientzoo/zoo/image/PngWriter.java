package org.efficientzoo.zoo.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Encodes PNGs in memory: what Java writes to a file itself fails without saying why. */
public final class PngWriter {

    private PngWriter() {}

    /**
     * Encodes a picture.
     *
     * @param image the picture
     * @return the bytes of a PNG file
     */
    public static byte[] write(BufferedImage image) {
        ImageWriter writer =
                JdkPlugins.own(
                        ImageIO.getImageWritersByFormatName("png"),
                        ImageWriter::dispose,
                        "writer of png");
        var out = new ByteArrayOutputStream();
        try (var stream = new MemoryCacheImageOutputStream(out)) {
            writer.setOutput(stream);
            writer.write(image);
        } catch (IOException e) { // no disk is there to fail
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }
}
