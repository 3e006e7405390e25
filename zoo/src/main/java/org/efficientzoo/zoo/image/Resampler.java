package org.efficientzoo.zoo.image;

import java.util.Arrays;

/**
 * Resizes images as Pillow does, bit for bit: each output value is the weighted mean of the input
 * values under a filter that grows with the reduction, first along the rows, then, from values
 * rounded to 8 bits, along the columns. {@link Interpolation#DARKNET} alone is rounded once, at the
 * end.
 */
public final class Resampler {

    private static final int CHANNELS = 3;

    /** A product of an 8-bit value and a weight, twice as large at most, fits a signed integer. */
    private static final int FRACTION_BITS = Integer.SIZE - 8 - 2;

    private static final int HALF = 1 << (FRACTION_BITS - 1);

    private Resampler() {}

    /**
     * Resizes an image.
     *
     * @param image the image
     * @param width the new width in pixels, at least 1
     * @param height the new height in pixels, at least 1
     * @param interpolation the filter
     * @return the image of the new size
     * @throws IllegalArgumentException if a size is not positive
     */
    public static RgbImage resize(
            RgbImage image, int width, int height, Interpolation interpolation) {
        return resize(image, width, height, interpolation, 0, 0, width, height);
    }

    /**
     * Resizes an image and cuts a rectangle out of the result, of which only the values in the
     * rectangle are computed.
     *
     * @param image the image
     * @param width the width in pixels to resize to, at least 1
     * @param height the height in pixels to resize to, at least 1
     * @param interpolation the filter
     * @param left the first column of the rectangle in the resized image
     * @param top the first row of the rectangle in the resized image
     * @param cropWidth the width of the rectangle in pixels
     * @param cropHeight the height of the rectangle in pixels
     * @return the rectangle, the same as of {@link #resize(RgbImage, int, int, Interpolation)}
     *     followed by {@link RgbImage#crop(int, int, int, int)}
     * @throws IllegalArgumentException if a size is not positive, or if the rectangle leaves the
     *     resized image
     */
    public static RgbImage resize(
            RgbImage image,
            int width,
            int height,
            Interpolation interpolation,
            int left,
            int top,
            int cropWidth,
            int cropHeight) {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException(
                    "a resized image must be at least 1x1 pixels, found %dx%d"
                            .formatted(width, height));
        }
        RgbImage.checkCrop(width, height, left, top, cropWidth, cropHeight);
        if (width == image.width() && height == image.height()) {
            return image.crop(left, top, cropWidth, cropHeight);
        }
        Resize.Size size = new Resize.Size(width, height);
        return switch (interpolation) {
            case BILINEAR ->
                    filtered(image, size, Kernel.TRIANGLE, left, top, cropWidth, cropHeight);
            case BICUBIC -> filtered(image, size, Kernel.CUBIC, left, top, cropWidth, cropHeight);
            case DARKNET ->
                    DarknetResampler.toImage(
                            DarknetResampler.resize(image, size, left, top, cropWidth, cropHeight),
                            cropWidth,
                            cropHeight);
        };
    }

    private static RgbImage filtered(
            RgbImage image,
            Resize.Size size,
            Kernel kernel,
            int left,
            int top,
            int cropWidth,
            int cropHeight) {
        Axis columns = Axis.of(image.width(), size.width(), left, cropWidth, kernel);
        Axis rows = Axis.of(image.height(), size.height(), top, cropHeight, kernel);
        int firstRow = rows.first[0];
        int lastRow = rows.end(cropHeight - 1);
        int[] narrowed = alongRows(image, columns, firstRow, lastRow);
        return RgbImage.owning(
                cropWidth,
                cropHeight,
                alongColumns(narrowed, CHANNELS * cropWidth, rows, firstRow));
    }

    /** Returns the image rows from first to last (exclusive), each of 3·columns values 0..255. */
    private static int[] alongRows(RgbImage image, Axis columns, int firstRow, int lastRow) {
        byte[] rgb = image.bytes();
        int length = columns.first.length;
        var result = new int[Math.multiplyExact(CHANNELS * length, lastRow - firstRow)];
        int to = 0;
        for (int y = firstRow; y < lastRow; y++) {
            int row = CHANNELS * y * image.width();
            for (int x = 0; x < length; x++) {
                int from = row + CHANNELS * columns.first[x];
                int weight = x * columns.taps;
                int end = weight + columns.count[x];
                int red = HALF;
                int green = HALF;
                int blue = HALF;
                for (; weight < end; weight++) {
                    int w = columns.weights[weight];
                    red += w * (rgb[from] & 0xFF);
                    green += w * (rgb[from + 1] & 0xFF);
                    blue += w * (rgb[from + 2] & 0xFF);
                    from += CHANNELS;
                }
                result[to] = clip(red);
                result[to + 1] = clip(green);
                result[to + 2] = clip(blue);
                to += CHANNELS;
            }
        }
        return result;
    }

    /** A row at a time: the inner loop is one that the JIT compiler turns into SIMD. */
    private static byte[] alongColumns(int[] values, int stride, Axis rows, int firstRow) {
        int length = rows.first.length;
        var result = new byte[stride * length];
        int[] sums = new int[stride];
        for (int y = 0; y < length; y++) {
            Arrays.fill(sums, HALF);
            int from = (rows.first[y] - firstRow) * stride;
            for (int tap = 0; tap < rows.count[y]; tap++) {
                addScaled(sums, values, from, rows.weights[y * rows.taps + tap]);
                from += stride;
            }
            int to = y * stride;
            for (int i = 0; i < stride; i++) {
                result[to + i] = (byte) clip(sums[i]);
            }
        }
        return result;
    }

    private static void addScaled(int[] sums, int[] values, int from, int weight) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += weight * values[from + i];
        }
    }

    private static int clip(int sum) {
        return Math.max(0, Math.min(255, sum >> FRACTION_BITS));
    }

    /**
     * The weights of one direction: output i is the sum over k below count[i] of weights[i·taps+k]
     * times input first[i]+k.
     */
    private static final class Axis {
        final int taps;
        final int[] first;
        final int[] count;
        final int[] weights;

        private Axis(int taps, int outputs) {
            this.taps = taps;
            first = new int[outputs];
            count = new int[outputs];
            weights = new int[Math.multiplyExact(taps, outputs)];
        }

        static Axis of(int from, int to, int start, int outputs, Kernel kernel) {
            double scale = (double) from / to;
            double stretch = Math.max(1, scale); // an enlarged image keeps the kernel's own width
            double reach = kernel.support() * stretch;
            int taps = 2 * (int) Math.ceil(reach) + 1;
            var axis = new Axis(taps, outputs);
            var exact = new double[taps];
            for (int i = 0; i < outputs; i++) {
                double centre = (start + i + 0.5) * scale;
                int first = Math.max(0, (int) (centre - reach + 0.5));
                int end = Math.min(from, (int) (centre + reach + 0.5));
                axis.first[i] = first;
                axis.count[i] = end - first;
                for (int k = 0; k < axis.count[i]; k++) {
                    exact[k] = kernel.weight((first + k - centre + 0.5) * (1 / stretch));
                }
                axis.fix(i, exact);
            }
            return axis;
        }

        /** Makes the weights of one output add up to one, then integers of them. */
        private void fix(int output, double[] exact) {
            double sum = 0;
            for (int k = 0; k < count[output]; k++) {
                sum += exact[k];
            }
            for (int k = 0; k < count[output]; k++) {
                double scaled = (sum == 0 ? exact[k] : exact[k] / sum) * (1 << FRACTION_BITS);
                weights[output * taps + k] = (int) (scaled + Math.copySign(0.5, scaled));
            }
        }

        int end(int output) {
            return first[output] + count[output];
        }
    }
}
