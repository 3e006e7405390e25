package org.efficientzoo.training.sample;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.List;
import java.util.SplittableRandom;

/** Draws one picture: a ground of two colours with clutter, the shape of a kind, some noise. */
final class Painter {

    private static final int NOISE = 8; // levels to either side

    private static final List<Kind.Texture> TEXTURES =
            List.of(Kind.Texture.PLAIN, Kind.Texture.STRIPES, Kind.Texture.SPOTS);

    private final SplittableRandom random;
    private final int size;
    private final BufferedImage image;
    private final Graphics2D graphics;

    private Painter(int size, SplittableRandom random) {
        this.random = random;
        this.size = size;
        image = new BufferedImage(size, size, BufferedImage.TYPE_3BYTE_BGR);
        graphics = image.createGraphics();
        graphics.setRenderingHint(
                RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(
                RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    }

    /** Draws a picture of a kind. */
    static BufferedImage paint(Kind kind, int size, SplittableRandom random) {
        var painter = new Painter(size, random);
        try {
            painter.ground();
            painter.shape(kind);
            painter.noise();
        } finally {
            painter.graphics.dispose();
        }
        return painter.image;
    }

    private double between(double from, double to) {
        return from + (to - from) * random.nextDouble();
    }

    private static Color colour(double hue, double saturation, double brightness) {
        return Color.getHSBColor((float) hue, (float) saturation, (float) brightness);
    }

    /** A gradient, and lines and blots that tell nothing about the class. */
    private void ground() {
        Color one = colour(random.nextDouble(), between(0.1, 0.6), between(0.15, 0.9));
        Color other = colour(random.nextDouble(), between(0.1, 0.6), between(0.15, 0.9));
        graphics.setPaint(
                new GradientPaint(
                        (float) between(0, size), 0, one, (float) between(0, size), size, other));
        graphics.fillRect(0, 0, size, size);
        int things = 2 + random.nextInt(4);
        for (int i = 0; i < things; i++) {
            graphics.setPaint(colour(random.nextDouble(), between(0, 0.7), between(0.1, 1)));
            double x = between(0, size);
            double y = between(0, size);
            if (random.nextInt(2) == 0) {
                graphics.setStroke(new BasicStroke((float) (size * between(0.01, 0.04))));
                graphics.draw(new Line2D.Double(x, y, between(0, size), between(0, size)));
            } else {
                double extent = size * between(0.03, 0.09);
                graphics.fill(new Ellipse2D.Double(x, y, extent, extent * between(0.6, 1.6)));
            }
        }
    }

    private void shape(Kind kind) {
        double radius = size * between(0.3, 0.42);
        double x = between(radius * 0.9, size - radius * 0.9);
        double y = between(radius * 0.9, size - radius * 0.9);
        var place = AffineTransform.getTranslateInstance(x, y);
        place.rotate(between(-0.35, 0.35));
        place.scale(radius * between(0.85, 1), radius);
        Area outline = kind.shape.outline().createTransformedArea(place);
        double hue = between(kind.hues.from, kind.hues.to);
        boolean light = random.nextInt(2) == 0;
        Color fill = colour(hue, between(0.7, 1), light ? between(0.8, 1) : between(0.5, 0.75));
        Color detail = colour(hue, between(0.25, 0.8), light ? between(0.2, 0.4) : 1);
        graphics.setPaint(fill);
        graphics.fill(outline);
        texture(kind, outline, detail, radius);
        graphics.setPaint(light ? Color.BLACK : Color.WHITE);
        graphics.setStroke(new BasicStroke((float) (size * between(0.012, 0.03))));
        graphics.draw(outline);
    }

    private void texture(Kind kind, Area outline, Color detail, double radius) {
        Kind.Texture texture = kind.texture;
        if (texture == Kind.Texture.ANY) {
            texture = TEXTURES.get(random.nextInt(TEXTURES.size()));
        }
        if (texture == Kind.Texture.PLAIN) {
            return;
        }
        Rectangle2D bounds = outline.getBounds2D();
        var place = AffineTransform.getTranslateInstance(bounds.getCenterX(), bounds.getCenterY());
        place.rotate(between(0, StrictMath.PI));
        graphics.setPaint(detail);
        graphics.setClip(outline); // its jagged edge is drawn over
        double step = radius * between(0.38, 0.55);
        double reach = 1.6 * radius;
        for (double v = -reach; v < reach; v += step) {
            if (texture == Kind.Texture.STRIPES) {
                var stripe = new Rectangle2D.Double(-reach, v, 2 * reach, step * 0.45);
                graphics.fill(place.createTransformedShape(stripe));
                continue;
            }
            for (double u = -reach; u < reach; u += step) {
                double extent = step * between(0.5, 0.65);
                var spot = new Ellipse2D.Double(u, v, extent, extent);
                graphics.fill(place.createTransformedShape(spot));
            }
        }
        graphics.setClip(null);
    }

    private void noise() {
        byte[] bgr = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
        for (int i = 0; i < bgr.length; i += 3) {
            int grey = random.nextInt(2 * NOISE + 1) - NOISE;
            for (int channel = 0; channel < 3; channel++) {
                int colour = random.nextInt(NOISE + 1) - NOISE / 2;
                int noisy = (bgr[i + channel] & 0xFF) + grey + colour;
                bgr[i + channel] = (byte) Math.max(0, Math.min(255, noisy));
            }
        }
    }
}
