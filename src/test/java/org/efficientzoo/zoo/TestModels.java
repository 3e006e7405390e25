package org.efficientzoo.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.reference.Formula.ScaleRule;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.weights.Precision;
import org.efficientzoo.zoo.weights.SafetensorsFileWriter;
import org.efficientzoo.zoo.weights.TensorSource;

/** A small network, a MobileNetV2 of a quarter's width with 10 classes, and its weights. */
public final class TestModels {

    public static final String NAME = "mobilenet_v2";
    public static final int CLASSES = 10;
    public static final double WIDTH = 0.25;
    public static final int CROP = 64;
    public static final Shape INPUT = new Shape(1, 3, CROP, CROP);
    public static final NetworkOptions OPTIONS =
            NetworkOptions.DEFAULT.withClasses(CLASSES).withWidth(WIDTH);

    private TestModels() {}

    /** Weights by the formula, another salt makes others. */
    public static Path weights(Path file, String name, NetworkOptions options, long salt)
            throws IOException {
        Shape input = new Shape(1, options.inputChannels(), CROP, CROP);
        var shapes = ParameterShapes.of(Networks.get(name).build(options), input);
        var damping = List.of(new ScaleRule(".conv.3.weight", 0.5));
        try (Formula formula = new Formula(shapes, salt, damping)) {
            return write(formula, file);
        }
    }

    /** Weights of squeezenet1_1 with 10 classes whose answer does not depend on the image. */
    public static Path deaf(Path file) throws IOException {
        NetworkOptions ten = NetworkOptions.DEFAULT.withClasses(CLASSES);
        var shapes = ParameterShapes.of(Networks.get("squeezenet1_1").build(ten), INPUT);
        var silence = List.of(new ScaleRule("classifier.1.weight", 0));
        try (Formula formula = new Formula(shapes, 1, silence)) {
            return write(formula, file);
        }
    }

    /** Any tensors, as a safetensors file. */
    public static Path write(TensorSource tensors, Path file) throws IOException {
        new SafetensorsFileWriter(Precision.FLOAT32, Map.of()).write(tensors, file);
        return file;
    }

    /** Weights of the small network. */
    public static Path weights(Path file, long salt) throws IOException {
        return weights(file, NAME, OPTIONS, salt);
    }

    /** Asks for the small network. */
    public static <I, O> Criteria.Builder<I, O> criteria(
            String engine, Class<I> input, Class<O> output) {
        return Criteria.builder()
                .setTypes(input, output)
                .optGroupId("org.efficientzoo")
                .optArtifactId(NAME)
                .optEngine(engine)
                .optArgument("classes", Integer.toString(CLASSES))
                .optArgument("width", Double.toString(WIDTH))
                .optArgument("crop", Integer.toString(CROP));
    }

    /** Asks for the small network's logits. */
    public static Criteria.Builder<NDList, NDList> logits(String engine) {
        return criteria(engine, NDList.class, NDList.class);
    }

    /** What a model says to an input that follows the formula. */
    public static float[] answer(ZooModel<NDList, NDList> model) throws Exception {
        return answer(model, Formula.input(INPUT, 11), INPUT);
    }

    /** What a model says to an input. */
    public static float[] answer(ZooModel<NDList, NDList> model, float[] input, Shape shape)
            throws Exception {
        try (Predictor<NDList, NDList> predictor = model.newPredictor();
                NDArray x = model.getNDManager().create(input, shape)) {
            NDList output = predictor.predict(new NDList(x));
            try (NDArray logits = output.singletonOrThrow()) {
                return logits.toFloatArray();
            }
        }
    }

    /** Several images at once are answered as each alone. */
    static void assertBatchIsOneByOne(Predictor<Path, Classifications> predictor, List<Path> images)
            throws TranslateException {
        List<Classifications> all = predictor.batchPredict(images);
        assertThat(all).hasSameSizeAs(images);
        for (int i = 0; i < images.size(); i++) {
            List<Double> alone = predictor.predict(images.get(i)).getProbabilities();
            assertThat(alone).hasSize(CLASSES);
            for (int c = 0; c < CLASSES; c++) {
                assertThat(all.get(i).getProbabilities().get(c))
                        .isCloseTo(alone.get(c), within(1e-5));
            }
        }
    }
}
