package org.efficientzoo.training.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Draws which classes are taken for which: a row a true class, a column a predicted one. The colour
 * of a cell is its share of the row; a row without images is grey. Up to 25 classes the cells have
 * numbers too, up to 100 the classes have their names, and beyond that their indices.
 */
public final class ConfusionPicture {

    private static final int MOST_NUMBERED = 25;
    private static final int LEAST_NAMED = 10; // pixels of a cell whose class has its name
    private static final int LONGEST_NAME = 150; // pixels
    private static final int MARGIN = 14;
    private static final int HEAD = 62;
    private static final int WIDEST_HEAD = 1000;
    private static final int AXIS_TITLE = 22;
    private static final int GAP = 6;

    private final String title;
    private final long[][] counts;
    private final int classes;
    private final int cell;
    private final Font nameFont;
    private final List<Tick> ticks;
    private final boolean namesUpright;
    private final int namesWidth;
    private final int namesHeight;
    private final int width;
    private final int left;

    /** A class that is named at the axes. */
    private record Tick(int index, String name) {}

    private ConfusionPicture(String title, long[][] counts, List<String> names) {
        this.title = title;
        this.counts = counts;
        classes = counts.length;
        cell =
                classes <= MOST_NUMBERED
                        ? Math.min(120, Math.max(36, 640 / classes))
                        : Math.max(1, 1000 / classes);
        nameFont = Picture.font(cell < LEAST_NAMED ? 11 : Math.min(13, cell));
        ticks = ticks(names);
        namesWidth = ticks.stream().mapToInt(this::width).max().orElse(0);
        namesUpright = cell >= LEAST_NAMED && namesWidth > cell - GAP;
        namesHeight = namesUpright ? namesWidth : nameFont.getSize();
        int right = MARGIN + ShareColours.BAR_WIDTH + MARGIN;
        int needed = MARGIN + AXIS_TITLE + namesWidth + GAP + matrix() + right;
        int head =
                Math.max(
                        Picture.titleWidth(title),
                        Picture.width(summary(counts), Picture.font(13)) + 2 * MARGIN);
        width = Math.max(needed, Math.min(head, WIDEST_HEAD));
        left = (width - needed) / 2 + MARGIN + AXIS_TITLE + namesWidth + GAP;
    }

    /**
     * Draws a confusion matrix as a PNG: 400 to 1300 pixels wide, more beyond 1000 classes.
     *
     * @param file the picture, written whole or not at all
     * @param title the title, such as {@code mobilenet_v2 on cifar10}; the Top-1 accuracy is added
     * @param counts images by true and predicted class, square, none below 0
     * @param names the names of the classes
     * @throws IOException if it cannot be drawn or written; the message says why
     * @throws IllegalArgumentException if there is no class, the counts are not square or below 0,
     *     or the names are not as many
     */
    public static void write(Path file, String title, long[][] counts, List<String> names)
            throws IOException {
        if (names.isEmpty() || counts.length != names.size()) {
            throw new IllegalArgumentException(
                    "a confusion matrix must have a row a class, found %d rows, %d classes"
                            .formatted(counts.length, names.size()));
        }
        for (long[] row : counts) {
            if (row.length != names.size() || Arrays.stream(row).anyMatch(count -> count < 0)) {
                throw new IllegalArgumentException(
                        "a row must have a count of at least 0 for each of %d classes, found %s"
                                .formatted(names.size(), Arrays.toString(row)));
            }
        }
        Picture.write(file, () -> new ConfusionPicture(title, counts, names).drawing());
    }

    private Picture.Drawing drawing() {
        int height = HEAD + matrix() + GAP + namesHeight + AXIS_TITLE + MARGIN;
        return new Picture.Drawing(width, height, this::paint);
    }

    private int matrix() {
        return cell * classes;
    }

    private int width(Tick tick) {
        return Picture.width(tick.name, nameFont);
    }

    private List<Tick> ticks(List<String> names) {
        int step = cell >= LEAST_NAMED ? 1 : (int) Axis.roundStep(classes / 10.);
        return IntStream.iterate(0, i -> i < classes, i -> i + step)
                .mapToObj(
                        i ->
                                new Tick(
                                        i,
                                        step == 1
                                                ? Picture.shortened(
                                                        names.get(i), nameFont, LONGEST_NAME)
                                                : Integer.toString(i)))
                .toList();
    }

