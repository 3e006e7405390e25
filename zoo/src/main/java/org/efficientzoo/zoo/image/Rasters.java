package org.efficientzoo.zoo.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;

/** Reads the stored samples of AWT images, which {@code getRGB} would convert to sRGB. */
final class Rasters {

    private Rasters() {}

    static RgbImage toRgb(BufferedImage image) {
        Raster raster = image.getRaster();
        int bands = raster.getNumBands();
        if (image.getColorModel() instanceof IndexColorModel palette) {
            return mapped(raster, palette);
        }
        if (image.isAlphaPremultiplied() || !hasPlainSamples(raster)) {
            return converted(image);
        }
        int colours = image.getColorModel().getNumColorComponents();
        int type = image.getColorModel().getColorSpace().getType();
        if (colours == 1 && type == ColorSpace.TYPE_GRAY) {
            return spread(raster, new int[] {0, 0, 0});
        }
        if (colours == 3 && bands >= 3 && type == ColorSpace.TYPE_RGB) {
            return spread(raster, new int[] {0, 1, 2});
        }
        return converted(image);
    }

    /** The bytes of a raster of 8-bit samples, (height, width, bands) whatever its layout. */
    static byte[] interleaved(Raster raster) {
        int bands = raster.getNumBands();
        var bytes = new byte[raster.getWidth() * raster.getHeight() * bands];
        int[] row = new int[raster.getWidth() * bands];
        for (int y = 0; y < raster.getHeight(); y++) {
            readRow(raster, y, row);
            int start = y * row.length;
            for (int i = 0; i < row.length; i++) {
                bytes[start + i] = (byte) row[i];
            }
        }
        return bytes;
    }

    private static boolean hasPlainSamples(Raster raster) {
        int type = raster.getDataBuffer().getDataType();
        if (type != DataBuffer.TYPE_BYTE
                && type != DataBuffer.TYPE_USHORT
                && type != DataBuffer.TYPE_INT) {
            return false;
        }
        for (int bits : raster.getSampleModel().getSampleSize()) {
            if (bits > 16) {
                return false;
            }
        }
        return true;
    }

    private static RgbImage spread(Raster raster, int[] bandOfChannel) {
        if (raster.getSampleModel() instanceof PixelInterleavedSampleModel model
                && raster.getDataBuffer() instanceof DataBufferByte
                && raster.getParent() == null) {
            return copied(raster, model, bandOfChannel);
        }
        int width = raster.getWidth();
        int bands = raster.getNumBands();
        var rgb = new byte[3 * width * raster.getHeight()];
        int[] row = new int[width * bands];
        int to = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            readRow(raster, y, row);
            for (int x = 0; x < width; x++) {
                for (int band : bandOfChannel) {
                    int bits = raster.getSampleModel().getSampleSize(band);
                    rgb[to++] = (byte) toEightBits(row[x * bands + band], bits);
                }
            }
        }
        return RgbImage.owning(width, raster.getHeight(), rgb);
    }

    /** The common case without a detour through integers. */
    private static RgbImage copied(
            Raster raster, PixelInterleavedSampleModel model, int[] bandOfChannel) {
        var buffer = (DataBufferByte) raster.getDataBuffer();
        byte[] from = buffer.getData();
        int[] offsets = model.getBandOffsets();
        int red = offsets[bandOfChannel[0]];
        int green = offsets[bandOfChannel[1]];
        int blue = offsets[bandOfChannel[2]];
        int step = model.getPixelStride();
        var rgb = new byte[3 * raster.getWidth() * raster.getHeight()];
        int to = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            int at = buffer.getOffset() + y * model.getScanlineStride();
            for (int x = 0; x < raster.getWidth(); x++) {
                rgb[to] = from[at + red];
                rgb[to + 1] = from[at + green];
                rgb[to + 2] = from[at + blue];
                to += 3;
                at += step;
            }
        }
        return RgbImage.owning(raster.getWidth(), raster.getHeight(), rgb);
    }

    private static RgbImage mapped(Raster raster, IndexColorModel palette) {
        int size = palette.getMapSize();
        int[] colours = new int[size];
        palette.getRGBs(colours);
        int width = raster.getWidth();
        var rgb = new byte[3 * width * raster.getHeight()];
        int[] row = new int[width];
        int to = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            readRow(raster, y, row);
            for (int index : row) {
                int colour = index < size ? colours[index] : 0; // beyond the palette: black
                to = put(rgb, to, colour);
            }
        }
        return RgbImage.owning(width, raster.getHeight(), rgb);
    }

    private static RgbImage converted(BufferedImage image) {
        int width = image.getWidth();
        var rgb = new byte[3 * width * image.getHeight()];
        int[] row = new int[width];
        int to = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            for (int colour : row) {
                to = put(rgb, to, colour);
            }
        }
        return RgbImage.owning(width, image.getHeight(), rgb);
    }

    private static int put(byte[] rgb, int at, int colour) {
        rgb[at] = (byte) (colour >> 16);
        rgb[at + 1] = (byte) (colour >> 8);
        rgb[at + 2] = (byte) colour;
        return at + 3;
    }

    private static void readRow(Raster raster, int y, int[] row) {
        raster.getPixels(raster.getMinX(), raster.getMinY() + y, raster.getWidth(), 1, row);
    }

    private static int toEightBits(int sample, int bits) {
        return bits >= 8 ? sample >> (bits - 8) : sample * 255 / ((1 << bits) - 1);
    }
}
