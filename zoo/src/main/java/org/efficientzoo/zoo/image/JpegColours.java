package org.efficientzoo.zoo.image;

/** The colour arithmetic of JPEGs, in the integers of libjpeg and Pillow. */
final class JpegColours {

    private static final int SCALE = 16; // fraction bits of libjpeg's conversion tables
    private static final int HALF = 1 << (SCALE - 1);
    private static final int CENTRE = 128;

    // ITU-R BT.601 for full-range chroma, as in the JFIF specification
    private static final int RED_OF_CR = fixed(1.402);
    private static final int GREEN_OF_CB = fixed(0.34414);
    private static final int GREEN_OF_CR = fixed(0.71414);
    private static final int BLUE_OF_CB = fixed(1.772);

    private JpegColours() {}

    /** Turns the first three of every {@code step} samples from Y, Cb, Cr into R, G, B in place. */
    static void yccToRgb(byte[] samples, int step) {
        for (int i = 0; i < samples.length; i += step) {
            int y = samples[i] & 0xFF;
            int cb = (samples[i + 1] & 0xFF) - CENTRE;
            int cr = (samples[i + 2] & 0xFF) - CENTRE;
            samples[i] = clip(y + ((RED_OF_CR * cr + HALF) >> SCALE));
            samples[i + 1] = clip(y + ((HALF - GREEN_OF_CB * cb - GREEN_OF_CR * cr) >> SCALE));
            samples[i + 2] = clip(y + ((BLUE_OF_CB * cb + HALF) >> SCALE));
        }
    }

    /** Turns Y, Cb, Cr, K into C, M, Y, K in place: inks are the complements of light. */
    static void ycckToCmyk(byte[] samples) {
        yccToRgb(samples, 4);
        for (int i = 0; i < samples.length; i++) {
            if (i % 4 != 3) {
                samples[i] = (byte) ~samples[i];
            }
        }
    }

    /** Turns C, M, Y, K, each stored as 255 minus the amount of ink, into red, green and blue. */
    static byte[] invertedCmykToRgb(byte[] samples) {
        var rgb = new byte[samples.length / 4 * 3];
        int to = 0;
        for (int i = 0; i < samples.length; i += 4) {
            int light = samples[i + 3] & 0xFF; // what black lets through
            for (int ink = 0; ink < 3; ink++) {
                int amount = 255 - (samples[i + ink] & 0xFF);
                rgb[to++] = (byte) Math.max(0, light - product(amount, light));
            }
        }
        return rgb;
    }

    /**
     * Interpolates chroma of half the height, if it has only been repeated: libjpeg-turbo gives
     * three quarters of the nearer row and one of the next, the libjpeg 6b of some JDKs pairs of
     * equal rows.
     *
     * @param ycc Y, Cb and Cr of every pixel, changed in place
     * @param stride the number of bytes in a row
     */
    static void smoothRepeatedChroma(byte[] ycc, int stride) {
        int rows = ycc.length / stride;
        if (!hasRepeatedChroma(ycc, stride, rows)) {
            return;
        }
        byte[] repeated = ycc.clone();
        for (int y = 0; y < rows; y++) {
            boolean upper = y % 2 == 0;
            int other = upper ? Math.max(0, y - 1) : Math.min(rows - 1, y + 1);
            int rounding = upper ? 1 : 2; // halves go up and down in turn
            for (int x = 0; x < stride; x++) {
                if (x % 3 != 0) {
                    int near = repeated[y * stride + x] & 0xFF;
                    int far = repeated[other * stride + x] & 0xFF;
                    ycc[y * stride + x] = (byte) ((3 * near + far + rounding) >> 2);
                }
            }
        }
    }

    private static boolean hasRepeatedChroma(byte[] ycc, int stride, int rows) {
        for (int y = 0; y + 1 < rows; y += 2) {
            int start = y * stride;
            for (int i = start; i < start + stride; i++) {
                if ((i - start) % 3 != 0 && ycc[i] != ycc[i + stride]) {
                    return false;
                }
            }
        }
        return true;
    }

    /** a·b/255, rounded, for a and b from 0 to 255. */
    private static int product(int a, int b) {
        int scaled = a * b + 128;
        return (scaled + (scaled >> 8)) >> 8;
    }

    private static byte clip(int value) {
        return (byte) Math.max(0, Math.min(255, value));
    }

    private static int fixed(double factor) {
        return (int) (factor * (1 << SCALE) + 0.5);
    }
}
