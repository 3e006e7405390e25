package org.efficientzoo.zoo.image;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStreamImpl;

/** The JDK's own reader of a format, whatever other plug-ins the class path brings. */
final class JdkReader implements AutoCloseable {

    private final ImageReader reader;
    private final Bytes bytes;

    JdkReader(String format, byte[] encoded) {
        reader = find(format);
        bytes = new Bytes(encoded);
        reader.setInput(bytes, true, true);
    }

    private static ImageReader find(String format) {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            if (reader.getClass().getModule() == ImageIO.class.getModule()) {
                return reader;
            }
            reader.dispose();
        }
        throw new IllegalStateException("the JDK must have a reader of " + format + ", found none");
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
