package org.efficientzoo.zoo.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes JPEGs with libjpeg's tables, colours at half the resolution, as Pillow does. */
final class JpegWriter {

    private JpegWriter() {}

    static byte[] write(RgbImage image, int quality) {
        ImageWriter writer =
                JdkPlugins.own(
                        ImageIO.getImageWritersByFormatName("jpeg"),
                        ImageWriter::dispose,
                        "writer of jpeg");
        var out = new ByteArrayOutputStream();
        try (var stream = new MemoryCacheImageOutputStream(out)) {
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            parameters.setCompressionQuality(quality / (float) RgbImage.BEST_QUALITY);
            writer.setOutput(stream);
            writer.write(null, new IIOImage(image.toBufferedImage(), null, null), parameters);
        } catch (IOException e) { // no disk is there to fail
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }
}
