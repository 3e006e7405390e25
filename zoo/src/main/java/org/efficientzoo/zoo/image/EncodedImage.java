package org.efficientzoo.zoo.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An image in memory whose header has been read and whose pixels have not, so that only those that
 * are needed may be decoded.
 */
public final class EncodedImage {

    private static final int COPIES = 3; // of the file, while a reader gets what it understands

    private final String format;
    private final Picture picture;
    private final long encodedBytes;
    private final long memory;
    private final Optional<Path> file;

    EncodedImage(
            String format, Picture picture, long encodedBytes, long memory, Optional<Path> file) {
        this.format = format;
        this.picture = picture;
        this.encodedBytes = encodedBytes;
        this.memory = memory;
        this.file = file;
    }

    /**
     * What is done with an image.
     *
     * @param <T> what comes of it
     */
    public interface Use<T> {

        /**
         * Does it.
         *
         * @param image the image
         * @return what comes of it
         * @throws ImageDecodingException if the image is malformed or truncated
         */
        T apply(EncodedImage image) throws ImageDecodingException;
    }

    /**
     * Returns the width.
     *
     * @return the width in pixels
     */
    public int width() {
        return picture.width();
    }

    /**
     * Returns the height.
     *
     * @return the height in pixels
     */
    public int height() {
        return picture.height();
    }

    /**
     * Decodes the image.
     *
     * @return its pixels
     * @throws ImageDecodingException if the image is malformed or truncated, or decoding it takes
     *     more memory than a third of Java's heap
     */
    public RgbImage decode() throws ImageDecodingException {
        return decode(0, 0, width(), height());
    }

    /**
     * Decodes a rectangle, which of a JPEG costs less than the whole.
     *
     * @param left the first column
     * @param top the first row
     * @param width the width of the rectangle in pixels
     * @param height the height of the rectangle in pixels
     * @return the rectangle, the same as of {@link #decode()} followed by {@link RgbImage#crop}
     * @throws ImageDecodingException if the image is malformed or truncated, or decoding it takes
     *     more memory than a third of Java's heap; damage below the rectangle may go unnoticed
     * @throws IllegalArgumentException if the rectangle is empty or leaves the image
     */
    public RgbImage decode(int left, int top, int width, int height) throws ImageDecodingException {
        RgbImage.checkCrop(width(), height(), left, top, width, height);
        var region = new Region(left, top, width, height);
        checkMemory(bytes(region));
        try {
            return picture.decoder().decode(region);
        } catch (ImageDecodingException e) {
            throw named(e);
        } catch (IOException | RuntimeException e) { // the readers throw both on bad data
            throw named(ImageDecodingException.undecodable(format, e));
        }
    }

    /**
     * Decodes and uses the image in its turn: waits until the images that other threads use in this
     * way leave enough memory for it. Such a use must not begin another one.
     *
     * @param use what is done with the image
     * @param <T> what comes of it
     * @return what came of it
     * @throws ImageDecodingException if the image is malformed or truncated, or decoding the whole
     *     of it takes more memory than a third of Java's heap
     */
    public <T> T inTurn(Use<T> use) throws ImageDecodingException {
        long bytes = bytes(picture.all());
        checkMemory(bytes);
        int taken = DecodingMemory.acquire(bytes);
        try {
            return use.apply(this);
        } finally {
            DecodingMemory.release(taken);
        }
    }

    private long bytes(Region region) {
        return picture.bytes(region) + COPIES * encodedBytes;
    }

    private void checkMemory(long bytes) throws ImageDecodingException {
        if (bytes > memory) {
            throw named(
                    new ImageDecodingException(
                            "an image must take at most %d MB to decode, a third of Java's heap, found %dx%d pixels that take %d MB; java -Xmx gives more"
                                    .formatted(
                                            ImageDecoder.megabytes(memory),
                                            width(),
                                            height(),
                                            ImageDecoder.megabytes(bytes))));
        }
    }

    private ImageDecodingException named(ImageDecodingException e) {
        return file.map(e::about).orElse(e);
    }
}
