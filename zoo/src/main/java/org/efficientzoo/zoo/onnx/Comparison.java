package org.efficientzoo.zoo.onnx;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.efficientzoo.blocks.PlainPass;
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
        Input input = options.pixelInput() ? pixels() : floats();
        float[] logits = eager(input.planes);
        float[] found = runtime(file, input);
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

    private record Input(DataType type, Shape shape, ByteBuffer bytes, FloatBuffer planes) {}

    private Input floats() {
        FloatBuffer planes = FloatBuffer.wrap(Noise.of(shape, SEED));
        return new Input(DataType.FLOAT32, shape, ByteBuffer.allocate(0), planes);
    }

    private Input pixels() {
        var transform = metadata.requiredTransform();
        SplittableRandom random = new SplittableRandom(SEED);
        byte[] bytes = new byte[(int) shape.size()];
        random.nextBytes(bytes);
        FloatBuffer planes = FloatBuffer.allocate(bytes.length);
        int area = (int) (shape.get(2) * shape.get(3));
        for (int image = 0; image < IMAGES; image++) {
            for (int c = 0; c < 3; c++) {
                int colour = transform.channelOrder().colour(c);
                float mean = transform.mean().get(colour);
                float std = transform.std().get(colour);
                for (int i = 0; i < area; i++) {
                    int value = bytes[(image * area + i) * 3 + colour] & 0xFF;
                    planes.put((value / 255f - mean) / std);
                }
            }
        }
        Shape last = new Shape(IMAGES, shape.get(2), shape.get(3), shape.get(1));
        return new Input(DataType.UINT8, last, ByteBuffer.wrap(bytes), planes.flip());
    }

    private float[] eager(FloatBuffer planes) {
        try (NDManager manager = manager()) {
            NDArray x = manager.create(planes.duplicate(), shape);
            return PlainPass.compute(block, new ParameterStore(manager, false), x).toFloatArray();
        }
    }

    private NDManager manager() {
        return block.getParameters().values().stream()
                .findFirst()
                .map(Parameter::getArray)
                .map(array -> array.getManager().newSubManager())
                .orElseGet(NDManager::newBaseManager);
    }

    private float[] runtime(Path file, Input input) throws IOException, MalformedModelException {
        try (Model model = Model.newInstance("exported", OnnxNetwork.RUNTIME)) {
            model.load(file.getParent(), file.getFileName().toString(), Map.of());
            try (Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator());
                    NDManager manager = model.getNDManager().newSubManager()) {
                NDArray x =
                        input.type() == DataType.UINT8
                                ? manager.create(input.bytes(), input.shape(), DataType.UINT8)
                                : manager.create(input.planes(), input.shape());
                NDList output = predictor.predict(new NDList(x));
                float[] values = output.singletonOrThrow().toFloatArray();
                output.close();
                return Arrays.copyOf(values, values.length);
            }
        } catch (TranslateException e) {
            throw new MalformedModelException("ONNX Runtime cannot run the file", e);
        }
    }
}
