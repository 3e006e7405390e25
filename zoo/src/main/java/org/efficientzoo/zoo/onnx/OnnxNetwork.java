package org.efficientzoo.zoo.onnx;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.zoo.engine.EngineStart;
import org.efficientzoo.zoo.image.EvaluationTransform;

/**
 * An ONNX file in ONNX Runtime, which takes normalised planes even where its graph takes pixels.
 *
 * <p>One thread at a time may run it.
 */
public final class OnnxNetwork implements AutoCloseable {

    static final String RUNTIME = "OnnxRuntime";

    private static final float WHITE = 255;

    private final Model model;
    private final Predictor<NDList, NDList> predictor;
    private final Optional<EvaluationTransform> pixels;

    /**
     * Opens a file.
     *
     * @param file the file
     * @param pixels how the planes were made of pixels, where the graph takes these, (N, H, W, 3)
     *     of uint8
     * @throws IOException if it cannot be read
     * @throws MalformedModelException if ONNX Runtime does not take it
     */
    public OnnxNetwork(Path file, Optional<EvaluationTransform> pixels)
            throws IOException, MalformedModelException {
        this.pixels = pixels;
        EngineStart.of(RUNTIME);
        this.model = Model.newInstance("exported", RUNTIME);
        try {
            model.load(file.toAbsolutePath());
            this.predictor = model.newPredictor(new NoopTranslator());
        } catch (IOException | MalformedModelException | RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /**
     * Runs the network.
     *
     * @param planes the normalised planes
     * @param shape their shape, (N, C, H, W)
     * @return the values of its first output
     * @throws TranslateException if it fails
     */
    public float[] run(FloatBuffer planes, Shape shape) throws TranslateException {
        return values(planes, shape).values().iterator().next();
    }

    /** The values of all outputs by their names. */
    Map<String, float[]> values(FloatBuffer planes, Shape shape) throws TranslateException {
        try (NDManager manager = model.getNDManager().newSubManager()) {
            NDArray x =
                    pixels.isEmpty()
                            ? manager.create(planes, shape)
                            : manager.create(
                                    bytes(planes, shape, pixels.get()),
                                    last(shape),
                                    DataType.UINT8);
            Map<String, float[]> values = new LinkedHashMap<>();
            try (NDList outputs = predictor.predict(new NDList(x))) {
                for (NDArray output : outputs) {
                    values.put(output.getName(), output.toFloatArray());
                }
            }
            return values;
        }
    }

    private static Shape last(Shape shape) {
        return new Shape(shape.get(0), shape.get(2), shape.get(3), shape.get(1));
    }

    /**
     * The pixels that the planes were made of. Rounding gives them back exactly, but for planes of
     * Darknet's interpolation, which were never rounded to pixels: these lose half a level at most.
     */
    private static ByteBuffer bytes(FloatBuffer planes, Shape shape, EvaluationTransform made) {
        int channels = (int) shape.get(1);
        int area = (int) (shape.get(2) * shape.get(3));
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) shape.size());
        for (int i = 0; i < planes.remaining(); i++) {
            int image = i / (channels * area);
            int colour = made.channelOrder().colour(i / area % channels);
            float value = planes.get(planes.position() + i);
            int pixel =
                    Math.round((value * made.std().get(colour) + made.mean().get(colour)) * WHITE);
            int place = (image * area + i % area) * channels + colour;
            bytes.put(place, (byte) Math.max(0, Math.min(255, pixel)));
        }
        return bytes;
    }

    @Override
    public void close() {
        predictor.close();
        model.close();
    }
}
