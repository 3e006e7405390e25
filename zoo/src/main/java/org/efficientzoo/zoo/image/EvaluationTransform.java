package org.efficientzoo.zoo.image;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * What becomes of an image before a network judges it, as torchvision's evaluation does it: resize,
 * centre crop, x/255, then (x - mean) / std for each channel.
 *
 * <p>Takes an image of any size, gives (3, cropHeight, cropWidth) floats: red, green and blue
 * planes, or blue, green and red ones; or a single plane of brightness, normalized as red is. An
 * image smaller than the crop is framed in black.
 *
 * <p>A network that takes 0 to 255 has mean 0 and std 1/255: x comes out within two roundings of a
 * float, at most 1.2e-7·x away.
 *
 * @param resize the size before the crop
 * @param cropHeight the height of the result in pixels, at least 1
 * @param cropWidth the width of the result in pixels, at least 1
 * @param interpolation the filter of the resizing
 * @param mean what is subtracted from red, green and blue on the scale of 0 to 1
 * @param std what red, green and blue are divided by then, not 0
 * @param channelOrder the order of the planes; mean and std stay those of red, green and blue
 */
public record EvaluationTransform(
        Resize resize,
        int cropHeight,
        int cropWidth,
        Interpolation interpolation,
        List<Float> mean,
        List<Float> std,
        ChannelOrder channelOrder) {

    /** The mean of ImageNet's training images. */
    public static final List<Float> IMAGENET_MEAN = List.of(0.485f, 0.456f, 0.406f);

    /** The standard deviation of ImageNet's training images. */
    public static final List<Float> IMAGENET_STD = List.of(0.229f, 0.224f, 0.225f);

    private static final int CHANNELS = 3;
    private static final byte[] BLACK = {0, 0, 0};

    /**
     * Checks the sizes and the statistics.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public EvaluationTransform {
        Objects.requireNonNull(resize, "resize");
        Objects.requireNonNull(interpolation, "interpolation");
        Objects.requireNonNull(channelOrder, "channelOrder");
        if (cropHeight < 1
                || cropWidth < 1
                || (long) cropHeight * cropWidth > RgbImage.MAX_PIXELS) {
            throw new IllegalArgumentException(
                    "a crop must have 1 to %d pixels, found %dx%d"
                            .formatted(RgbImage.MAX_PIXELS, cropHeight, cropWidth));
        }
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (mean.size() != CHANNELS || !mean.stream().allMatch(Float::isFinite)) {
            throw new IllegalArgumentException("mean must be 3 finite numbers, found " + mean);
        }
        if (std.size() != CHANNELS || !std.stream().allMatch(s -> Float.isFinite(s) && s != 0)) {
            throw new IllegalArgumentException(
                    "std must be 3 finite numbers other than 0, found " + std);
        }
    }

    /**
     * Describes a transform to red, green and blue planes.
     *
     * @param resize the size before the crop
     * @param cropHeight the height of the result in pixels, at least 1
     * @param cropWidth the width of the result in pixels, at least 1
     * @param interpolation the filter of the resizing
     * @param mean what is subtracted from red, green and blue on the scale of 0 to 1
     * @param std what red, green and blue are divided by then, not 0
     */
    public EvaluationTransform(
            Resize resize,
            int cropHeight,
            int cropWidth,
            Interpolation interpolation,
            List<Float> mean,
            List<Float> std) {
        this(resize, cropHeight, cropWidth, interpolation, mean, std, ChannelOrder.RGB);
    }

    /**
     * The transform of most networks trained on ImageNet: shorter side 256, crop 224, bilinear.
     *
     * @return the transform
     */
    public static EvaluationTransform imagenet() {
        return new EvaluationTransform(
                new Resize.ShorterSide(256),
                224,
                224,
                Interpolation.BILINEAR,
                IMAGENET_MEAN,
                IMAGENET_STD);
    }

    /**
     * Returns how many floats an image becomes.
     *
     * @return planes·cropHeight·cropWidth
     */
    public int length() {
        return channelOrder.planes() * cropHeight * cropWidth;
    }

    /**
     * The transform of Darknet's classifiers: the largest centred square, resized as Darknet
     * resizes, and x/255.
     *
     * @param pixels the sides of the result in pixels, at least 1
     * @return the transform
     * @throws IllegalArgumentException if the sides are not positive
     */
    public static EvaluationTransform darknet(int pixels) {
        return new EvaluationTransform(
                new Resize.CentreSquare(pixels),
                pixels,
                pixels,
                Interpolation.DARKNET,
                List.of(0f, 0f, 0f),
                List.of(1f, 1f, 1f));
    }

    /**
     * Resizes and crops an image, in 8 bits.
     *
     * @param image the image
     * @return the crop, cropWidth by cropHeight
     */
    public RgbImage crop(RgbImage image) {
        RgbImage part = resize.part(image);
        Window window = window(part);
        RgbImage cropped =
                Resampler.resize(
                        part,
                        window.size.width(),
                        window.size.height(),
                        interpolation,
                        window.columns.skipped,
                        window.rows.skipped,
                        window.columns.length,
                        window.rows.length);
        return cropped.placed(
                cropWidth, cropHeight, window.columns.padding, window.rows.padding, BLACK);
    }

    private Window window(RgbImage part) {
        Resize.Size size = resize.of(part.width(), part.height());
        return new Window(
                size,
                Span.centred(size.width(), cropWidth),
                Span.centred(size.height(), cropHeight));
    }

    /**
     * Turns an image into a network's input.
     *
     * @param image the image
     * @param target takes the planes, (planes, cropHeight, cropWidth), from the offset on
     * @param offset the index of the first float
     * @throws IndexOutOfBoundsException if fewer than {@link #length()} floats are left there
     */
    public void apply(RgbImage image, float[] target, int offset) {
        Objects.checkFromIndexSize(offset, length(), target.length);
        apply(image, FloatBuffer.wrap(target, offset, length()));
    }

    /**
     * Turns an image into a network's input.
     *
     * @param image the image
     * @param target takes the planes, (planes, cropHeight, cropWidth), from its position on, which
     *     moves behind them
     * @throws IndexOutOfBoundsException if fewer than {@link #length()} floats remain
     */
    public void apply(RgbImage image, FloatBuffer target) {
        if (target.remaining() < length()) {
            throw new IndexOutOfBoundsException(
                    "the target must have %d floats left, found %d"
                            .formatted(length(), target.remaining()));
        }
        RgbImage seen = channelOrder == ChannelOrder.GRAY ? image.gray() : image;
        if (interpolation == Interpolation.DARKNET) {
            putFloats(seen, target);
        } else {
            putBytes(crop(seen).bytes(), target);
        }
    }

    private void putBytes(byte[] rgb, FloatBuffer target) {
        float[] row = new float[cropWidth];
        for (int plane = 0; plane < channelOrder.planes(); plane++) {
            int colour = channelOrder.colour(plane);
            float[] normalized = table(colour);
            int from = colour;
            for (int y = 0; y < cropHeight; y++) {
                for (int x = 0; x < cropWidth; x++) {
                    row[x] = normalized[rgb[from] & 0xFF];
                    from += CHANNELS;
                }
                target.put(row);
            }
        }
    }

    /** Like the above, of values that have not been rounded to 8 bits. */
    private void putFloats(RgbImage image, FloatBuffer target) {
        RgbImage part = resize.part(image);
        Window window = window(part);
        Span columns = window.columns;
        Span rows = window.rows;
        float[] values =
                DarknetResampler.resize(
                        part,
                        window.size,
                        columns.skipped,
                        rows.skipped,
                        columns.length,
                        rows.length);
        float[] row = new float[cropWidth];
        for (int plane = 0; plane < channelOrder.planes(); plane++) {
            int colour = channelOrder.colour(plane);
            int from = colour;
            for (int y = 0; y < cropHeight; y++) {
                Arrays.fill(row, normalized(0, colour));
                if (rows.covers(y)) {
                    for (int x = 0; x < columns.length; x++) {
                        row[columns.padding + x] = normalized(values[from], colour);
                        from += CHANNELS;
                    }
                }
                target.put(row);
            }
        }
    }

    /** The 256 values of a colour. */
    private float[] table(int colour) {
        float[] table = new float[256];
        for (int value = 0; value < table.length; value++) {
            table[value] = normalized(value / 255f, colour);
        }
        return table;
    }

    /** In the order of float operations that torchvision has. */
    private float normalized(float value, int colour) {
        return (value - mean.get(colour)) / std.get(colour);
    }

    /** The size that a picture is resized to and what is cut out of it. */
    private record Window(Resize.Size size, Span columns, Span rows) {}

    /** What a centre crop takes of one direction, and the black before it. */
    private record Span(int skipped, int length, int padding) {
        static Span centred(int available, int wanted) {
            return available < wanted
                    ? new Span(0, available, (wanted - available) / 2)
                    : new Span((int) Math.rint((available - wanted) / 2.0), wanted, 0);
        }

        boolean covers(int place) {
            return place >= padding && place < padding + length;
        }
    }
}
