package org.efficientzoo.zoo.onnx;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.efficientzoo.blocks.PlainPass;
import org.efficientzoo.zoo.image.EvaluationTransform;
import org.efficientzoo.zoo.image.Noise;
import org.efficientzoo.zoo.network.Logits;
import org.efficientzoo.zoo.network.Logits.Difference;

/** Runs a file in ONNX Runtime and a block on its own engine, on the same random input. */
final class Comparison {

    private static final int IMAGES = 2;
    private static final long SEED = 17;

    /**
     * Far enough above 1.2e-38, where float32 begins to lose digits and runtimes to write zeros.
     */
    private static final double LEAST_PROBABILITY = 1e-30;

    private final Block block;
    private final Shape shape;
    private final OnnxOptions options;
    private final OnnxMetadata metadata;

    private Comparison(Block block, Shape shape, OnnxOptions options, OnnxMetadata metadata) {
        this.block = block;
        this.shape = shape;
        this.options = options;
        this.metadata = metadata;
    }

    /** Refuses before anything is written. */
    static void check(OnnxOptions options) {
        if (options.verify() && !Engine.hasEngine(OnnxNetwork.RUNTIME)) {
            throw new IllegalStateException(
                    "the engine OnnxRuntime, which verifies the file, is not on the class path; add"
                            + " ai.djl.onnxruntime:onnxruntime-engine");
        }
    }

    static Comparison of(Block block, Shape input, OnnxOptions options, OnnxMetadata metadata) {
        Shape two = new Shape(IMAGES, input.get(1), input.get(2), input.get(3));
        return new Comparison(block, two, options, metadata);
    }

    /**
     * Compares.
     *
     * @param file the ONNX file
     * @return the largest difference
     * @throws MalformedModelException if it is beyond the tolerance, or the file does not run
     */
    Difference verify(Path file) throws IOException, MalformedModelException {
        FloatBuffer planes = options.pixelInput() ? ofPixels() : noise();
        float[] logits = eager(planes);
        float[] found = runtime(file, planes);
        double tolerance =
                options.halfWeights() ? OnnxExporter.HALF_TOLERANCE : OnnxExporter.TOLERANCE;
        Difference difference =
                options.softmax()
                        ? ofProbabilities(logits, found)
                        : largestDifference(logits, found);
        if (!(difference.deviations() <= tolerance)) {
            throw new MalformedModelException(
                    "an exported file must compute what the network computes within %s of the standard deviation, found %s"
                            .formatted(tolerance, difference.deviations()));
        }
        return difference;
    }

    /**
     * Differences d of logits change the logarithm of a probability by 2 d at most; so many
     * standard deviations of the logits would explain what is found. The probabilities themselves
     * would say next to nothing of the classes that a confident network rules out.
     */
    private static Difference ofProbabilities(float[] logits, float[] found)
            throws MalformedModelException {
        double[] expected = softmax(logits);
        requireAsMany(expected.length, found.length);
        double largest = 0;
        double ofLogits = 0;
        for (int i = 0; i < found.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i] - found[i]));
            double ofLogarithms = Math.abs(logarithm(expected[i]) - logarithm(found[i]));
            ofLogits = Math.max(ofLogits, ofLogarithms / 2);
        }
        return new Difference(largest, ofLogits / Logits.of(logits).scale());
    }

    private static double logarithm(double probability) {
        return Math.log(Math.max(probability, LEAST_PROBABILITY)); // not a number if it is none
    }

    private static double[] softmax(float[] logits) {
        double[] probabilities = new double[logits.length];
        int classes = logits.length / IMAGES;
        for (int image = 0; image < IMAGES; image++) {
            float[] own = Arrays.copyOfRange(logits, image * classes, (image + 1) * classes);
            List<Double> shares = Logits.of(own).softmax();
            for (int c = 0; c < classes; c++) {
                probabilities[image * classes + c] = shares.get(c);
            }
        }
        return probabilities;
    }

    private static Difference largestDifference(float[] expected, float[] found)
            throws MalformedModelException {
        requireAsMany(expected.length, found.length);
        return Logits.of(expected).difference(found);
    }

    private static void requireAsMany(int expected, int found) throws MalformedModelException {
        if (expected != found) {
            throw new MalformedModelException(
                    "an exported file must give as many values as the network, %d, found %d"
                            .formatted(expected, found));
        }
    }

    private FloatBuffer noise() {
        return FloatBuffer.wrap(Noise.of(shape, SEED));
    }

    /** Planes as the preprocessing makes them of random pixels. */
    private FloatBuffer ofPixels() {
        EvaluationTransform transform = metadata.requiredTransform();
        SplittableRandom random = new SplittableRandom(SEED);
        FloatBuffer planes = FloatBuffer.allocate((int) shape.size());
        int area = (int) (shape.get(2) * shape.get(3));
        for (int plane = 0; plane < IMAGES * 3; plane++) {
            int colour = transform.channelOrder().colour(plane % 3);
            float mean = transform.mean().get(colour);
            float std = transform.std().get(colour);
            for (int i = 0; i < area; i++) {
                planes.put((random.nextInt(256) / 255f - mean) / std);
            }
        }
        return planes.flip();
    }

    private float[] eager(FloatBuffer planes) {
        try (NDManager manager = manager()) {
            NDArray x = manager.create(planes.duplicate(), shape);
            return PlainPass.compute(block, new ParameterStore(manager, false), x).toFloatArray();
        }
    }

    /** On a CPU, as ONNX Runtime: the convolutions of a GPU are not as exact as the tolerance. */
    private NDManager manager() {
        return block.getParameters().values().stream()
                .findFirst()
                .map(Parameter::getArray)
                .map(array -> array.getManager().getEngine().newBaseManager(Device.cpu()))
                .orElseGet(() -> NDManager.newBaseManager(Device.cpu()));
    }

    private float[] runtime(Path file, FloatBuffer planes)
            throws IOException, MalformedModelException {
        Optional<EvaluationTransform> pixels =
                options.pixelInput() ? Optional.of(metadata.requiredTransform()) : Optional.empty();
        try (OnnxNetwork network = new OnnxNetwork(file, pixels)) {
            return network.run(planes, shape);
        } catch (TranslateException e) {
            throw new MalformedModelException("ONNX Runtime cannot run the file", e);
        }
    }
}
