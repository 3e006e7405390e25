package org.efficientzoo.training.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws how a run went: loss, Top-1 accuracy and learning rate over the epochs, side by side. */
public final class Curves {

    private static final int WIDTH = 1200;
    private static final int HEIGHT = 400;
    private static final int HEAD = 58;
    private static final int SAMPLE = 34;
    private static final int GAP = 24;
    private static final int MARGIN = 8; // for the last label of an axis
    private static final int MOST_MARKERS = 40;
    // Round ends make one line of segments that are shorter than a pixel.
    private static final BasicStroke STROKE =
            new BasicStroke(2, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    private static final double UNBOUNDED = Double.POSITIVE_INFINITY;
    private static final double[] UNEVEN = {0, 1e9, 1e12};

    // Colours that colour-blind people tell apart, by Okabe and Ito.
    private static final Color BLUE = new Color(0x00, 0x72, 0xb2);
    private static final Color VERMILION = new Color(0xd5, 0x5e, 0x00);
    private static final Color GREEN = new Color(0x00, 0x9e, 0x73);

    private enum Line {
        TRAIN_LOSS("train", BLUE, Point::trainLoss),
        VALIDATION_LOSS("validation", VERMILION, Point::validationLoss),
        TRAIN_TOP1("train", BLUE, Point::trainTop1),
        VALIDATION_TOP1("validation", VERMILION, Point::validationTop1),
        AVERAGE_TOP1("validation, averaged weights", GREEN, Point::averageTop1),
        RATE("learning rate", Picture.TEXT, Point::learningRate);

        private final String label;
        private final Color colour;
        private final ToDoubleFunction<Point> value;

        Line(String label, Color colour, ToDoubleFunction<Point> value) {
            this.label = label;
            this.colour = colour;
            this.value = value;
        }

        /** What was measured. */
        private List<Value> of(List<Point> points) {
            return points.stream()
                    .map(point -> new Value(point.epoch, value.applyAsDouble(point)))
                    .filter(value -> Double.isFinite(value.y))
                    .toList();
        }
    }

    private record Value(double epoch, double y) {}

    private Curves() {}

    /**
     * A run at the end of an epoch; what was not measured is not a number.
     *
     * @param epoch the epochs that are over, above 0
     * @param trainLoss the mean loss in training
     * @param validationLoss the loss on the validation images
     * @param trainTop1 the Top-1 accuracy in training, a share in 0..1
     * @param validationTop1 the Top-1 accuracy on the validation images, a share in 0..1
     * @param averageTop1 the same of the averaged weights
     * @param learningRate the learning rate
     */
    public record Point(
            double epoch,
            double trainLoss,
            double validationLoss,
            double trainTop1,
            double validationTop1,
            double averageTop1,
            double learningRate) {

        /**
         * Checks epoch and accuracies.
         *
         * @throws IllegalArgumentException if one is out of its range
         */
        public Point {
            if (!(epoch > 0 && Double.isFinite(epoch))) {
                throw new IllegalArgumentException("an epoch must be above 0, found " + epoch);
            }
            for (double share : new double[] {trainTop1, validationTop1, averageTop1}) {
                if (share < 0 || share > 1) {
                    throw new IllegalArgumentException(
                            "an accuracy must be a share in 0..1, found " + share);
                }
            }
        }
    }

    /**
     * Draws the curves as a PNG of 1200×400 pixels. A line leaves out what was not measured and
     * joins what is left; markers show the points where they are few.
     *
     * @param file the picture, written whole or not at all
     * @param title the title, such as {@code mobilenet_v2 on cifar10}
     * @param points the run by epochs, at least one
     * @throws IOException if it cannot be drawn or written; the message says why
     * @throws IllegalArgumentException if there is no point
     */
    public static void write(Path file, String title, List<Point> points) throws IOException {
        if (points.isEmpty()) {
            throw new IllegalArgumentException("curves must have a point, found none");
        }
        Picture.Drawing drawing =
                new Picture.Drawing(WIDTH, HEIGHT, graphics -> paint(graphics, title, points));
        Picture.write(file, () -> drawing);
    }

    private static void paint(Graphics2D graphics, String title, List<Point> points) {
        graphics.setColor(Picture.TEXT);
        Picture.title(graphics, title, WIDTH);
        legend(graphics, points);

        List<XYChart> panels =
                List.of(
                        panel("loss", points, 1, UNBOUNDED, Line.TRAIN_LOSS, Line.VALIDATION_LOSS),
                        panel(
                                "Top-1 accuracy in %",
                                points,
                                100,
                                100,
                                Line.TRAIN_TOP1,
                                Line.VALIDATION_TOP1,
                                Line.AVERAGE_TOP1),
                        panel("learning rate", points, 1, UNBOUNDED, Line.RATE));
        int width = WIDTH / panels.size();
        for (int i = 0; i < panels.size(); i++) {
            Graphics2D part = (Graphics2D) graphics.create(i * width, HEAD, width, HEIGHT - HEAD);
            panels.get(i).paint(part, width - MARGIN, HEIGHT - HEAD);
            part.dispose();
        }
    }

    /** One legend for all panels, so that their axes lie at one height. */
    private static void legend(Graphics2D graphics, List<Point> points) {
        List<Line> lines =
                Stream.of(Line.TRAIN_TOP1, Line.VALIDATION_TOP1, Line.AVERAGE_TOP1)
                        .filter(
                                line ->
                                        Arrays.stream(Line.values())
                                                .filter(other -> other.label.equals(line.label))
                                                .anyMatch(other -> !other.of(points).isEmpty()))
                        .toList();
        graphics.setFont(Picture.font(12));
        FontMetrics metrics = graphics.getFontMetrics();
        int width =
                lines.stream()
                        .mapToInt(line -> metrics.stringWidth(line.label) + SAMPLE + GAP)
                        .sum();
        int x = (WIDTH - width + GAP) / 2;
        for (Line line : lines) {
            graphics.setColor(line.colour);
            graphics.setStroke(STROKE);
            graphics.drawLine(x, 46, x + SAMPLE - 6, 46);
            graphics.setColor(Picture.TEXT);
            graphics.drawString(line.label, x + SAMPLE, 50);
            x += metrics.stringWidth(line.label) + SAMPLE + GAP;
        }
    }

    private static XYChart panel(
            String unit, List<Point> points, double scale, double most, Line... lines) {
        XYChart chart = new XYChart(WIDTH / 3, HEIGHT - HEAD);
        chart.setXAxisTitle("epoch");
        chart.setYAxisTitle(unit);
        style(chart.getStyler());
        double last = points.stream().mapToDouble(Point::epoch).max().orElseThrow();
        Axis epochs = new Axis(0, last);
        Axis values =
                Axis.of(
                        Arrays.stream(lines)
                                .flatMap(line -> line.of(points).stream())
                                .mapToDouble(value -> value.y * scale),
                        0,
                        most);
        XYStyler style = chart.getStyler();
        style.setXAxisMin(epochs.low());
        style.setXAxisMax(epochs.high());
        style.setYAxisMin(values.low());
        style.setYAxisMax(values.high());
        style.setXAxisTickLabelsFormattingFunction(epochs::label);
        style.setYAxisTickLabelsFormattingFunction(values::label);
        for (Line line : lines) {
            add(chart, line, line.of(points), scale);
        }
        // XChart puts its ticks on the values where they are evenly spaced, which epochs are, at
        // any odd multiple. Values that are shown nowhere keep it from that.
        chart.addSeries("uneven", UNEVEN, UNEVEN).setEnabled(false);
        return chart;
    }

    private static void style(XYStyler style) {
        style.setChartBackgroundColor(Color.WHITE);
        style.setPlotBackgroundColor(Color.WHITE);
        style.setPlotBorderVisible(false);
        style.setChartTitleVisible(false);
        style.setLegendVisible(false);
        style.setChartFontColor(Picture.TEXT);
        style.setAxisTitleFont(Picture.font(13));
        style.setAxisTickLabelsFont(Picture.font(12));
        style.setPlotContentSize(0.98);
        style.setPlotGridLinesColor(new Color(0xe0, 0xe0, 0xe0));
        style.setPlotGridLinesStroke(new BasicStroke(1));
        style.setMarkerSize(5);
    }

    private static void add(XYChart chart, Line line, List<Value> values, double scale) {
        if (values.isEmpty()) {
            return;
        }
        XYSeries series =
                chart.addSeries(
                        line.name(),
                        values.stream().mapToDouble(Value::epoch).toArray(),
                        values.stream().mapToDouble(value -> value.y * scale).toArray());
        series.setLineColor(line.colour);
        series.setLineStyle(STROKE);
        series.setMarkerColor(line.colour);
        series.setMarker(values.size() > MOST_MARKERS ? SeriesMarkers.NONE : SeriesMarkers.CIRCLE);
    }
}
