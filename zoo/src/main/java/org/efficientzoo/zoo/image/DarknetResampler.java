package org.efficientzoo.zoo.image;

/**
 * Resizes images as Darknet does, float by float: x/255, then a straight line between two
 * neighbours along the rows, then along the columns.
 *
 * <p>Darknet's last row is a row of the image times what is left of its weight: next to nothing
 * where the division before it was rounded down, as of 1024 rows to 256. It is kept, for Darknet's
 * networks were judged by it.
 *
 * @see <a href="https://pjreddie.com/darknet/imagenet/">Darknet's classifiers</a>
 */
final class DarknetResampler {

    private static final int CHANNELS = 3;
    private static final float[] SCALED = new float[256];

    static {
        for (int value = 0; value < SCALED.length; value++) {
            SCALED[value] = value / 255f;
        }
    }

    private DarknetResampler() {}

    /**
     * Resizes an image and cuts a rectangle out of the result.
     *
     * @param image the image
     * @param size the size to resize it to
     * @param left the first column of the rectangle
     * @param top the first row of the rectangle
     * @param width the width of the rectangle
     * @param height the height of the rectangle
     * @return the interleaved values row by row, (height, width, 3), on the scale of 0 to 1
     */
    static float[] resize(
            RgbImage image, Resize.Size size, int left, int top, int width, int height) {
        Axis columns = Axis.columns(image.width(), size.width(), left, width);
        Axis rows = Axis.rows(image.height(), size.height(), top, height);
        byte[] rgb = image.bytes();
        int stride = CHANNELS * image.width();
        var result = new float[Math.multiplyExact(CHANNELS * width, height)];
        int to = 0;
        for (int y = 0; y < height; y++) {
            int upper = stride * rows.first[y];
            int lower = stride * rows.second[y];
            for (int x = 0; x < width; x++) {
                int near = CHANNELS * columns.first[x];
                int far = CHANNELS * columns.second[x];
                for (int channel = 0; channel < CHANNELS; channel++) {
                    float above = columns.between(x, rgb, upper + near, upper + far);
                    float below = columns.between(x, rgb, lower + near, lower + far);
                    result[to] = rows.before[y] * above + rows.after[y] * below;
                    to++;
                    near++;
                    far++;
                }
            }
        }
        return result;
    }

    /** Rounds values on the scale of 0 to 1 to an image. */
    static RgbImage toImage(float[] values, int width, int height) {
        var rgb = new byte[values.length];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) Math.round(255 * values[i]);
        }
        return RgbImage.owning(width, height, rgb);
    }

    /** The two neighbours of each output of one direction, and their weights. */
    private static final class Axis {
        final int[] first;
        final int[] second;
        final float[] before;
        final float[] after;

        private Axis(int from, int to, int start, int outputs) {
            first = new int[outputs];
            second = new int[outputs];
            before = new float[outputs];
            after = new float[outputs];
            float scale = to == 1 ? 0 : (float) (from - 1) / (to - 1);
            for (int i = 0; i < outputs; i++) {
                float place = (start + i) * scale;
                first[i] = (int) place;
                second[i] = Math.min(first[i] + 1, from - 1);
                after[i] = place - first[i];
                before[i] = 1 - after[i];
            }
        }

        /** The last output of a row is the last input itself. */
        static Axis columns(int from, int to, int start, int outputs) {
            var axis = new Axis(from, to, start, outputs);
            if (start + outputs == to) {
                int last = outputs - 1;
                axis.first[last] = from - 1;
                axis.second[last] = from - 1;
                axis.before[last] = 1;
                axis.after[last] = 0;
            }
            return axis;
        }

        /** The last output of a column has no second neighbour, whatever weight that would have. */
        static Axis rows(int from, int to, int start, int outputs) {
            var axis = new Axis(from, to, start, outputs);
            if (start + outputs == to) {
                axis.after[outputs - 1] = 0;
            }
            return axis;
        }

        float between(int output, byte[] rgb, int near, int far) {
            return before[output] * SCALED[rgb[near] & 0xFF]
                    + after[output] * SCALED[rgb[far] & 0xFF];
        }
    }
}
