package org.efficientzoo.zoo.image;

import java.awt.Rectangle;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStreamImpl;

/** The JDK's own reader of a format. */
final class JdkReader implements AutoCloseable {

    private static final ColorModel RGB =
            new ComponentColorModel(
                    ColorSpace.getInstance(ColorSpace.CS_sRGB),
                    false,
                    false,
                    Transparency.OPAQUE,
                    DataBuffer.TYPE_BYTE);

    private final ImageReader reader;
    private final Bytes bytes;

    JdkReader(String format, byte[] encoded) {
        reader =
                JdkPlugins.own(
                        ImageIO.getImageReadersByFormatName(format),
                        ImageReader::dispose,
                        "reader of " + format);
        bytes = new Bytes(encoded);
        reader.setInput(bytes, true, true);
    }

    int width() throws IOException {
        return reader.getWidth(0);
    }

    int height() throws IOException {
        return reader.getHeight(0);
    }

    BufferedImage read() throws IOException {
        return reader.read(0);
    }

    /**
     * Reads a part into red, green, blue in this order, into which the JPEG reader copies whole
     * rows; into the order of its own images it would copy value by value.
     */
    RgbImage readRgb(Region region) throws IOException {
        var rgb = new byte[Math.multiplyExact(3 * region.width(), region.height())];
        WritableRaster raster =
                Raster.createInterleavedRaster(
                        new DataBufferByte(rgb, rgb.length),
                        region.width(),
                        region.height(),
                        3 * region.width(),
                        3,
                        new int[] {0, 1, 2},
                        null);
        var parameters = new ImageReadParam();
        parameters.setSourceRegion(
                new Rectangle(region.left(), region.top(), region.width(), region.height()));
        parameters.setDestination(new BufferedImage(RGB, raster, false, null));
        reader.read(0, parameters);
        return RgbImage.owning(region.width(), region.height(), rgb);
    }

    Raster readRaster() throws IOException {
        return reader.readRaster(0, null);
    }

    /** Whether the reader asked for more than there is, which it hides from its caller. */
    boolean ranOut() {
        return bytes.ranOut;
    }

    @Override
    public void close() {
        reader.dispose();
    }

    private static final class Bytes extends ImageInputStreamImpl {
        private final byte[] data;
        private boolean ranOut;

        Bytes(byte[] data) {
            this.data = data;
        }

        @Override
        public int read() {
            bitOffset = 0;
            if (streamPos >= data.length) {
                ranOut = true;
                return -1;
            }
            return data[(int) streamPos++] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            bitOffset = 0;
            if (streamPos >= data.length) {
                ranOut = true;
                return -1;
            }
            int n = (int) Math.min(length, data.length - streamPos);
            System.arraycopy(data, (int) streamPos, into, offset, n);
            streamPos += n;
            return n;
        }

        @Override
        public long length() {
            return data.length;
        }
    }
}
