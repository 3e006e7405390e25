package org.efficientzoo.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.training.ParameterStore;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.zoo.image.EvaluationTransform;
import org.efficientzoo.zoo.image.ImageDecoder;
import org.efficientzoo.zoo.image.ImageDecodingException;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.weights.SafetensorsFile;
import org.efficientzoo.zoo.weights.StateDict;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PredictionsTest {

    @TempDir private Path folder;

    private Path weights;
    private Path photo;

    @BeforeEach
    void writeFiles() throws IOException {
        weights = TestModels.weights(folder.resolve("w.safetensors"), 5);
        photo = TestImages.patches(folder.resolve("photo.png"), 5);
    }

    private <I> Criteria.Builder<I, Classifications> images(String engine, Class<I> type) {
        return TestModels.criteria(engine, type, Classifications.class)
                .optArgument("weightsFile", weights);
    }

    private static <I> Classifications predict(Criteria<I, Classifications> criteria, I image)
            throws Exception {
        try (ZooModel<I, Classifications> model = criteria.loadModel();
                Predictor<I, Classifications> predictor = model.newPredictor()) {
            return predictor.predict(image);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void givesTheLogitsOfTheNetworkItself(String engine) throws Exception {
        Shape batch = new Shape(3, 3, 50, 81);
        float[] input = Formula.input(batch, 2);
        EfficientBlock network = Networks.get(TestModels.NAME).build(TestModels.OPTIONS);
        float[] expected;
        try (NDManager manager = Engines.manager(engine);
                SafetensorsFile source = SafetensorsFile.open(weights)) {
            new StateDict(network, TestModels.INPUT, false).load(source, manager);
            NDList x = new NDList(manager.create(input, batch));
            NDArray y =
                    network.forward(new ParameterStore(manager, false), x, false)
                            .singletonOrThrow();
            assertThat(y.getShape()).isEqualTo(new Shape(3, TestModels.CLASSES));
            expected = y.toFloatArray();
        }
        var criteria = TestModels.logits(engine).optArgument("weightsFile", weights).build();
        try (ZooModel<NDList, NDList> model = criteria.loadModel()) {
            assertThat(TestModels.answer(model, input, batch)).containsExactly(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void givesTheSoftmaxOfTheLogitsOfThePreprocessedImage(String engine) throws Exception {
        var criteria = TestModels.logits(engine).optArgument("weightsFile", weights).build();
        float[] logits;
        try (ZooModel<NDList, NDList> model = criteria.loadModel()) {
            EvaluationTransform transform = EfficientModelZoo.transform(model);
            assertThat(transform.cropWidth()).isEqualTo(TestModels.CROP);
            FloatBuffer pixels = FloatBuffer.allocate(transform.length());
            transform.apply(new ImageDecoder().decode(photo), pixels);
            logits = TestModels.answer(model, pixels.array(), TestModels.INPUT);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit);
        }
        List<Double> found = predict(images(engine, Path.class).build(), photo).getProbabilities();
        assertThat(found).hasSize(TestModels.CLASSES);
        for (int i = 0; i < logits.length; i++) {
            assertThat(found.get(i)).isCloseTo(Math.exp(logits[i]) / sum, within(1e-5));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void answersAnImageInWhateverFormItComes(String engine) throws Exception {
        List<Double> ofPath = predict(images(engine, Path.class).build(), photo).getProbabilities();
        Image image = ImageFactory.getInstance().fromFile(photo);
        assertThat(predict(images(engine, Image.class).build(), image).getProbabilities())
                .isEqualTo(ofPath);
        try (InputStream stream = Files.newInputStream(photo)) {
            assertThat(
                            predict(images(engine, InputStream.class).build(), stream)
                                    .getProbabilities())
                    .isEqualTo(ofPath);
        }
        URL url = photo.toUri().toURL();
        assertThat(predict(images(engine, URL.class).build(), url).getProbabilities())
                .isEqualTo(ofPath);
        assertThat(predict(images(engine, String.class).build(), url.toString()).getProbabilities())
                .isEqualTo(ofPath);
        Path other = TestImages.patches(folder.resolve("other.png"), 6);
        assertThat(predict(images(engine, Path.class).build(), other).getProbabilities())
                .isNotEqualTo(ofPath);
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void answersSeveralImagesAtOnceAsOneByOne(String engine) throws Exception {
        Path other = TestImages.patches(folder.resolve("other.png"), 6);
        try (ZooModel<Path, Classifications> model =
                        images(engine, Path.class).build().loadModel();
                Predictor<Path, Classifications> predictor = model.newPredictor()) {
            TestModels.assertBatchIsOneByOne(predictor, List.of(photo, other));
        }
    }

    /**
     * On PyTorch alone: MXNet was seen to hang in its own wait when four threads predict at once.
     */
    @Test
    void answersTheSameFromSeveralThreads() throws Exception {
        String engine = Engines.PYTORCH;
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (ZooModel<Path, Classifications> model =
                images(engine, Path.class).build().loadModel()) {
            List<Future<List<Double>>> answers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                answers.add(
                        threads.submit(
                                () -> {
                                    List<Double> last = List.of();
                                    try (Predictor<Path, Classifications> own =
                                            model.newPredictor()) {
                                        for (int n = 0; n < 10; n++) {
                                            last = own.predict(photo).getProbabilities();
                                        }
                                    }
                                    return last;
                                }));
            }
            List<Double> expected =
                    predict(images(engine, Path.class).build(), photo).getProbabilities();
            for (Future<List<Double>> answer : answers) {
                assertThat(answer.get()).isEqualTo(expected);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void saysWhichFileIsNoImage(String engine) throws Exception {
        Path text = Files.writeString(folder.resolve("text.jpg"), "no image at all");
        try (ZooModel<Path, Classifications> model =
                        images(engine, Path.class).build().loadModel();
                Predictor<Path, Classifications> predictor = model.newPredictor()) {
            assertThatThrownBy(() -> predictor.predict(text))
                    .isExactlyInstanceOf(TranslateException.class)
                    .cause()
                    .isExactlyInstanceOf(ImageDecodingException.class)
                    .hasMessageStartingWith(
                            text + ": an image must be a JPEG, PNG, GIF, BMP, WebP or TIFF");
            assertThat(predictor.predict(photo).getProbabilities()).hasSize(TestModels.CLASSES);
        }
    }
}
