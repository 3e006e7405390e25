package org.efficientzoo.training.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;

/**
 * The colours of shares, from white over blue to nearly black. They follow the square root of the
 * share, so that one image of fifty still shows beside a class that is always right.
 */
final class ShareColours {

    static final Color NO_IMAGES = new Color(0xe6, 0xe6, 0xe6);

    private static final Color[] COLOURS = {
        Color.WHITE, new Color(0x8c, 0xbb, 0xdf), new Color(0x2a, 0x6f, 0xb0), new Color(8, 32, 76)
    };
    private static final int[] TICKS = {0, 1, 5, 10, 25, 50, 75, 100}; // per cent
    private static final int BAR = 16;

    /** The width of the bar with its labels. */
    static final int BAR_WIDTH = 76;

    private ShareColours() {}

    /** The colour of a share in 0..1. */
    static Color of(double share) {
        double place = Math.sqrt(share) * (COLOURS.length - 1);
        int below = Math.min((int) place, COLOURS.length - 2);
        Color from = COLOURS[below];
        Color to = COLOURS[below + 1];
        double way = place - below;
        return new Color(
                between(from.getRed(), to.getRed(), way),
                between(from.getGreen(), to.getGreen(), way),
                between(from.getBlue(), to.getBlue(), way));
    }

    private static int between(int from, int to, double way) {
        return (int) Math.round(from + (to - from) * way);
    }

    /** The colour of a text on the colour of a share. */
    static Color textOn(double share) {
        return share > 0.2 ? Color.WHITE : Picture.TEXT;
    }

    /** Draws the bar that says what the colours mean. */
    static void bar(Graphics2D graphics, int left, int top, int height) {
        for (int y = 0; y < height; y++) {
            double root = 1 - (double) y / (height - 1);
            graphics.setColor(of(root * root));
            graphics.fillRect(left, top + y, BAR, 1);
        }
        graphics.setColor(Picture.AXIS);
        graphics.drawRect(left, top, BAR - 1, height - 1);
        graphics.setColor(Picture.TEXT);
        graphics.setFont(Picture.font(11));
        for (int percent : TICKS) {
            int y = top + (int) Math.round((1 - Math.sqrt(percent / 100.)) * (height - 1));
            graphics.drawString(percent + " %", left + BAR + 5, y + 4);
        }
        String label = "share of the true class";
        Font font = Picture.font(12);
        graphics.setFont(font);
        int middle = top + height / 2 + Picture.width(label, font) / 2;
        Picture.upwards(graphics, label, left + BAR_WIDTH - 4, middle);
    }
}
