package org.efficientzoo.training.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Draws what networks reach and what that costs: Top-1 accuracy over latency and over
 * multiply-accumulates, side by side.
 */
public final class EfficiencyChart {

    private static final int WIDTH = 1500;
    private static final int HEIGHT = 640;
    private static final int HEAD = 64;
    private static final int LEFT = 62;
    private static final int RIGHT = 16;
    private static final int FOOT = 52;
    private static final double DOT = 9;
    private static final Color GRID = new Color(0xe4, 0xe4, 0xe4);
    private static final Font LABEL = Picture.font(11);
    private static final Font TICK = Picture.font(12);
    private static final Font TITLE = Picture.font(13);

    /** Colours that colour-blind people tell apart, by Okabe and Ito. */
    private static final List<Color> COLOURS =
            List.of(
                    new Color(0x00, 0x72, 0xb2),
                    new Color(0xd5, 0x5e, 0x00),
                    new Color(0x00, 0x9e, 0x73),
                    new Color(0xcc, 0x79, 0xa7),
                    new Color(0xe6, 0x9f, 0x00),
                    new Color(0x56, 0xb4, 0xe9),
                    new Color(0x7a, 0x5c, 0x3d),
                    new Color(0x60, 0x60, 0x60));

    private EfficiencyChart() {}

    /**
     * A network.
     *
     * @param name its name
     * @param family what its colour tells
     * @param top1 the Top-1 accuracy in percent
     * @param milliseconds the latency
     * @param macs the multiply-accumulates of an image
     */
    public record Point(String name, String family, double top1, double milliseconds, double macs) {

        /**
         * Checks the numbers.
         *
         * @throws IllegalArgumentException if one is out of its range
         */
        public Point {
            if (!(top1 >= 0 && top1 <= 100)) {
                throw new IllegalArgumentException("Top-1 must be 0 to 100 percent, found " + top1);
            }
            if (!(milliseconds > 0) || !(macs > 0)) {
                throw new IllegalArgumentException(
                        "costs must be above 0, found %s ms, %s MACs"
                                .formatted(milliseconds, macs));
            }
        }
    }

    /**
     * Draws a PNG of 1500×640 pixels.
     *
     * @param file the picture, written whole or not at all
     * @param title the title
     * @param latency what the latency is of, such as {@code PyTorch, batch 1, 2 threads}
     * @param points the networks, at least one
     * @throws IOException if it cannot be drawn or written; the message says why
     * @throws IllegalArgumentException if there is no point
     */
    public static void write(Path file, String title, String latency, List<Point> points)
            throws IOException {
        if (points.isEmpty()) {
            throw new IllegalArgumentException("a chart must have a network, found none");
        }
        Picture.write(
                file,
                () ->
                        new Picture.Drawing(
                                WIDTH,
                                HEIGHT,
                                graphics -> paint(graphics, title, latency, points)));
    }

    private static void paint(
            Graphics2D graphics, String title, String latency, List<Point> points) {
        graphics.setColor(Picture.TEXT);
        Picture.title(graphics, title, WIDTH);
        Map<String, Color> colours = new TreeMap<>();
        points.forEach(point -> colours.put(point.family, Color.BLACK));
        int next = 0;
        for (Map.Entry<String, Color> family : colours.entrySet()) {
            family.setValue(COLOURS.get(next % COLOURS.size()));
            next++;
        }
        legend(graphics, colours);
        int width = WIDTH / 2;
        panel(
                (Graphics2D) graphics.create(0, HEAD, width, HEIGHT - HEAD),
                "latency in ms: " + latency,
                points,
                Point::milliseconds,
                colours);
        panel(
                (Graphics2D) graphics.create(width, HEAD, width, HEIGHT - HEAD),
                "millions of multiply-accumulates",
                points,
                point -> point.macs / 1e6,
                colours);
    }

    private static void legend(Graphics2D graphics, Map<String, Color> colours) {
        graphics.setFont(TICK);
        int width =
                colours.keySet().stream().mapToInt(name -> Picture.width(name, TICK) + 34).sum();
        int x = (WIDTH - width) / 2;
        for (Map.Entry<String, Color> family : colours.entrySet()) {
            graphics.setColor(family.getValue());
            graphics.fill(new Ellipse2D.Double(x, 42, DOT, DOT));
            graphics.setColor(Picture.TEXT);
            graphics.drawString(family.getKey(), x + 14, 51);
            x += Picture.width(family.getKey(), TICK) + 34;
        }
    }

