package org.efficientzoo.zoo.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An image in memory whose header has been read and whose pixels have not, so that only those that
 * are needed may be decoded.
 */
public final class EncodedImage {

    private final String format;
    private final Picture picture;
    private final Optional<Path> file;

    EncodedImage(String format, Picture picture, Optional<Path> file) {
        this.format = format;
        this.picture = picture;
        this.file = file;
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
     * @throws ImageDecodingException if the image is malformed or truncated
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
     * @throws ImageDecodingException if the image is malformed or truncated; damage below the
     *     rectangle may go unnoticed
     * @throws IllegalArgumentException if the rectangle is empty or leaves the image
     */
    public RgbImage decode(int left, int top, int width, int height) throws ImageDecodingException {
        RgbImage.checkCrop(width(), height(), left, top, width, height);
        try {
            return picture.decoder().decode(new Region(left, top, width, height));
        } catch (ImageDecodingException e) {
            throw named(e);
        } catch (IOException | RuntimeException e) { // the JDK's readers throw both on bad data
            throw named(ImageDecodingException.undecodable(format, e));
        }
    }

    private ImageDecodingException named(ImageDecodingException e) {
        return file.map(e::about).orElse(e);
    }
}
