package org.efficientzoo.training.data.augment;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.efficientzoo.zoo.image.ImageDecoder;

/**
 * What JPEG leaves of a picture, with colours of half the resolution: torchvision's {@code v2.JPEG}
 * behind a chance. For networks that are to see compressed images and learn from better ones.
 *
 * @param probability how often
 * @param least the lowest quality on libjpeg's scale, 1 to 100
 * @param greatest the highest quality, from the lowest to 100; the whole numbers between are
 *     equally likely
 */
public record RandomJpeg(double probability, int least, int greatest) implements PictureStep {

    private static final int BEST = 100;

    /** Compresses nothing. */
    public static final RandomJpeg NONE = new RandomJpeg(0, 1, BEST);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public RandomJpeg {
        Checks.probability("jpeg", probability);
        if (!(least >= 1 && least <= greatest && greatest <= BEST)) {
            throw new IllegalArgumentException(
                    "the qualities of jpeg must have 1 <= least <= greatest <= %d, found %d to %d"
                            .formatted(BEST, least, greatest));
        }
    }

    @Override
    public Pixels apply(Pixels pixels, Draws draws) {
        if (!draws.chance(probability)) {
            return pixels;
        }
        int quality = least + draws.below(greatest - least + 1);
        try {
            return Pixels.of(new ImageDecoder().decode(encode(pixels, quality)));
        } catch (IOException e) { // of a picture in memory: no disk is there to fail
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] encode(Pixels pixels, int quality) throws IOException {
        ImageWriter writer = writer();
        try {
            var out = new ByteArrayOutputStream();
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            parameters.setCompressionQuality(quality / (float) BEST);
            try (var stream = new MemoryCacheImageOutputStream(out)) {
                writer.setOutput(stream);
                writer.write(null, new IIOImage(view(pixels), null, null), parameters);
            }
            return out.toByteArray();
        } finally {
            writer.dispose();
        }
    }

    /** The JDK's own, whose tables and sampling are libjpeg's. */
    private static ImageWriter writer() {
        Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName("jpeg");
        while (writers.hasNext()) {
            ImageWriter writer = writers.next();
            if (writer.getClass().getModule() == ImageIO.class.getModule()) {
                return writer;
            }
            writer.dispose();
        }
        throw new IllegalStateException("the JDK must have a writer of JPEGs, found none");
    }

    private static BufferedImage view(Pixels pixels) {
        WritableRaster raster =
                Raster.createInterleavedRaster(
                        new DataBufferByte(pixels.rgb, pixels.rgb.length),
                        pixels.width,
                        pixels.height,
                        Pixels.CHANNELS * pixels.width,
                        Pixels.CHANNELS,
                        new int[] {0, 1, 2},
                        null);
        var rgb =
                new ComponentColorModel(
                        ColorSpace.getInstance(ColorSpace.CS_sRGB),
                        false,
                        false,
                        Transparency.OPAQUE,
                        DataBuffer.TYPE_BYTE);
        return new BufferedImage(rgb, raster, false, null);
    }
}
