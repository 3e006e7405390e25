package org.efficientzoo.training.data.augment;

/** Turns the hue, through Pillow's HSV of 8 bits a value. */
final class Hue {

    private Hue() {}

    /** Turns the hue of every pixel by a share of the full circle, -0.5 to 0.5. */
    static Pixels turn(Pixels pixels, double share) {
        int turn = (int) (share * 255);
        byte[] rgb = pixels.rgb;
        for (int i = 0; i < rgb.length; i += Pixels.CHANNELS) {
            turn(rgb, i, turn);
        }
        return pixels;
    }

    /** In the mixture of 32-bit and 64-bit floats that Pillow's C has. */
    private static void turn(byte[] rgb, int at, int turn) {
        int red = rgb[at] & 0xFF;
        int green = rgb[at + 1] & 0xFF;
        int blue = rgb[at + 2] & 0xFF;
        int max = Math.max(red, Math.max(green, blue));
        int min = Math.min(red, Math.min(green, blue));
        int saturation = max == min ? 0 : (int) ((float) (max - min) / max * 255.0);
        if (saturation == 0) {
            rgb[at] = (byte) max;
            rgb[at + 1] = (byte) max;
            rgb[at + 2] = (byte) max;
            return;
        }
        int hue = (hue(red, green, blue, max, max - min) + turn) & 0xFF;
        double sextant = hue * 6.0 / 255.0;
        int sector = (int) sextant;
        float rest = (float) (sextant - sector);
        float share = (float) (saturation / 255.0);
        byte full = (byte) max;
        byte none = (byte) Math.round(max * (1.0 - share));
        byte falling = (byte) Math.round(max * (1.0 - share * rest));
        byte rising = (byte) Math.round(max * (1.0 - share * (1.0 - rest)));
        switch (sector % 6) {
            case 0 -> put(rgb, at, full, rising, none);
            case 1 -> put(rgb, at, falling, full, none);
            case 2 -> put(rgb, at, none, full, rising);
            case 3 -> put(rgb, at, none, falling, full);
            case 4 -> put(rgb, at, rising, none, full);
            default -> put(rgb, at, full, none, falling);
        }
    }

    private static int hue(int red, int green, int blue, int max, int spread) {
        float range = spread;
        float fromRed = (max - red) / range;
        float fromGreen = (max - green) / range;
        float fromBlue = (max - blue) / range;
        float sextant;
        if (red == max) {
            sextant = fromBlue - fromGreen;
        } else if (green == max) {
            sextant = (float) (2.0 + fromRed - fromBlue);
        } else {
            sextant = (float) (4.0 + fromGreen - fromRed);
        }
        float turns = (float) ((sextant / 6.0 + 1.0) % 1.0);
        return (int) (turns * 255.0);
    }

    private static void put(byte[] rgb, int at, byte red, byte green, byte blue) {
        rgb[at] = red;
        rgb[at + 1] = green;
        rgb[at + 2] = blue;
    }
}
