package org.efficientzoo.training.data.augment;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * Brightness, contrast, saturation and sharpness as Pillow's ImageEnhance has them: the picture is
 * mixed with a lesser one, in 32-bit floats; a factor above 1 extrapolates.
 */
final class Blend {

    private static final float NEIGHBOUR = 1f / 13; // Pillow's kernel SMOOTH
    private static final float CENTRE = 5f / 13;

    private Blend() {}

    static Pixels brightness(Pixels pixels, double factor) {
        return withConstant(pixels, 0, (float) factor);
    }

    static Pixels contrast(Pixels pixels, double factor) {
        long sum = 0;
        byte[] rgb = pixels.rgb;
        for (int i = 0; i < rgb.length; i += Pixels.CHANNELS) {
            sum += grey(rgb, i);
        }
        double mean = (double) sum / ((long) pixels.width * pixels.height);
        return withConstant(pixels, (int) (mean + 0.5), (float) factor);
    }

    static Pixels saturation(Pixels pixels, double factor) {
        byte[] rgb = pixels.rgb;
        byte[] greys = new byte[rgb.length];
        for (int i = 0; i < rgb.length; i += Pixels.CHANNELS) {
            Arrays.fill(greys, i, i + Pixels.CHANNELS, (byte) grey(rgb, i));
        }
        return mix(greys, pixels, (float) factor);
    }

    static Pixels sharpness(Pixels pixels, double factor) {
        return mix(smooth(pixels), pixels, (float) factor);
    }

    private static Pixels withConstant(Pixels pixels, int constant, float factor) {
        IntUnaryOperator mixed = value -> mix(constant, value, factor);
        return Lookup.apply(pixels, mixed);
    }

    private static Pixels mix(byte[] lesser, Pixels pixels, float factor) {
        byte[] rgb = pixels.rgb;
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) mix(lesser[i] & 0xFF, rgb[i] & 0xFF, factor);
        }
        return pixels;
    }

    private static int mix(int lesser, int value, float factor) {
        float mixed = lesser + factor * (value - lesser);
        return (int) Math.max(0, Math.min(255, mixed));
    }

    /** ITU-R BT.601 in 16-bit fixed point. */
    private static int grey(byte[] rgb, int at) {
        return (19595 * (rgb[at] & 0xFF)
                        + 38470 * (rgb[at + 1] & 0xFF)
                        + 7471 * (rgb[at + 2] & 0xFF)
                        + 0x8000)
                >> 16;
    }

    /** The mean of each 3×3 pixels, the middle counted five times; the edge stays as it is. */
    private static byte[] smooth(Pixels pixels) {
        byte[] rgb = pixels.rgb;
        byte[] result = rgb.clone();
        int stride = Pixels.CHANNELS * pixels.width;
        for (int y = 1; y < pixels.height - 1; y++) {
            int end = (y + 1) * stride - Pixels.CHANNELS;
            for (int i = y * stride + Pixels.CHANNELS; i < end; i++) {
                float sum = 0.5f; // the sums in Pillow's order, for they are rounded
                sum += row(rgb, i + stride, NEIGHBOUR);
                sum += row(rgb, i, CENTRE);
                sum += row(rgb, i - stride, NEIGHBOUR);
                result[i] = (byte) sum;
            }
        }
        return result;
    }

    private static float row(byte[] rgb, int at, float centre) {
        return (rgb[at - Pixels.CHANNELS] & 0xFF) * NEIGHBOUR
                + (rgb[at] & 0xFF) * centre
                + (rgb[at + Pixels.CHANNELS] & 0xFF) * NEIGHBOUR;
    }
}
