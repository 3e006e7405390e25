package org.efficientzoo.training.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfusionPictureTest {

    private static final int FRAME = Picture.AXIS.getRGB();

    @TempDir private Path folder;

    /** A drawn matrix, and where its cells are. */
    private record Drawn(BufferedImage image, int left, int top, int side) {

        /** The pixels of a cell without its border. */
        int[] cell(int row, int column, int classes) {
            int size = side / classes;
            int border = size > 2 ? 1 : 0;
            int inner = size - border;
            int x = left + column * size + border;
            int y = top + row * size + border;
            return image.getRGB(x, y, inner, inner, null, 0, inner);
        }

        boolean isWritten(int row, int column, int classes) {
            return Arrays.stream(cell(row, column, classes)).distinct().count() > 1;
        }

        int corner(int row, int column, int classes) {
            return cell(row, column, classes)[0];
        }
    }

    private static List<String> names(int classes) {
        return IntStream.range(0, classes).mapToObj(i -> "class " + i).toList();
    }

    private Drawn draw(long[][] counts, List<String> names) throws IOException {
        Path file = folder.resolve("confusion.png");
        ConfusionPicture.write(file, "network on data", counts, names);
        BufferedImage image = ImageIO.read(file.toFile());
        // The frame's first row is the first long line of its colour.
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                int end = x;
                while (end < image.getWidth() && image.getRGB(end, y) == FRAME) {
                    end++;
                }
                if (end - x > 60) {
                    return new Drawn(image, x + 1, y + 1, end - x - 2);
                }
            }
        }
        throw new AssertionError("no frame");
    }

    private static long[][] cyclic(int classes) {
        long[][] counts = new long[classes][classes];
        for (int i = 0; i < classes; i++) {
            counts[i][i] = 3;
            counts[i][(i + 1) % classes] += 1; // a quarter of the row
        }
        return counts;
    }

    @Test
    void rowsAreTrueClassesShadedByTheirShares() throws IOException {
        for (int classes : new int[] {2, 10, 25, 26, 100, 400, 1000}) {
            Drawn drawn = draw(cyclic(classes), names(classes));
            assertThat(drawn.side % classes).isZero();
            int last = classes - 1;

            assertThat(drawn.image.getWidth()).isBetween(200, 1400);
            assertThat(drawn.corner(0, 0, classes)).isEqualTo(ShareColours.of(0.75).getRGB());
            assertThat(drawn.corner(0, 1, classes)).isEqualTo(ShareColours.of(0.25).getRGB());
            assertThat(drawn.corner(last, 0, classes)).isEqualTo(ShareColours.of(0.25).getRGB());
            assertThat(drawn.corner(last, last, classes)).isEqualTo(ShareColours.of(0.75).getRGB());
            if (classes > 2) {
                assertThat(drawn.corner(0, last, classes)).isEqualTo(Color.WHITE.getRGB());
                assertThat(drawn.corner(1, 0, classes)).isEqualTo(Color.WHITE.getRGB());
            }
        }
    }

    @Test
    void numbersStandInCellsWhereThereIsRoomForThem() throws IOException {
        Drawn few = draw(cyclic(25), names(25));
        assertThat(few.isWritten(0, 0, 25)).isTrue();
        assertThat(few.isWritten(1, 0, 25)).as("0").isFalse();
        assertThat(draw(cyclic(26), names(26)).isWritten(0, 0, 26)).isFalse();
        long[][] big = cyclic(25);
        big[3][3] = 3_000_000_000_000L;
        Drawn shares = draw(big, names(25));
        assertThat(shares.isWritten(3, 3, 25)).as("100%").isTrue();
        assertThat(shares.isWritten(3, 4, 25)).as("a share that rounds to 0").isFalse();
    }

    @Test
    void aClassWithoutImagesIsGrey() throws IOException {
        Drawn drawn = draw(new long[][] {{0, 0}, {1, 1}}, names(2));

        assertThat(drawn.cell(0, 0, 2)).containsOnly(ShareColours.NO_IMAGES.getRGB());
        assertThat(drawn.cell(0, 1, 2)).containsOnly(ShareColours.NO_IMAGES.getRGB());
        assertThat(drawn.corner(1, 0, 2)).isEqualTo(ShareColours.of(0.5).getRGB());
    }

    @Test
    void longNamesAreShortened() throws IOException {
        Font font = Picture.font(12);
        String longName =
                "a class whose name is longer than any picture can show " + "x".repeat(900);
        String shown = Picture.shortened(longName, font, 150);

        assertThat(shown).startsWith("a class whose").endsWith("…");
        assertThat(Picture.width(shown, font)).isBetween(130, 150);
        assertThat(Picture.shortened("cat", font, 150)).isEqualTo("cat");
        assertThat(Picture.shortened("\ud83d\ude00\ud83d\ude00", font, 1)).isEqualTo("…");
        assertThat(draw(cyclic(2), List.of("cat", longName)).image.getWidth()).isLessThan(700);
    }

    @Test
    void smallSharesAreSeenAndAllDiffer() {
        int[] colours =
                IntStream.rangeClosed(0, 100)
                        .map(percent -> ShareColours.of(percent / 100.).getRGB())
                        .toArray();
        assertThat(Arrays.stream(colours).distinct()).hasSize(101);
        assertThat(colours[0]).isEqualTo(Color.WHITE.getRGB());
        assertThat(brightness(colours[0]) - brightness(colours[2]))
                .as("one image of fifty beside none")
                .isGreaterThan(25);
        for (int percent = 1; percent <= 100; percent++) {
            assertThat(brightness(colours[percent])).isLessThan(brightness(colours[percent - 1]));
        }
    }

    private static double brightness(int rgb) {
        Color colour = new Color(rgb);
        return 0.299 * colour.getRed() + 0.587 * colour.getGreen() + 0.114 * colour.getBlue();
    }

    @Test
    void theTitleCountsWhatIsRight() {
        assertThat(ConfusionPicture.summary(new long[][] {{5, 1}, {0, 2}}))
                .isEqualTo("Top-1 87.50 % of 8 images");
        assertThat(ConfusionPicture.summary(new long[2][2])).isEqualTo("no images");
    }

    @Test
    void nothingRunsOverTheEdge() throws IOException {
        for (int classes : new int[] {1, 10, 100, 101}) {
            for (String name : List.of("a", "name".repeat(30))) {
                Drawn drawn = draw(cyclic(classes), Collections.nCopies(classes, name));
                assertThat(TestPictures.edge(drawn.image))
                        .as("%d classes named %s", classes, name)
                        .containsOnly(Color.WHITE.getRGB());
            }
        }
    }

    @Test
    void aLongTitleWidensThePictureSomewhat() throws IOException {
        Path file = folder.resolve("long.png");
        ConfusionPicture.write(file, "a long title ".repeat(90), cyclic(2), names(2));
        BufferedImage image = ImageIO.read(file.toFile());

        assertThat(image.getWidth()).isEqualTo(1000);
        assertThat(TestPictures.edge(image)).containsOnly(Color.WHITE.getRGB());
    }

    @Test
    void refusesWhatIsNoMatrix() {
        Path file = folder.resolve("c.png");
        assertThatThrownBy(() -> ConfusionPicture.write(file, "x", new long[2][2], names(3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a confusion matrix must have a row a class, found 2 rows, 3 classes");
        assertThatThrownBy(() -> ConfusionPicture.write(file, "x", new long[0][0], names(0)))
                .isInstanceOf(IllegalArgumentException.class);
        for (long[] row : List.of(new long[] {1}, new long[] {1, -1})) {
            assertThatThrownBy(
                            () ->
                                    ConfusionPicture.write(
                                            file, "x", new long[][] {{1, 2}, row}, names(2)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "a row must have a count of at least 0 for each of 2 classes, found %s",
                            Arrays.toString(row));
        }
        assertThat(file).doesNotExist();
    }
}
