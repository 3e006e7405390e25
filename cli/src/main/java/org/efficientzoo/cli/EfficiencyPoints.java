package org.efficientzoo.cli;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.efficientzoo.benchmark.Measurement;
import org.efficientzoo.blocks.analysis.Complexity;
import org.efficientzoo.training.report.EfficiencyChart;
import org.efficientzoo.training.report.EfficiencyChart.Point;
import org.efficientzoo.zoo.ModelCard;
import org.efficientzoo.zoo.ModelCard.Published;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;

/** What a benchmark has found as a chart of accuracy and cost. */
final class EfficiencyPoints {

    private EfficiencyPoints() {}

    /** The best result that was published for a network of a width. */
    static Optional<Published> published(NetworkEntry network, double width) {
        return ModelCard.of(network).published().stream()
                .filter(row -> row.width() == width)
                .max(Comparator.comparingDouble(Published::top1));
    }

    /**
     * Draws the measurements that are like the first one but for the network; those of which no
     * accuracy was published are left out.
     */
    static void draw(Path file, List<Measurement> found, double width) throws IOException {
        Measurement first = found.get(0);
        List<Point> points =
                found.stream()
                        .filter(m -> isLike(first, m))
                        .flatMap(m -> point(m, width).stream())
                        .toList();
        String latency =
                "%s, batch %d, %d threads"
                        .formatted(first.contender().engine(), first.batch(), first.threads());
        EfficiencyChart.write(file, "Accuracy on ImageNet and its cost", latency, points);
    }

    private static boolean isLike(Measurement one, Measurement other) {
        return one.batch() == other.batch()
                && one.contender().engine().equals(other.contender().engine())
                && one.contender().variant() == other.contender().variant();
    }

    private static Optional<Point> point(Measurement m, double width) {
        NetworkEntry network = Networks.get(m.contender().model());
        Shape input = new Shape(1, 3, m.contender().height(), m.contender().width());
        NetworkOptions options = NetworkOptions.DEFAULT;
        NetworkOptions built = width == 1 ? options : options.withWidth(width);
        return published(network, width)
                .map(
                        row ->
                                new Point(
                                        network.name(),
                                        network.family().title(),
                                        row.top1(),
                                        m.medianMs(),
                                        Complexity.of(network.build(built), input).macs()));
    }
}