    /** The line below the title. */
    static String summary(long[][] counts) {
        long images = Arrays.stream(counts).flatMapToLong(Arrays::stream).sum();
        if (images == 0) {
            return "no images";
        }
        long right = 0;
        for (int i = 0; i < counts.length; i++) {
            right += counts[i][i];
        }
        return String.format(
                Locale.ROOT, "Top-1 %.2f %% of %d images", 100. * right / images, images);
    }

    private void paint(Graphics2D graphics) {
        graphics.setColor(Picture.TEXT);
        Picture.title(graphics, title, width);
        centred(graphics, summary(counts), Picture.font(13), width / 2, 47);
        graphics.drawImage(cells(), left, HEAD, matrix(), matrix(), null);
        if (classes <= MOST_NUMBERED) {
            grid(graphics);
            numbers(graphics);
        }
        graphics.setColor(Picture.AXIS);
        graphics.drawRect(left - 1, HEAD - 1, matrix() + 1, matrix() + 1);
        names(graphics);
        ShareColours.bar(graphics, left + matrix() + MARGIN, HEAD, matrix());
    }

    private BufferedImage cells() {
        BufferedImage image = new BufferedImage(classes, classes, BufferedImage.TYPE_INT_RGB);
        for (int row = 0; row < classes; row++) {
            long images = Arrays.stream(counts[row]).sum();
            for (int column = 0; column < classes; column++) {
                Color colour =
                        images == 0
                                ? ShareColours.NO_IMAGES
                                : ShareColours.of((double) counts[row][column] / images);
                image.setRGB(column, row, colour.getRGB());
            }
        }
        return image;
    }

    private void grid(Graphics2D graphics) {
        graphics.setColor(ShareColours.NO_IMAGES);
        for (int i = 1; i < classes; i++) {
            graphics.fillRect(left + i * cell, HEAD, 1, matrix());
            graphics.fillRect(left, HEAD + i * cell, matrix(), 1);
        }
    }

    /** Counts, or per cents of the row where counts do not fit; nothing for what rounds to 0. */
    private void numbers(Graphics2D graphics) {
        Font font = Picture.font(Math.min(14, Math.max(11, cell / 4)));
        long most = Arrays.stream(counts).flatMapToLong(Arrays::stream).max().orElse(0);
        boolean fit = Picture.width(Long.toString(most), font) <= cell - 4;
        for (int row = 0; row < classes; row++) {
            long images = Arrays.stream(counts[row]).sum();
            for (int column = 0; column < classes; column++) {
                double share = (double) counts[row][column] / Math.max(1, images);
                long number = fit ? counts[row][column] : Math.round(share * 100);
                if (number > 0) {
                    graphics.setColor(ShareColours.textOn(share));
                    int x = left + column * cell + cell / 2;
                    int y = HEAD + row * cell + cell / 2 + font.getSize() * 3 / 8;
                    centred(graphics, fit ? "" + number : number + "%", font, x, y);
                }
            }
        }
    }

    private void names(Graphics2D graphics) {
        graphics.setColor(Picture.TEXT);
        graphics.setFont(nameFont);
        int bottom = HEAD + matrix() + GAP;
        int baseline = nameFont.getSize() * 3 / 8; // below the middle of a line
        for (Tick tick : ticks) {
            int middle = tick.index * cell + cell / 2;
            graphics.drawString(tick.name, left - GAP - width(tick), HEAD + middle + baseline);
            if (namesUpright) {
                int y = bottom + width(tick);
                Picture.upwards(graphics, tick.name, left + middle + baseline, y);
            } else {
                int y = bottom + nameFont.getSize() - 2;
                centred(graphics, tick.name, nameFont, left + middle, y);
            }
        }
        Font font = Picture.font(13);
        centred(
                graphics,
                "predicted class",
                font,
                left + matrix() / 2,
                bottom + namesHeight + AXIS_TITLE - 4);
        String rows = "true class";
        int x = left - GAP - namesWidth - 10;
        Picture.upwards(graphics, rows, x, HEAD + matrix() / 2 + Picture.width(rows, font) / 2);
    }

    private static void centred(Graphics2D graphics, String text, Font font, int x, int y) {
        graphics.setFont(font);
        graphics.drawString(text, x - Picture.width(text, font) / 2, y);
    }
}