    private static void panel(
            Graphics2D graphics,
            String unit,
            List<Point> points,
            ToDoubleFunction<Point> cost,
            Map<String, Color> colours) {
        double right = WIDTH / 2.0 - RIGHT;
        double bottom = HEIGHT - HEAD - FOOT;
        LogAxis costs = LogAxis.of(points.stream().mapToDouble(cost).toArray(), LEFT, right);
        Axis top1 = Axis.of(points.stream().mapToDouble(Point::top1), 0, 100);
        ToDoubleFunction<Double> height =
                value -> bottom - (value - top1.low()) / (top1.high() - top1.low()) * (bottom - 8);
        graphics.setFont(TICK);
        for (double tick : costs.ticks()) {
            int x = (int) Math.round(costs.place(tick));
            graphics.setColor(GRID);
            graphics.drawLine(x, 8, x, (int) bottom);
            graphics.setColor(Picture.TEXT);
            String label = LogAxis.label(tick);
            graphics.drawString(label, x - Picture.width(label, TICK) / 2, (int) bottom + 18);
        }
        double step = Axis.roundStep((top1.high() - top1.low()) / 6);
        for (double tick = top1.low(); tick <= top1.high() + step / 1e6; tick += step) {
            int y = (int) Math.round(height.applyAsDouble(tick));
            graphics.setColor(GRID);
            graphics.drawLine(LEFT, y, (int) right, y);
            graphics.setColor(Picture.TEXT);
            String label = top1.label(tick);
            graphics.drawString(label, LEFT - 8 - Picture.width(label, TICK), y + 4);
        }
        graphics.setFont(TITLE);
        graphics.drawString(
                unit, (int) (LEFT + right - Picture.width(unit, TITLE)) / 2, (int) bottom + 42);
        Picture.upwards(graphics, "Top-1 accuracy in %", 18, (int) (bottom + 120) / 2);
        Labels labels = new Labels(new Rectangle2D.Double(LEFT, 8, right - LEFT, bottom - 8));
        List<Point> sorted = new ArrayList<>(points);
        sorted.sort(Comparator.comparingDouble(Point::top1).reversed());
        for (Point point : sorted) {
            labels.dot(costs.place(cost.applyAsDouble(point)), height.applyAsDouble(point.top1));
        }
        graphics.setFont(LABEL);
        for (Point point : sorted) {
            double x = costs.place(cost.applyAsDouble(point));
            double y = height.applyAsDouble(point.top1);
            Color colour = colours.get(point.family);
            graphics.setColor(colour);
            graphics.fill(new Ellipse2D.Double(x - DOT / 2, y - DOT / 2, DOT, DOT));
            graphics.setColor(colour.darker());
            Rectangle2D place = labels.place(x, y, Picture.width(point.name, LABEL));
            graphics.drawString(point.name, (float) place.getX(), (float) place.getMaxY() - 3);
        }
        graphics.dispose();
    }

    /** Finds places for names where they hide neither each other nor a dot. */
    private static final class Labels {

        private static final double LINE = 13;

        private final Rectangle2D frame;
        private final List<Rectangle2D> taken = new ArrayList<>();

        Labels(Rectangle2D frame) {
            this.frame = frame;
        }

        void dot(double x, double y) {
            taken.add(new Rectangle2D.Double(x - DOT / 2, y - DOT / 2, DOT, DOT));
        }

        /** The place that hides least: right of the dot, left, above, below. */
        Rectangle2D place(double x, double y, double width) {
            Rectangle2D best = null;
            double least = Double.POSITIVE_INFINITY;
            double[][] corners = {
                {x + DOT, y - LINE / 2},
                {x - DOT - width, y - LINE / 2},
                {x - width / 2, y - DOT - LINE},
                {x - width / 2, y + DOT},
                {x + DOT / 2, y - DOT - LINE / 2},
                {x + DOT / 2, y + DOT / 2},
                {x - DOT / 2 - width, y - DOT - LINE / 2},
                {x - DOT / 2 - width, y + DOT / 2}
            };
            for (double[] corner : corners) {
                var candidate = new Rectangle2D.Double(corner[0], corner[1], width, LINE);
                double hidden = hidden(candidate);
                if (hidden < least) {
                    least = hidden;
                    best = candidate;
                }
            }
            taken.add(best);
            return best;
        }

        private double hidden(Rectangle2D candidate) {
            double area = candidate.getWidth() * candidate.getHeight();
            double outside = area - common(candidate, frame);
            return 10 * outside + taken.stream().mapToDouble(t -> common(t, candidate)).sum();
        }

        private static double common(Rectangle2D one, Rectangle2D other) {
            Rectangle2D both = one.createIntersection(other);
            return both.isEmpty() ? 0 : both.getWidth() * both.getHeight();
        }
    }
}
