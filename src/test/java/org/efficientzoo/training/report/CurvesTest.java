package org.efficientzoo.training.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.efficientzoo.training.report.Curves.Point;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurvesTest {

    private static final double NONE = Double.NaN;
    private static final int BLUE = 0x0072b2;
    private static final int VERMILION = 0xd55e00;
    private static final int GREEN = 0x009e73;
    private static final int LEGEND_END = 58; // rows of title and legend
    private static final int PANEL = 400;

    @TempDir private Path folder;

    private BufferedImage draw(List<Point> points) throws IOException {
        Path file = folder.resolve("curves.png");
        Curves.write(file, "mobilenet_v2 on cifar10", points);
        BufferedImage image = ImageIO.read(file.toFile());
        assertThat(image.getWidth()).isEqualTo(1200);
        assertThat(image.getHeight()).isEqualTo(400);
        return image;
    }

    /** The pixels of exactly a colour in a panel, below the legend. */
    private static List<int[]> pixels(BufferedImage image, int panel, int colour) {
        return IntStream.range(panel * PANEL, (panel + 1) * PANEL)
                .boxed()
                .flatMap(x -> IntStream.range(LEGEND_END, 400).mapToObj(y -> new int[] {x, y}))
                .filter(at -> (image.getRGB(at[0], at[1]) & 0xffffff) == colour)
                .toList();
    }

    private static long legend(BufferedImage image, int colour) {
        return IntStream.range(0, LEGEND_END)
                .flatMap(y -> IntStream.range(0, 1200).map(x -> image.getRGB(x, y) & 0xffffff))
                .filter(pixel -> pixel == colour)
                .count();
    }

    private static Stream<Point> run(int epochs) {
        return IntStream.rangeClosed(1, epochs)
                .mapToObj(e -> new Point(e, 4. / e, 5. / e, 0.5, 0.4, 0.45, 0.1 / e));
    }

    @Test
    void everyLineHasItsColourInItsPanel() throws IOException {
        for (int epochs : new int[] {1, 40, 41, 600}) {
            BufferedImage image = draw(run(epochs).toList());

            assertThat(pixels(image, 0, BLUE)).as("%d epochs", epochs).isNotEmpty();
            assertThat(pixels(image, 0, VERMILION)).as("%d epochs", epochs).isNotEmpty();
            assertThat(pixels(image, 0, GREEN)).isEmpty();
            for (int colour : new int[] {BLUE, VERMILION, GREEN}) {
                assertThat(pixels(image, 1, colour)).as("%d epochs", epochs).isNotEmpty();
                assertThat(pixels(image, 2, colour)).isEmpty();
                assertThat(legend(image, colour)).isPositive();
            }
            assertThat(pixels(image, 2, Picture.TEXT.getRGB() & 0xffffff)).isNotEmpty();
        }
    }

    @Test
    void ticksAreRoundAndFew() throws IOException {
        BufferedImage image = draw(run(600).toList());
        List<Integer> columns =
                IntStream.range(40, PANEL)
                        .filter(x -> isGrid(image, x) && !isGrid(image, x - 1))
                        .boxed()
                        .toList();

        assertThat(columns).as("the axis, then 0, 100, ..., 600").hasSize(8);
        int step = columns.get(2) - columns.get(1);
        for (int i = 3; i < columns.size(); i++) {
            assertThat(columns.get(i) - columns.get(i - 1)).isCloseTo(step, within(1));
        }
    }

    private static boolean isGrid(BufferedImage image, int x) {
        return IntStream.range(80, 330).allMatch(y -> image.getRGB(x, y) != 0xffffffff);
    }

    @Test
    void aHundredPerCentLiesAtTheTop() throws IOException {
        List<int[]> marker = pixels(draw(List.of(new Point(1, 1, 1, 1, NONE, NONE, 1))), 1, BLUE);

        assertThat(marker).isNotEmpty().allMatch(at -> at[1] < 80);
    }

    @Test
    void nothingRunsOverTheEdge() throws IOException {
        for (int epochs : new int[] {1, 600}) {
            assertThat(TestPictures.edge(draw(run(epochs).toList())))
                    .as("%d epochs", epochs)
                    .containsOnly(0xffffffff);
        }
        Path file = folder.resolve("long.png");
        Curves.write(file, "a long title ".repeat(90), run(3).toList());
        assertThat(TestPictures.edge(ImageIO.read(file.toFile()))).containsOnly(0xffffffff);
    }

    @Test
    void aFallingLossFalls() throws IOException {
        List<int[]> line = pixels(draw(run(30).toList()), 0, BLUE);
        int[] first = line.get(0);
        int[] last = line.get(line.size() - 1);

        assertThat(last[0] - first[0]).as("pixels to the right").isGreaterThan(250);
        assertThat(last[1] - first[1]).as("pixels down").isGreaterThan(200);
    }

    @Test
    void aLineJoinsWhatWasMeasured() throws IOException {
        List<Point> points =
                List.of(
                        new Point(1, 1, NONE, NONE, 0.5, NONE, 0.1),
                        new Point(2, Double.POSITIVE_INFINITY, NONE, NONE, NONE, NONE, 0.1),
                        new Point(3, 3, NONE, NONE, 0.7, NONE, 0.1));
        BufferedImage image = draw(points);

        int from = pixels(image, 0, BLUE).get(0)[0];
        assertThat(pixels(image, 0, BLUE).stream().mapToInt(at -> at[0] - from).distinct())
                .as("columns with the line")
                .hasSizeGreaterThan(100);
        assertThat(pixels(image, 1, BLUE)).isEmpty();
        assertThat(legend(image, BLUE)).as("the loss is in training").isPositive();
        assertThat(legend(image, GREEN)).isZero();
    }

    @Test
    void aRunWithNothingMeasuredHasAxesAlone() throws IOException {
        BufferedImage image = draw(List.of(new Point(1, NONE, NONE, NONE, NONE, NONE, NONE)));

        assertThat(pixels(image, 0, Picture.TEXT.getRGB() & 0xffffff)).isNotEmpty();
        assertThat(pixels(image, 0, BLUE)).isEmpty();
    }

    @Test
    void thePictureIsTheSameInEveryLanguage() throws IOException {
        Locale before = Locale.getDefault();
        try {
            draw(run(3).toList());
            byte[] english = Files.readAllBytes(folder.resolve("curves.png"));
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            draw(run(3).toList());

            assertThat(Files.readAllBytes(folder.resolve("curves.png"))).isEqualTo(english);
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void refusesWhatIsNoRun() {
        assertThatThrownBy(() -> Curves.write(folder.resolve("c.png"), "x", List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("curves must have a point, found none");
        assertThatThrownBy(() -> new Point(0, 1, 1, 0, 0, 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an epoch must be above 0, found 0.0");
        assertThatThrownBy(() -> new Point(1, 1, 1, 0, 71.5, 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an accuracy must be a share in 0..1, found 71.5");
    }

    @Test
    void saysThatThereAreNoFonts() {
        Path file = folder.resolve("picture.png");

        assertThatThrownBy(
                        () ->
                                Picture.requireText(
                                        file,
                                        () -> {
                                            throw new Error("No physical fonts found.");
                                        }))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "cannot draw %s: Java has no fonts here (java.lang.Error: No physical fonts"
                                + " found.); install fontconfig and DejaVu",
                        file);
    }
}
