package org.efficientzoo.training.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.efficientzoo.training.report.EfficiencyChart.Point;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EfficiencyChartTest {

    private static final int WHITE = 0xffffffff;
    private static final int BLUE = 0xff0072b2;

    @TempDir private Path folder;

    private BufferedImage draw(List<Point> points) throws IOException {
        Path file = folder.resolve("chart.png");
        EfficiencyChart.write(file, "title", "an engine", points);
        return ImageIO.read(file.toFile());
    }

    /** The middle of what has a colour within some columns, below the legend. */
    private static double[] middle(BufferedImage image, int colour, int from, int to) {
        long x = 0;
        long y = 0;
        long count = 0;
        for (int row = 64; row < image.getHeight(); row++) {
            for (int column = from; column < to; column++) {
                if (image.getRGB(column, row) == colour) {
                    x += column;
                    y += row;
                    count++;
                }
            }
        }
        assertThat(count).isPositive();
        return new double[] {(double) x / count, (double) y / count};
    }

    @Test
    void whatIsBetterIsHigherAndWhatCostsMoreIsFurtherRight() throws IOException {
        List<Point> cheap =
                List.of(new Point("a", "A", 60, 1, 1e9), new Point("b", "B", 70, 9, 1e8));
        List<Point> dear =
                List.of(new Point("a", "A", 69, 8, 1e9), new Point("b", "B", 50, 1, 1e8));
        double[] before = middle(draw(cheap), BLUE, 0, 750);
        double[] after = middle(draw(dear), BLUE, 0, 750);
        assertThat(after[0]).isGreaterThan(before[0] + 100);
        assertThat(after[1]).isLessThan(before[1] - 100);
    }

    @Test
    void bothPanelsShowEachNetwork() throws IOException {
        BufferedImage image = draw(List.of(new Point("net", "A", 60, 1, 1e9)));
        assertThat(middle(image, BLUE, 0, 750)[1]).isEqualTo(middle(image, BLUE, 750, 1500)[1]);
        assertThat(Arrays.stream(TestPictures.edge(image)).distinct()).containsExactly(WHITE);
    }

    @Test
    void manyNetworksInOnePlaceStayInside() throws IOException {
        List<Point> crowd =
                IntStream.range(0, 40)
                        .mapToObj(
                                i ->
                                        new Point(
                                                "a_network_with_a_long_name_" + i,
                                                "family " + i % 9,
                                                70 + i % 7 / 10.0,
                                                5 + i % 5,
                                                1e8 + i))
                        .toList();
        BufferedImage image = draw(crowd);
        assertThat(Arrays.stream(TestPictures.edge(image)).distinct()).containsExactly(WHITE);
    }

    @Test
    void refusesWhatCannotBeDrawn() {
        assertThatThrownBy(
                        () -> EfficiencyChart.write(folder.resolve("c.png"), "t", "e", List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a chart must have a network, found none");
        assertThatThrownBy(() -> new Point("a", "A", 101, 1, 1))
                .hasMessage("Top-1 must be 0 to 100 percent, found 101.0");
        assertThatThrownBy(() -> new Point("a", "A", 60, 0, 1))
                .hasMessage("costs must be above 0, found 0.0 ms, 1.0 MACs");
    }
}
