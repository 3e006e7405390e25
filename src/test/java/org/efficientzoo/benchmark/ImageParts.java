package org.efficientzoo.benchmark;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.efficientzoo.training.data.augment.Augmentation;
import org.efficientzoo.training.data.augment.Draws;
import org.efficientzoo.training.data.augment.TrainTransform;
import org.efficientzoo.zoo.image.EvaluationTransform;
import org.efficientzoo.zoo.image.ImageDecoder;
import org.efficientzoo.zoo.image.Interpolation;
import org.efficientzoo.zoo.image.Resampler;
import org.efficientzoo.zoo.image.RgbImage;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What becomes of a JPEG of 500×375 pixels on its way to a network, step by step. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ImageParts {

    private static final int WIDTH = 500;
    private static final int HEIGHT = 375;

    private final ImageDecoder decoder = new ImageDecoder();
    private final EvaluationTransform evaluation = EvaluationTransform.imagenet();
    private final TrainTransform training = new TrainTransform(Augmentation.imagenet(224));
    private byte[] jpeg;
    private RgbImage pixels;
    private int draw;

    /** Draws a picture with edges and noise. */
    @Setup
    public void draw() throws IOException {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setPaint(new GradientPaint(0, 0, Color.BLUE, WIDTH, HEIGHT, Color.ORANGE));
        graphics.fillRect(0, 0, WIDTH, HEIGHT);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 2000; i++) {
            graphics.setColor(new Color(random.nextInt(1 << 24)));
            int size = 2 + random.nextInt(20);
            graphics.fillOval(random.nextInt(WIDTH), random.nextInt(HEIGHT), size, size);
        }
        graphics.dispose();
        var out = new ByteArrayOutputStream();
        ImageIO.write(image, "jpeg", out);
        jpeg = out.toByteArray();
        pixels = decoder.decode(jpeg);
    }

    /** JPEG to pixels. */
    @Benchmark
    public RgbImage decode() throws IOException {
        return decoder.decode(jpeg);
    }

    /** Pixels to a shorter side of 256, antialiased. */
    @Benchmark
    public RgbImage resize() {
        return Resampler.resize(pixels, 341, 256, Interpolation.BILINEAR);
    }

    /** Pixels to the input of evaluation. */
    @Benchmark
    public float[] evaluate() {
        float[] planes = new float[evaluation.length()];
        evaluation.apply(pixels, planes, 0);
        return planes;
    }

    /** JPEG to an augmented input of training. */
    @Benchmark
    public float[] train() throws IOException {
        draw++;
        return training.apply(decoder.open(jpeg), Draws.ofImage(0, 0, draw));
    }
}
