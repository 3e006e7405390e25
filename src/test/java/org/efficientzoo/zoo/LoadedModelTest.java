package org.efficientzoo.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.efficientzoo.Slow;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be done with a model once it is found. */
@Slow
class LoadedModelTest {

    @TempDir private Path folder;

    private Path weights;

    @BeforeEach
    void writeWeights() throws IOException {
        weights = TestModels.weights(folder.resolve("w.safetensors"), 1);
    }

    private ZooModel<NDList, NDList> load(String engine) throws Exception {
        return TestModels.logits(engine).optArgument("weightsFile", weights).build().loadModel();
    }

    private static ZooModel<NDList, NDList> untrained(String engine) throws Exception {
        return TestModels.logits(engine).optFilter("weights", "none").build().loadModel();
    }

    private static Map<String, float[]> values(Model model) {
        Map<String, float[]> values = new LinkedHashMap<>();
        BlockNames.parameters(model.getBlock())
                .forEach((name, p) -> values.put(name, p.getArray().toFloatArray()));
        assertThat(values).isNotEmpty();
        return values;
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void initialisesAnUntrainedNetwork(String engine) throws Exception {
        try (ZooModel<NDList, NDList> model = untrained(engine);
                ZooModel<NDList, NDList> other = untrained(engine)) {
            assertThat(model.getBlock().isInitialized()).isTrue();
            float[] answer = TestModels.answer(model);
            assertThat(answer).hasSize(TestModels.CLASSES).doesNotContain(Float.NaN);
            assertThat(answer[0]).isNotEqualTo(answer[1]);
            assertThat(TestModels.answer(other)).as("another's weights").isNotEqualTo(answer);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void recordsNoGradientUntilATrainerComes(String engine) throws Exception {
        try (ZooModel<NDList, NDList> loaded = load(engine);
                ZooModel<NDList, NDList> fresh = untrained(engine)) {
            for (ZooModel<NDList, NDList> model : List.of(loaded, fresh)) {
                TestModels.answer(model);
                assertThat(BlockNames.parameters(model.getBlock()).values())
                        .isNotEmpty()
                        .noneMatch(parameter -> parameter.getArray().hasGradient());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void trainsOnFromTheLoadedWeights(String engine) throws Exception {
        try (ZooModel<NDList, NDList> model = load(engine)) {
            Map<String, float[]> loaded = values(model);
            float[] before = TestModels.answer(model);
            step(model);
            assertThat(TestModels.answer(model)).isNotEqualTo(before);
            Map<String, float[]> trained = values(model);
            loaded.forEach(
                    (name, start) -> {
                        double length = distance(start, new float[start.length]);
                        if (name.contains("running_")) {
                            assertThat(trained.get(name)).as(name).isNotEqualTo(start);
                        } else if (name.endsWith("weight")) {
                            assertThat(distance(trained.get(name), start))
                                    .as("way of %s from its start", name)
                                    .isPositive()
                                    .isLessThan(0.5 * length);
                        }
                    });
        }
    }

    /** One step of gradient descent, small enough to stay near its start. */
    private static void step(Model model) throws Exception {
        var config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .optOptimizer(
                                Optimizer.sgd()
                                        .setLearningRateTracker(Tracker.fixed(1e-3f))
                                        .build());
        Shape batch = new Shape(4, 3, TestModels.CROP, TestModels.CROP);
        try (Trainer trainer = model.newTrainer(config)) {
            trainer.initialize(batch);
            assertThat(trainable(model)).allMatch(p -> p.getArray().hasGradient());
            try (NDArray x = trainer.getManager().create(Formula.input(batch, 4), batch);
                    NDArray labels = trainer.getManager().create(new float[] {1, 2, 3, 4});
                    GradientCollector collector = trainer.newGradientCollector()) {
                NDList logits = trainer.forward(new NDList(x));
                collector.backward(trainer.getLoss().evaluate(new NDList(labels), logits));
            }
            trainer.step();
        }
    }

    private static List<Parameter> trainable(Model model) {
        List<Parameter> parameters =
                model.getBlock().getParameters().values().stream()
                        .filter(Parameter::requiresGradient)
                        .toList();
        assertThat(parameters).isNotEmpty();
        return parameters;
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(sum);
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void isSavedAndLoadedByDjl(String engine) throws Exception {
        float[] expected;
        try (ZooModel<NDList, NDList> model = load(engine)) {
            expected = TestModels.answer(model);
            model.save(folder, "mine");
        }
        try (Model model = Model.newInstance("mine", engine)) {
            model.setBlock(Networks.get(TestModels.NAME).build(TestModels.OPTIONS));
            model.load(folder, "mine");
            assertThat(answer(model)).containsExactly(expected);
        }
    }

    private static float[] answer(Model model) throws Exception {
        try (Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator());
                NDArray x =
                        model.getNDManager()
                                .create(Formula.input(TestModels.INPUT, 11), TestModels.INPUT);
                NDArray y = predictor.predict(new NDList(x)).singletonOrThrow()) {
            return y.toFloatArray();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void isRebuiltFromASavedFolderByItsBlockFactory(String engine) throws Exception {
        float[] expected;
        try (ZooModel<NDList, NDList> model = load(engine)) {
            expected = TestModels.answer(model);
            model.save(folder, "mine");
        }
        Files.delete(weights);
        Criteria<NDList, NDList> criteria =
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optModelPath(folder)
                        .optModelName("mine")
                        .optEngine(engine)
                        .optArgument("blockFactory", EfficientBlockFactory.class.getName())
                        .optArgument("network", TestModels.NAME)
                        .optArgument("classes", TestModels.CLASSES)
                        .optArgument("width", TestModels.WIDTH)
                        .build();
        try (ZooModel<NDList, NDList> model = criteria.loadModel()) {
            assertThat(TestModels.answer(model)).containsExactly(expected);
        }
    }

    @Test
    void asksTheBlockFactoryForANetwork() {
        assertThatThrownBy(() -> new EfficientBlockFactory().newBlock(null, folder, Map.of()))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("network");
        Block block =
                new EfficientBlockFactory()
                        .newBlock(null, folder, Map.of("network", "resnet50", "classes", "3"));
        assertThat(block.getOutputShapes(new Shape[] {TestModels.INPUT}))
                .containsExactly(new Shape(1, 3));
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void readsTheWeightsAfreshInEveryLookUp(String engine) throws Exception {
        FileTime written = Files.getLastModifiedTime(weights);
        try (ZooModel<NDList, NDList> first = load(engine)) {
            float[] old = TestModels.answer(first);
            long size = Files.size(weights);
            TestModels.weights(weights, 2);
            Files.setLastModifiedTime(weights, written);
            assertThat(weights).hasSize(size);
            try (ZooModel<NDList, NDList> second = load(engine)) {
                assertThat(TestModels.answer(second)).isNotEqualTo(old);
            }
            assertThat(TestModels.answer(first)).as("the model that was loaded").isEqualTo(old);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void writesNothingIntoDjlsCache(String engine) throws Exception {
        load(engine).close(); // the engine itself unpacks its natives there once
        Path cache = Files.createDirectory(folder.resolve("cache"));
        String before = System.getProperty("DJL_CACHE_DIR");
        System.setProperty("DJL_CACHE_DIR", cache.toString());
        try {
            assertThat(ai.djl.util.Utils.getCacheDir()).isEqualTo(cache);
            load(engine).close();
            untrained(engine).close();
        } finally {
            if (before == null) {
                System.clearProperty("DJL_CACHE_DIR");
            } else {
                System.setProperty("DJL_CACHE_DIR", before);
            }
        }
        try (Stream<Path> files = Files.walk(cache)) {
            assertThat(files).containsExactly(cache);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void loadsAgainAfterAFileThatDidNotFit(String engine) throws Exception {
        byte[] sound = Files.readAllBytes(weights);
        TestModels.weights(weights, TestModels.NAME, TestModels.OPTIONS.withWidth(0.5), 1);
        assertThatThrownBy(() -> load(engine))
                .isExactlyInstanceOf(MalformedModelException.class)
                .hasMessageStartingWith(
                        "the tensors of %s do not fit mobilenet_v2: ".formatted(weights))
                .hasMessageEndingWith(", ...; it fits mobilenet_v2 of width 0.5 with 10 classes");
        Files.write(weights, sound);
        try (ZooModel<NDList, NDList> model = load(engine)) {
            assertThat(TestModels.answer(model)).hasSize(TestModels.CLASSES);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET, "OnnxRuntime"})
    void answersNothingWithNothing(String engine) throws Exception {
        try (ZooModel<NDList, NDList> logits = load(engine);
                Predictor<NDList, NDList> predictor = logits.newPredictor();
                ZooModel<Path, Classifications> classes =
                        TestModels.criteria(engine, Path.class, Classifications.class)
                                .optArgument("weightsFile", weights)
                                .build()
                                .loadModel();
                Predictor<Path, Classifications> classifier = classes.newPredictor()) {
            assertThat(predictor.batchPredict(List.of())).isEmpty();
            assertThat(classifier.batchPredict(List.of())).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET, "OnnxRuntime"})
    void namesTheFileOfItsWeightsAsItsArtifact(String engine) throws Exception {
        try (ZooModel<NDList, NDList> model = load(engine)) {
            assertThat(model.getArtifactNames()).containsExactly("w.safetensors");
            assertThat(model.getArtifact("w.safetensors")).isEqualTo(weights.toUri().toURL());
            try (InputStream in = model.getArtifactAsStream("w.safetensors")) {
                assertThat(in).hasBinaryContent(Files.readAllBytes(weights));
            }
            assertThat(model.<Integer>getArtifact("w.safetensors", LoadedModelTest::first))
                    .isEqualTo(Files.readAllBytes(weights)[0] & 0xff);
            assertThatThrownBy(() -> model.getArtifact("synset.txt"))
                    .isInstanceOf(FileNotFoundException.class)
                    .hasMessage(
                            "the model mobilenet_v2 has no artifact synset.txt; there is w.safetensors");
            assertThatThrownBy(() -> model.getArtifact("synset.txt", LoadedModelTest::first))
                    .isInstanceOf(FileNotFoundException.class);
        }
        try (ZooModel<NDList, NDList> model = untrained(engine)) {
            assertThat(model.getArtifactNames()).isEmpty();
        }
    }

    private static int first(InputStream in) {
        try {
            return in.read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void namesWhatItWasSavedAs() throws Exception {
        try (ZooModel<NDList, NDList> model = load(Engines.PYTORCH)) {
            model.save(folder.resolve("saved"), "mine");
            assertThat(model.getArtifactNames())
                    .containsExactly("mine-0000.params", "w.safetensors");
            assertThat(model.getArtifact("mine-0000.params").getPath())
                    .endsWith("/mine-0000.params");
        }
    }

    @Test
    void predictsNoMoreWhenItIsClosed() throws Exception {
        ZooModel<NDList, NDList> model = load(Engines.PYTORCH);
        Predictor<NDList, NDList> predictor = model.newPredictor();
        Predictor<NDList, NDList> other = model.newPredictor(Device.cpu());
        predictor.close();
        predictor.close();
        assertThatThrownBy(() -> predictor.batchPredict(List.of(new NDList())))
                .isInstanceOf(TranslateException.class)
                .hasMessage("the predictor of mobilenet_v2 is closed");
        model.close();
        model.close();
        assertThatThrownBy(() -> other.predict(new NDList()))
                .isInstanceOf(TranslateException.class)
                .hasMessage("the model mobilenet_v2 is closed");
    }
}
