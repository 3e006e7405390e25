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
import javax.imageio.event.IIOReadUpdateListener;
import javax.imageio.stream.ImageInputStreamImpl;

/** A reader of {@code ImageIO}: the JDK's own one of a format, or another library's. */
final class PluginReader implements AutoCloseable {

    private static final ColorModel RGB =
            new ComponentColorModel(
                    ColorSpace.getInstance(ColorSpace.CS_sRGB),
                    false,
                    false,
                    Transparency.OPAQUE,
                    DataBuffer.TYPE_BYTE);

    private final ImageReader reader;
    private final Bytes bytes;
    private boolean ranOutBeforeRow;

    /** Opens the JDK's own reader of a format. */
    PluginReader(String format, byte[] encoded) {
        this(
                JdkPlugins.own(
                        ImageIO.getImageReadersByFormatName(format),
                        ImageReader::dispose,
                        "reader of " + format),
                new Bytes(encoded, encoded.length, false));
    }

    /**
     * Takes the reader of a library that guesses by the length of its input how many pixels there
     * may be. How many there may be is known here, so the length does not count.
     *
     * @param endIsFailure whether reading fails where the reader asks for more than there is, and
     *     not just ends, which some readers overlook for every further pixel
     */
    PluginReader(ImageReader reader, byte[] encoded, boolean endIsFailure) {
        this(reader, new Bytes(encoded, Long.MAX_VALUE, endIsFailure));
    }

    private PluginReader(ImageReader reader, Bytes bytes) {
        this.reader = reader;
        this.bytes = bytes;
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

    /**
     * Notes at each row whether the reader has run out by then, so that {@link #ranOutBeforeRow}
     * can tell. Of a JPEG with several scans the JDK would then show every scan.
     */
    void watchRows() {
        reader.addIIOReadUpdateListener(new RowWatch());
    }

    /** Whether the reader had asked for more than there is when the last row was done. */
    boolean ranOutBeforeRow() {
        return ranOutBeforeRow;
    }

    @Override
    public void close() {
        reader.dispose();
    }

    private final class RowWatch implements IIOReadUpdateListener {
        @Override
        public void imageUpdate(
                ImageReader source,
                BufferedImage image,
                int left,
                int top,
                int width,
                int height,
                int periodX,
                int periodY,
                int[] bands) {
            ranOutBeforeRow = bytes.ranOut;
        }

        @Override
        public void passStarted(
                ImageReader source,
                BufferedImage image,
                int pass,
                int firstPass,
                int lastPass,
                int left,
                int top,
                int periodX,
                int periodY,
                int[] bands) {}

        @Override
        public void passComplete(ImageReader source, BufferedImage image) {}

        @Override
        public void thumbnailPassStarted(
                ImageReader source,
                BufferedImage thumbnail,
                int pass,
                int firstPass,
                int lastPass,
                int left,
                int top,
                int periodX,
                int periodY,
                int[] bands) {}

        @Override
        public void thumbnailUpdate(
                ImageReader source,
                BufferedImage thumbnail,
                int left,
                int top,
                int width,
                int height,
                int periodX,
                int periodY,
                int[] bands) {}

        @Override
        public void thumbnailPassComplete(ImageReader source, BufferedImage thumbnail) {}
    }

    private static final class Bytes extends ImageInputStreamImpl {
        private final byte[] data;
        private final long length;
        private final boolean endIsFailure;
        private boolean ranOut;

        Bytes(byte[] data, long length, boolean endIsFailure) {
            this.data = data;
            this.length = length;
            this.endIsFailure = endIsFailure;
        }

        private int end() throws IOException {
            ranOut = true;
            if (endIsFailure) {
                throw new IOException("an end before the last pixel");
            }
            return -1;
        }

        @Override
        public int read() throws IOException {
            bitOffset = 0;
            if (streamPos >= data.length) {
                return end();
            }
            return data[(int) streamPos++] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            bitOffset = 0;
            if (streamPos >= data.length) {
                return end();
            }
            int n = (int) Math.min(length, data.length - streamPos);
            System.arraycopy(data, (int) streamPos, into, offset, n);
            streamPos += n;
            return n;
        }

        @Override
        public long length() {
            return length;
        }
    }
}
