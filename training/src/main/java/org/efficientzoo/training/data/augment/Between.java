package org.efficientzoo.training.data.augment;

/**
 * The value between the middles of pixels, as Pillow's transformations take it: not antialiased,
 * the pixels at the edge repeated beyond it.
 */
final class Between {

    private Between() {}

    /** From the two nearest pixels of each direction; rounded down. */
    static void linear(Pixels from, double x, double y, byte[] to, int at) {
        int left = (int) Math.floor(x - 0.5);
        int top = (int) Math.floor(y - 0.5);
        double dx = x - 0.5 - left;
        double dy = y - 0.5 - top;
        for (int colour = 0; colour < Pixels.CHANNELS; colour++) {
            double above =
                    line(value(from, left, top, colour), value(from, left + 1, top, colour), dx);
            double below =
                    line(
                            value(from, left, top + 1, colour),
                            value(from, left + 1, top + 1, colour),
                            dx);
            to[at + colour] = (byte) (int) line(above, below, dy);
        }
    }

    private static double line(double one, double other, double share) {
        return one + (other - one) * share;
    }

    /** From the four nearest pixels of each direction; kept within a byte and rounded down. */
    static void cubic(Pixels from, double x, double y, byte[] to, int at) {
        int left = (int) Math.floor(x - 0.5);
        int top = (int) Math.floor(y - 0.5);
        double dx = x - 0.5 - left;
        double dy = y - 0.5 - top;
        double[] rows = new double[4];
        for (int colour = 0; colour < Pixels.CHANNELS; colour++) {
            for (int row = 0; row < rows.length; row++) {
                int inRow = top - 1 + row;
                rows[row] =
                        curve(
                                value(from, left - 1, inRow, colour),
                                value(from, left, inRow, colour),
                                value(from, left + 1, inRow, colour),
                                value(from, left + 2, inRow, colour),
                                dx);
            }
            double value = curve(rows[0], rows[1], rows[2], rows[3], dy);
            to[at + colour] = (byte) (int) Math.max(0, Math.min(255, value));
        }
    }

    /** Through the second at 0 and the third at 1, the slopes those between their neighbours. */
    private static double curve(
            double first, double second, double third, double fourth, double d) {
        double slope = -first + third;
        double square = 2 * (first - second) + third - fourth;
        double cube = -first + second - third + fourth;
        return second + d * (slope + d * (square + d * cube));
    }

    private static int value(Pixels from, int x, int y, int colour) {
        int inX = Math.max(0, Math.min(from.width - 1, x));
        int inY = Math.max(0, Math.min(from.height - 1, y));
        return from.rgb[from.at(inX, inY) + colour] & 0xff;
    }
}
