package org.efficientzoo.training.data.augment;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.efficientzoo.zoo.image.Interpolation;

/** Shears, shifts and rotations, black beyond the edge, as Pillow does them. */
final class Affine {

    private Affine() {}

    static Pixels shearX(Pixels pixels, double slope, Interpolation interpolation) {
        return transform(pixels, interpolation, 1, Math.tan(Math.atan(slope)), 0, 0, 1, 0);
    }

    static Pixels shearY(Pixels pixels, double slope, Interpolation interpolation) {
        return transform(pixels, interpolation, 1, 0, 0, Math.tan(Math.atan(slope)), 1, 0);
    }

    static Pixels shift(Pixels pixels, int right, int down) {
        var whole = new PaddedCrop(pixels.width, pixels.height, 0, PaddingMode.ZERO);
        return whole.cut(pixels, -right, -down);
    }

    /** Rotates about the middle, counter-clockwise. */
    static Pixels rotate(Pixels pixels, double degrees, Interpolation interpolation) {
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
                pixels,
                interpolation,
                cos,
                sin,
                -cos * x - sin * y + x,
                -sin,
                cos,
                sin * x - cos * y + y);
    }

    private static double toFifteenDigits(double value) {
        return new BigDecimal(value).setScale(15, RoundingMode.HALF_EVEN).doubleValue();
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
     * Takes the point (x, y) from (a·x + b·y + c, d·x + e·y + f); pixels have their middles at ½.
     */
    private static Pixels transform(
            Pixels pixels,
            Interpolation interpolation,
            double a,
            double b,
            double c,
            double d,
            double e,
            double f) {
        var result = Pixels.black(pixels.width, pixels.height);
        for (int y = 0; y < pixels.height; y++) {
            for (int x = 0; x < pixels.width; x++) {
                double fromX = a * (x + 0.5) + b * (y + 0.5) + c;
                double fromY = d * (x + 0.5) + e * (y + 0.5) + f;
                if (fromX >= 0 && fromX < pixels.width && fromY >= 0 && fromY < pixels.height) {
                    int at = result.at(x, y);
                    if (interpolation == Interpolation.BICUBIC) {
                        Between.cubic(pixels, fromX, fromY, result.rgb, at);
                    } else {
                        Between.linear(pixels, fromX, fromY, result.rgb, at);
                    }
                }
            }
        }
        return result;
    }
}
