package org.efficientzoo.training.report;

import java.awt.AWTError;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.efficientzoo.zoo.weights.WholeFile;

/** Draws a white picture and writes it as PNG, whole or not at all; no screen is needed. */
final class Picture {

    static final Color TEXT = new Color(0x26, 0x26, 0x26);
    static final Color AXIS = new Color(0x80, 0x80, 0x80);

    private Picture() {}

    /** A sans-serif font of a size in pixels. */
    static Font font(int size) {
        return new Font(Font.SANS_SERIF, Font.PLAIN, size);
    }

    static Font bold(int size) {
        return new Font(Font.SANS_SERIF, Font.BOLD, size);
    }

    static void write(Path file, int width, int height, Consumer<Graphics2D> drawing)
            throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        try {
            Graphics2D graphics = image.createGraphics();
            try {
                prepare(graphics, width, height);
                drawing.accept(graphics);
            } finally {
                graphics.dispose();
            }
        } catch (LinkageError | InternalError | AWTError e) {
            throw new IOException(
                    "cannot draw %s: Java finds no fonts here (%s); install fontconfig and DejaVu"
                            .formatted(file, e),
                    e);
        }
        var bytes = new ByteArrayOutputStream();
        try (ImageOutputStream png = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(image, "png", png);
        }
        try (WholeFile whole = WholeFile.replacing(file)) {
            whole.stream().write(bytes.toByteArray());
            whole.commit();
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
