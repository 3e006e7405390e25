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

    /** How many taps one loop sums up, to load and store the sums less often. */
    private static final int GROUP = 4;

    private static final int ROWS_AT_A_TIME = 64;

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
     * @throws IllegalArgumentException if a size is not positive, the rectangle leaves the resized
     *     image, or it takes more memory than a third of Java's heap
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
        long bytes = 3L * cropWidth * cropHeight;
        if (bytes > DecodingMemory.BYTES) {
            throw new IllegalArgumentException(
                    "a resized image must take at most %d MB, a third of Java's heap, found %dx%d pixels; java -Xmx gives more"
                            .formatted(
                                    ImageDecoder.megabytes(DecodingMemory.BYTES),
                                    cropWidth,
                                    cropHeight));
        }
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
        boolean overshoots = kernel.overshoots();
        int[][] narrowed = alongRows(image, columns, firstRow, lastRow, overshoots);
        return RgbImage.owning(
                cropWidth,
                cropHeight,
                alongColumns(narrowed, CHANNELS * cropWidth, rows, firstRow, overshoots));
    }

    /**
     * Returns the image rows from first to last (exclusive), each of 3·columns values 0..255. It
     * goes column by column, so that the weights stay in registers, through as many rows at a time
     * as a cache holds.
     */
    private static int[][] alongRows(
            RgbImage image, Axis columns, int firstRow, int lastRow, boolean overshoots) {
        int stride = CHANNELS * image.width();
        int length = CHANNELS * columns.first.length;
        var result = new int[lastRow - firstRow][];
        int[] sums = new int[Math.min(result.length, ROWS_AT_A_TIME) * length];
        for (int done = 0; done < result.length; done += ROWS_AT_A_TIME) {
            int rows = Math.min(ROWS_AT_A_TIME, result.length - done);
            Arrays.fill(sums, HALF);
            for (int x = 0; x < columns.first.length; x++) {
                int to = CHANNELS * x;
                int first = columns.first[x];
                int weight = x * columns.taps;
                int end = columns.end(x);
                while (first < end && first + GROUP <= image.width()) {
                    int from = (firstRow + done) * stride + CHANNELS * first;
                    addFourPixels(
                            sums, to, length, rows, image.bytes(), from, stride, columns, weight);
                    first += GROUP;
                    weight += GROUP;
                }
                for (; first < end; first++) {
                    int from = (firstRow + done) * stride + CHANNELS * first;
                    addPixel(
                            sums,
                            to,
                            length,
                            rows,
                            image.bytes(),
                            from,
                            stride,
                            columns.weights[weight]);
                    weight++;
                }
            }
            for (int row = 0; row < rows; row++) {
                int[] values = Arrays.copyOfRange(sums, row * length, (row + 1) * length);
                toIntegers(values, overshoots);
                result[done + row] = values;
            }
        }
        return result;
    }

    private static void addFourPixels(
            int[] sums,
            int firstSum,
            int length,
            int rows,
            byte[] rgb,
            int firstPixel,
            int stride,
            Axis axis,
            int weight) {
        int w0 = axis.weights[weight];
        int w1 = axis.weights[weight + 1];
        int w2 = axis.weights[weight + 2];
        int w3 = axis.weights[weight + 3];
        int to = firstSum;
        int at = firstPixel;
        for (int row = 0; row < rows; row++) {
            sums[to] +=
                    w0 * (rgb[at] & 0xFF)
                            + w1 * (rgb[at + 3] & 0xFF)
                            + w2 * (rgb[at + 6] & 0xFF)
                            + w3 * (rgb[at + 9] & 0xFF);
            sums[to + 1] +=
                    w0 * (rgb[at + 1] & 0xFF)
                            + w1 * (rgb[at + 4] & 0xFF)
                            + w2 * (rgb[at + 7] & 0xFF)
                            + w3 * (rgb[at + 10] & 0xFF);
            sums[to + 2] +=
                    w0 * (rgb[at + 2] & 0xFF)
                            + w1 * (rgb[at + 5] & 0xFF)
                            + w2 * (rgb[at + 8] & 0xFF)
                            + w3 * (rgb[at + 11] & 0xFF);
            to += length;
            at += stride;
        }
    }

    private static void addPixel(
            int[] sums,
            int firstSum,
            int length,
            int rows,
            byte[] rgb,
            int firstPixel,
            int stride,
            int weight) {
        int to = firstSum;
        int at = firstPixel;
        for (int row = 0; row < rows; row++) {
            sums[to] += weight * (rgb[at] & 0xFF);
            sums[to + 1] += weight * (rgb[at + 1] & 0xFF);
            sums[to + 2] += weight * (rgb[at + 2] & 0xFF);
            to += length;
            at += stride;
        }
    }

    /** A row at a time, in loops that the JIT compiler turns into SIMD. */
    private static byte[] alongColumns(
            int[][] values, int length, Axis rows, int firstRow, boolean overshoots) {
        var result = new byte[length * rows.first.length];
        int[] sums = new int[length];
        for (int y = 0; y < rows.first.length; y++) {
            Arrays.fill(sums, HALF);
            int weight = y * rows.taps;
            for (int first = rows.first[y]; first < rows.end(y); first += GROUP) {
                int last = rows.end(y) - 1; // stands in where the weight is 0
                addFourRows(
                        sums,
                        values[first - firstRow],
                        values[Math.min(first + 1, last) - firstRow],
                        values[Math.min(first + 2, last) - firstRow],
                        values[Math.min(first + 3, last) - firstRow],
                        rows.weights,
                        weight);
                weight += GROUP;
            }
            toIntegers(sums, overshoots);
            int to = y * length;
            for (int i = 0; i < length; i++) {
                result[to + i] = (byte) sums[i];
            }
        }
        return result;
    }

    private static void addFourRows(
            int[] sums, int[] a, int[] b, int[] c, int[] d, int[] weights, int weight) {
        int w0 = weights[weight];
        int w1 = weights[weight + 1];
        int w2 = weights[weight + 2];
        int w3 = weights[weight + 3];
        for (int i = 0; i < sums.length; i++) {
            sums[i] += w0 * a[i] + w1 * b[i] + w2 * c[i] + w3 * d[i];
        }
    }

    /** Takes the fractions off; only of a filter with negative weights can a value leave 0..255. */
    private static void toIntegers(int[] sums, boolean overshoots) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] >>= FRACTION_BITS;
        }
        if (overshoots) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] = Math.max(0, Math.min(255, sums[i]));
            }
        }
    }

    /**
     * The weights of one direction: output i is the sum over k below count[i] of weights[i·taps+k]
     * times input first[i]+k. The number of taps is a multiple of the group, the rest being 0.
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
            int needed = 2 * (int) Math.ceil(reach) + 1;
            int taps = (needed + GROUP - 1) / GROUP * GROUP;
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
