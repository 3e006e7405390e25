package org.efficientzoo.zoo.image;

import ai.djl.modality.cv.Image;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * An immutable picture of 8 bits a channel: {@code height} rows of {@code width} pixels, each red,
 * green, blue. No colour space is attached: the numbers are those of the file.
 */
public final class RgbImage {

    /** The best quality of JPEGs on libjpeg's scale. */
    public static final int BEST_QUALITY = 100;

    private static final int LONGEST_OF_JPEG = 65_500; // libjpeg's

    /** More pixels do not fit into one Java array. */
    static final long MAX_PIXELS = (Integer.MAX_VALUE - 8) / 3;

    private final int width;
    private final int height;
    private final byte[] rgb;

    private RgbImage(int width, int height, byte[] rgb) {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException(
                    "an image must be at least 1x1 pixels, found %dx%d".formatted(width, height));
        }
        if (rgb.length != 3L * width * height) {
            throw new IllegalArgumentException(
                    "a %dx%d image must have 3 bytes a pixel, found %d bytes"
                            .formatted(width, height, rgb.length));
        }
        this.width = width;
        this.height = height;
        this.rgb = rgb;
    }

    /**
     * Makes an image of a copy of the given bytes.
     *
     * @param width the width in pixels, at least 1
     * @param height the height in pixels, at least 1
     * @param rgb the interleaved pixels row by row, (height, width, 3)
     * @return the image
     * @throws IllegalArgumentException if a side is not positive, or the number of bytes is not
     *     3·width·height
     */
    public static RgbImage of(int width, int height, byte[] rgb) {
        return new RgbImage(width, height, rgb.clone());
    }

    /**
     * Takes the raster of a {@code BufferedImage} as it is: no colour conversion, alpha dropped,
     * grey repeated three times, of 16 bits the high byte. Only an image whose raster does not hold
     * plain red, green and blue or grey (premultiplied alpha, CMYK, floating point) goes through
     * {@link BufferedImage#getRGB(int, int)}.
     *
     * @param image the image
     * @return its pixels
     */
    public static RgbImage of(BufferedImage image) {
        return Rasters.toRgb(image);
    }

    /**
     * Takes the pixels of an image that a factory of DJL has decoded. Note that DJL's own factory
     * for the desktop has applied an embedded ICC profile by then; {@link ImageDecoder} does not.
     *
     * @param image an image that wraps a {@code BufferedImage} or can save itself as PNG
     * @return its pixels
     * @throws ImageDecodingException if the image does not save itself as a PNG
     */
    public static RgbImage of(Image image) throws ImageDecodingException {
        if (image.getWrappedImage() instanceof BufferedImage buffered) {
            return of(buffered);
        }
        var png = new ByteArrayOutputStream();
        try {
            image.save(png, "png");
        } catch (IOException e) {
            throw new ImageDecodingException(
                    "an image must wrap a BufferedImage or save itself as PNG, found "
                            + image.getClass().getName(),
                    e);
        }
        return new ImageDecoder(MAX_PIXELS).decode(png.toByteArray());
    }

    /** Makes an image of an array that its maker hands over and forgets. */
    static RgbImage owning(int width, int height, byte[] rgb) {
        return new RgbImage(width, height, rgb);
    }

    /**
     * Returns the width.
     *
     * @return the width in pixels
     */
    public int width() {
        return width;
    }

    /**
     * Returns the height.
     *
     * @return the height in pixels
     */
    public int height() {
        return height;
    }

    /**
     * Returns one value.
     *
     * @param x the column, from 0 at the left
     * @param y the row, from 0 at the top
     * @param channel 0 for red, 1 for green, 2 for blue
     * @return the value, 0 to 255
     * @throws IndexOutOfBoundsException if there is no such pixel or channel
     */
    public int value(int x, int y, int channel) {
        if (x < 0 || x >= width || y < 0 || y >= height || channel < 0 || channel > 2) {
            throw new IndexOutOfBoundsException(
                    "a value must lie within %dx%dx3, found x %d, y %d, channel %d"
                            .formatted(width, height, x, y, channel));
        }
        return rgb[3 * (y * width + x) + channel] & 0xFF;
    }

    /** Brightness in the place of each colour, as Pillow's {@code convert("L")} rounds it. */
    RgbImage gray() {
        byte[] gray = new byte[rgb.length];
        for (int i = 0; i < rgb.length; i += 3) {
            int sum =
                    19595 * (rgb[i] & 0xFF)
                            + 38470 * (rgb[i + 1] & 0xFF)
                            + 7471 * (rgb[i + 2] & 0xFF);
            Arrays.fill(gray, i, i + 3, (byte) ((sum + (1 << 15)) >> 16));
        }
        return new RgbImage(width, height, gray);
    }

    /**
     * Copies the pixels out.
     *
     * @return the interleaved pixels row by row, (height, width, 3)
     */
    public byte[] toByteArray() {
        return rgb.clone();
    }

    /**
     * Cuts a rectangle out.
     *
     * @param left the first column
     * @param top the first row
     * @param cropWidth the width of the rectangle in pixels
     * @param cropHeight the height of the rectangle in pixels
     * @return the part of the image
     * @throws IllegalArgumentException if the rectangle is empty or leaves the image
     */
    public RgbImage crop(int left, int top, int cropWidth, int cropHeight) {
        checkCrop(width, height, left, top, cropWidth, cropHeight);
        if (cropWidth == width && cropHeight == height) {
            return this;
        }
        var part = new byte[3 * cropWidth * cropHeight];
        for (int y = 0; y < cropHeight; y++) {
            System.arraycopy(
                    rgb, 3 * ((top + y) * width + left), part, 3 * y * cropWidth, 3 * cropWidth);
        }
        return new RgbImage(cropWidth, cropHeight, part);
    }

    /** Refuses a rectangle that is empty or leaves an image of that size. */
    static void checkCrop(int width, int height, int left, int top, int cropWidth, int cropHeight) {
        if (left < 0
                || top < 0
                || cropWidth < 1
                || cropHeight < 1
                || cropWidth > width - left
                || cropHeight > height - top) {
            throw new IllegalArgumentException(
                    "a crop must lie within %dx%d, found %dx%d at column %d, row %d"
                            .formatted(width, height, cropWidth, cropHeight, left, top));
        }
    }

    /**
     * Copies the pixels into a {@code BufferedImage}.
     *
     * @return an image of {@link BufferedImage#TYPE_3BYTE_BGR}
     */
    public BufferedImage toBufferedImage() {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
        byte[] bgr = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
        for (int i = 0; i < rgb.length; i += 3) {
            bgr[i] = rgb[i + 2];
            bgr[i + 1] = rgb[i + 1];
            bgr[i + 2] = rgb[i];
        }
        return image;
    }

    /**
     * Encodes the image as a JPEG whose colours have half the resolution.
     *
     * @param quality the quality on libjpeg's scale, 1 to {@value #BEST_QUALITY}
     * @return the file, which decodes to the pixels that Pillow's of that quality does
     * @throws IllegalArgumentException if the quality is out of its range or a side has more than
     *     65,500 pixels
     */
    public byte[] toJpeg(int quality) {
        if (quality < 1 || quality > BEST_QUALITY) {
            throw new IllegalArgumentException(
                    "a JPEG's quality must lie within 1 and %d, found %d"
                            .formatted(BEST_QUALITY, quality));
        }
        if (Math.max(width, height) > LONGEST_OF_JPEG) {
            throw new IllegalArgumentException(
                    "a JPEG's sides must have at most %d pixels, found %dx%d"
                            .formatted(LONGEST_OF_JPEG, width, height));
        }
        return JpegWriter.write(this, quality);
    }

    /** Turns or mirrors the image as TIFF's orientation says, 1 to 8; others leave it as it is. */
    RgbImage turned(int orientation) {
        if (orientation < 2 || orientation > 8) {
            return this;
        }
        boolean onItsSide = orientation >= 5;
        boolean fromRight = orientation == 2 || orientation == 3 || orientation >= 7;
        boolean fromBottom =
                orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
        int newWidth = onItsSide ? height : width;
        var turned = new byte[rgb.length];
        for (int y = 0; y < height; y++) {
            int row = fromBottom ? height - 1 - y : y;
            for (int x = 0; x < width; x++) {
                int column = fromRight ? width - 1 - x : x;
                int to = onItsSide ? column * newWidth + row : row * newWidth + column;
                System.arraycopy(rgb, 3 * (y * width + x), turned, 3 * to, 3);
            }
        }
        return new RgbImage(newWidth, onItsSide ? width : height, turned);
    }

    /** Puts the image onto a larger canvas of one colour. */
    RgbImage placed(int canvasWidth, int canvasHeight, int left, int top, byte[] colour) {
        if (canvasWidth == width && canvasHeight == height) {
            return this;
        }
        var canvas = new byte[3 * canvasWidth * canvasHeight];
        for (int i = 0; i < canvas.length; i++) {
            canvas[i] = colour[i % 3];
        }
        for (int y = 0; y < height; y++) {
            int to = 3 * ((top + y) * canvasWidth + left);
            System.arraycopy(rgb, 3 * y * width, canvas, to, 3 * width);
        }
        return new RgbImage(canvasWidth, canvasHeight, canvas);
    }

    /** The pixels themselves, for reading only. */
    byte[] bytes() {
        return rgb;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RgbImage image
                && width == image.width
                && height == image.height
                && Arrays.equals(rgb, image.rgb);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * width + height) + Arrays.hashCode(rgb);
    }

    @Override
    public String toString() {
        return "RgbImage[%dx%d]".formatted(width, height);
    }
}
