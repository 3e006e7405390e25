package org.efficientzoo.training.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.FontRenderContext;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.efficientzoo.zoo.file.WholeFile;
import org.efficientzoo.zoo.image.PngWriter;

/** Draws a white picture and writes it as PNG, whole or not at all; no screen is needed. */
final class Picture {

    static final Color TEXT = new Color(0x26, 0x26, 0x26);
    static final Color AXIS = new Color(0x80, 0x80, 0x80);

    private static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 16);
    private static final int TITLE_MARGIN = 14;

    /** Sizes of text without a picture. */
    private static final FontRenderContext TEXT_SIZES = new FontRenderContext(null, true, true);

    private Picture() {}

    /**
     * What is drawn on how many pixels.
     *
     * @param paint draws on white
     */
    record Drawing(int width, int height, Consumer<Graphics2D> paint) {}

    /** A sans-serif font of a size in pixels. */
    static Font font(int size) {
        return new Font(Font.SANS_SERIF, Font.PLAIN, size);
    }

    /** The width of a text in pixels, rounded up. */
    static int width(String text, Font font) {
        return (int) Math.ceil(font.getStringBounds(text, TEXT_SIZES).getWidth());
    }

    /** A text, its end replaced by an ellipsis where it is wider than so many pixels. */
    static String shortened(String text, Font font, int most) {
        String shown = text;
        int length = text.length();
        while (length > 0 && width(shown, font) > most) {
            length = text.offsetByCodePoints(length, -1);
            shown = text.substring(0, length).stripTrailing() + "…";
        }
        return shown;
    }

    /** Draws a title in the middle of the upper edge, shortened to the picture. */
    static void title(Graphics2D graphics, String title, int width) {
        String shown = shortened(title, TITLE, width - 2 * TITLE_MARGIN);
        graphics.setFont(TITLE);
        graphics.drawString(shown, (width - width(shown, TITLE)) / 2, 26);
    }

    /** The width of a picture that shows a title whole. */
    static int titleWidth(String title) {
        return width(title, TITLE) + 2 * TITLE_MARGIN;
    }

    /** Draws a text that is read from below, its beginning and base line at a point. */
    static void upwards(Graphics2D graphics, String text, int x, int y) {
        AffineTransform before = graphics.getTransform();
        graphics.translate(x, y);
        graphics.rotate(-Math.PI / 2);
        graphics.drawString(text, 0, 0);
        graphics.setTransform(before);
    }

    /**
     * Draws and writes.
     *
     * @param layout measures texts and says what to draw
     */
    static void write(Path file, Supplier<Drawing> layout) throws IOException {
        requireText(file, () -> width("text", font(12)));
        Drawing drawing = layout.get();
        BufferedImage image =
                new BufferedImage(drawing.width(), drawing.height(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        prepare(graphics, drawing.width(), drawing.height());
        drawing.paint().accept(graphics);
        graphics.dispose();
        WholeFile.write(file, PngWriter.write(image));
    }

    /**
     * Where there are no fonts, as in bare containers, Java throws errors of any kind, each JDK its
     * own; a run should not end of that.
     */
    static void requireText(Path file, Runnable measuring) throws IOException {
        try {
            measuring.run();
        } catch (RuntimeException | Error e) {
            throw new IOException(
                    "cannot draw %s: Java has no fonts here (%s); install fontconfig and DejaVu"
                            .formatted(file, e),
                    e);
        }
    }

    private static void prepare(Graphics2D graphics, int width, int height) {
        graphics.setRenderingHint(
                RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(
                RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(
                RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width, height);
    }
}
