package org.efficientzoo.training.data.augment;

import java.util.function.IntUnaryOperator;

/** Operations that give each value of a channel another one, with the tables of Pillow. */
final class Lookup {

    private static final int LEVELS = 256;

    private Lookup() {}

    static Pixels posterize(Pixels pixels, int bits) {
        int mask = -(1 << (8 - bits));
        return apply(pixels, value -> value & mask);
    }

    static Pixels solarize(Pixels pixels, double threshold) {
        return apply(pixels, value -> value < threshold ? value : 255 - value);
    }

    static Pixels autoContrast(Pixels pixels) {
        for (int channel = 0; channel < Pixels.CHANNELS; channel++) {
            int[] histogram = histogram(pixels, channel);
            int low = 0;
            int high = LEVELS - 1;
            while (low < LEVELS - 1 && histogram[low] == 0) {
                low++;
            }
            while (high > 0 && histogram[high] == 0) {
                high--;
            }
            if (high > low) {
                double scale = 255.0 / (high - low);
                double offset = -low * scale;
                apply(
                        pixels,
                        channel,
                        value -> Math.max(0, Math.min(255, (int) (value * scale + offset))));
            }
        }
        return pixels;
    }

    static Pixels equalize(Pixels pixels) {
        for (int channel = 0; channel < Pixels.CHANNELS; channel++) {
            int[] histogram = histogram(pixels, channel);
            int last = 0;
            for (int count : histogram) {
                last = count > 0 ? count : last;
            }
            int step = (pixels.width * pixels.height - last) / 255;
            if (step > 0) { // also skips a channel of one level
                int[] table = new int[LEVELS];
                int sum = step / 2;
                for (int i = 0; i < LEVELS; i++) {
                    table[i] = Math.min(255, sum / step);
                    sum += histogram[i];
                }
                apply(pixels, channel, value -> table[value]);
            }
        }
        return pixels;
    }

    /** The same table for all channels. */
    static Pixels apply(Pixels pixels, IntUnaryOperator table) {
        byte[] values = table(table);
        byte[] rgb = pixels.rgb;
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = values[rgb[i] & 0xFF];
        }
        return pixels;
    }

    private static void apply(Pixels pixels, int channel, IntUnaryOperator table) {
        byte[] values = table(table);
        byte[] rgb = pixels.rgb;
        for (int i = channel; i < rgb.length; i += Pixels.CHANNELS) {
            rgb[i] = values[rgb[i] & 0xFF];
        }
    }

    private static byte[] table(IntUnaryOperator operator) {
        byte[] table = new byte[LEVELS];
        for (int i = 0; i < LEVELS; i++) {
            table[i] = (byte) operator.applyAsInt(i);
        }
        return table;
    }

    private static int[] histogram(Pixels pixels, int channel) {
        int[] histogram = new int[LEVELS];
        for (int i = channel; i < pixels.rgb.length; i += Pixels.CHANNELS) {
            histogram[pixels.rgb[i] & 0xFF]++;
        }
        return histogram;
    }
}
