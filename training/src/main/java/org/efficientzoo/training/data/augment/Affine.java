package org.efficientzoo.training.data.augment;

/**
 * Shears, shifts and rotations to the nearest pixel, black beyond the edge, as Pillow does them.
 */
final class Affine {

    private static final int FRACTION_BITS = 16;

    private Affine() {}

    static Pixels shearX(Pixels pixels, double slope) {
        return transform(pixels, 1, Math.tan(Math.atan(slope)), 0, 0, 1, 0);
    }

    static Pixels shearY(Pixels pixels, double slope) {
        return transform(pixels, 1, 0, 0, Math.tan(Math.atan(slope)), 1, 0);
    }

    static Pixels shift(Pixels pixels, int right, int down) {
        var whole = new PaddedCrop(pixels.width, pixels.height, 0, PaddingMode.ZERO);
        return whole.cut(pixels, -right, -down);
    }

    /** Rotates about the middle, counter-clockwise. */
    static Pixels rotate(Pixels pixels, double degrees) {
        double angle = degrees % 360 < 0 ? degrees % 360 + 360 : degrees % 360;
        boolean square = pixels.width == pixels.height;
        if (angle == 0) {
            return pixels;
        }
        if (angle == 180 || (square && (angle == 90 || angle == 270))) {
            return quarterTurns(pixels, (int) angle / 90);
        }
        double radians = -Math.toRadians(angle);
        double cos = toFifteenDigits(Math.cos(radians));
        double sin = toFifteenDigits(Math.sin(radians));
        double x = pixels.width / 2.0;
        double y = pixels.height / 2.0;
        return transform(
                pixels, cos, sin, -cos * x - sin * y + x, -sin, cos, sin * x - cos * y + y);
    }

    private static double toFifteenDigits(double value) {
        return Math.rint(value * 1e15) / 1e15;
    }

    private static Pixels quarterTurns(Pixels pixels, int turns) {
        var result = Pixels.black(pixels.width, pixels.height);
        int right = pixels.width - 1;
        int bottom = pixels.height - 1;
        for (int y = 0; y <= bottom; y++) {
            for (int x = 0; x <= right; x++) {
                int from =
                        switch (turns) {
                            case 1 -> pixels.at(right - y, x);
                            case 2 -> pixels.at(right - x, bottom - y);
                            default -> pixels.at(y, bottom - x);
                        };
                result.copy(pixels, from, result.at(x, y));
            }
        }
        return result;
    }

    /**
     * Takes the pixel at (x, y) from (a·x + b·y + c, d·x + e·y + f), in 16-bit fixed point: sides
     * of up to {@link Augmentation#LARGEST_CROP} pixels keep within 31 bits.
     */
    private static Pixels transform(
            Pixels pixels, double a, double b, double c, double d, double e, double f) {
        var result = Pixels.black(pixels.width, pixels.height);
        int right = fixed(a);
        int rightDown = fixed(d);
        int down = fixed(b);
        int downDown = fixed(e);
        int rowX = fixed(c + a * 0.5 + b * 0.5);
        int rowY = fixed(f + d * 0.5 + e * 0.5);
        for (int y = 0; y < pixels.height; y++) {
            int fixedX = rowX;
            int fixedY = rowY;
            for (int x = 0; x < pixels.width; x++) {
                int fromX = fixedX >> FRACTION_BITS;
                int fromY = fixedY >> FRACTION_BITS;
                if (fromX >= 0 && fromX < pixels.width && fromY >= 0 && fromY < pixels.height) {
                    result.copy(pixels, pixels.at(fromX, fromY), result.at(x, y));
                }
                fixedX += right;
                fixedY += rightDown;
            }
            rowX += down;
            rowY += downDown;
        }
        return result;
    }

    private static int fixed(double value) {
        return (int) Math.floor(value * (1 << FRACTION_BITS) + 0.5);
    }
}
