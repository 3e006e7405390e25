package org.efficientzoo.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Application;
import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.ndarray.NDList;
import ai.djl.repository.MRL;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelZoo;
import ai.djl.repository.zoo.ZooModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ways to a network that DJL offers. */
class CriteriaTest {

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void findsTheExampleOfTheInterfaces(String engine) throws Exception {
        Path photo = TestImages.patches(folder.resolve("photo.png"), 1);
        Path weights =
                TestModels.weights(
                        folder.resolve("w.safetensors"), "mobilenet_v2", NetworkOptions.DEFAULT, 1);
        Criteria<Image, Classifications> criteria =
                Criteria.builder()
                        .setTypes(Image.class, Classifications.class)
                        .optApplication(Application.CV.IMAGE_CLASSIFICATION)
                        .optGroupId("org.efficientzoo")
                        .optArtifactId("mobilenet_v2")
                        .optFilter("dataset", "imagenet")
                        .optEngine(engine)
                        .optArgument("weightsFile", weights)
                        .build();
        try (ZooModel<Image, Classifications> model = criteria.loadModel();
                Predictor<Image, Classifications> predictor = model.newPredictor()) {
            Classifications found = predictor.predict(ImageFactory.getInstance().fromFile(photo));

            assertThat(model.getName()).isEqualTo("mobilenet_v2");
            assertThat(model.getNDManager().getEngine().getEngineName()).isEqualTo(engine);
            assertThat(found.getClassNames()).hasSize(1000).startsWith("tench", "goldfish");
            assertThat(found.getProbabilities().stream().mapToDouble(p -> p).sum())
                    .isCloseTo(1, within(1e-5));
            assertThat(found.best().getProbability()).isGreaterThan(2e-3);
            assertThat(found.topK()).hasSize(5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void findsANetworkByGroupAndNameInOneText(String engine) throws Exception {
        Criteria<NDList, NDList> criteria =
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optArtifactId("org.efficientzoo:mobilenet_v2")
                        .optFilter("weights", "none")
                        .optEngine(engine)
                        .build();
        try (ZooModel<NDList, NDList> model = criteria.loadModel()) {
            assertThat(model.getName()).isEqualTo("mobilenet_v2");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void findsANetworkByItsNameAlone(String engine) throws Exception {
        Criteria<NDList, NDList> criteria =
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optArtifactId("shufflenet_v2_x0_5")
                        .optFilters(Map.of("weights", "none", "dataset", "imagenet"))
                        .optEngine(engine)
                        .build();
        try (ZooModel<NDList, NDList> model = criteria.loadModel()) {
            assertThat(model.getName()).isEqualTo("shufflenet_v2_x0_5");
        }
    }

    @Test
    void findsANetworkInTheZooThatIsHandedOver() throws Exception {
        Criteria<NDList, NDList> criteria =
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optModelZoo(new EfficientZooProvider().getModelZoo())
                        .optArtifactId("squeezenet1_1")
                        .optFilter("weights", "none")
                        .optEngine(Engines.PYTORCH)
                        .build();
        try (ZooModel<NDList, NDList> model = criteria.loadModel()) {
            assertThat(model.getName()).isEqualTo("squeezenet1_1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void findsSomeNetworkByTheApplicationAlone(String engine) throws Exception {
        Criteria<NDList, NDList> criteria =
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optApplication(Application.CV.IMAGE_CLASSIFICATION)
                        .optFilter("weights", "none")
                        .optEngine(engine)
                        .build();
        try (ZooModel<NDList, NDList> model = criteria.loadModel()) {
            assertThat(Networks.contains(model.getName())).isTrue();
        }
    }

    @Test
    void takesDjlsDefaultEngineWhereNoneIsNamed() throws Exception {
        Criteria<NDList, NDList> criteria =
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optArtifactId("squeezenet1_1")
                        .optFilter("weights", "none")
                        .build();
        try (ZooModel<NDList, NDList> model = criteria.loadModel()) {
            assertThat(model.getNDManager().getEngine().getEngineName())
                    .isEqualTo(ai.djl.engine.Engine.getDefaultEngineName());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET, OnnxLookUp.RUNTIME})
    void takesTheNameThatTheModelIsToHave(String engine) throws Exception {
        Criteria<NDList, NDList> criteria =
                TestModels.logits(engine).optFilter("weights", "none").optModelName("mine").build();
        try (ZooModel<NDList, NDList> model = criteria.loadModel()) {
            assertThat(model.getName()).isEqualTo("mine");
        }
    }

    @Test
    void listsEveryNetworkAmongTheModelsOfDjl() throws Exception {
        Map<Application, List<MRL>> models =
                ModelZoo.listModels(Criteria.builder().optGroupId("org.efficientzoo").build());
        assertThat(models).containsKey(Application.CV.IMAGE_CLASSIFICATION);
        List<String> names =
                models.get(Application.CV.IMAGE_CLASSIFICATION).stream()
                        .filter(mrl -> mrl.getGroupId().equals("org.efficientzoo"))
                        .map(MRL::getArtifactId)
                        .toList();
        assertThat(names)
                .containsExactlyInAnyOrderElementsOf(
                        Networks.all().stream().map(NetworkEntry::name).toList());
    }

    @Test
    void isAZooOfBothEngines() {
        ModelZoo zoo = ModelZoo.getModelZoo("org.efficientzoo");
        assertThat(zoo).isInstanceOf(EfficientModelZoo.class);
        assertThat(zoo.getSupportedEngines())
                .containsExactlyInAnyOrder("PyTorch", "MXNet", "OnnxRuntime");
        assertThat(zoo.getModelLoaders()).hasSize(40);
    }

    @Test
    void listsItsRepositoryAsDjlListsAny() throws Exception {
        List<MRL> resources = new ClassPathRepository().getResources();
        assertThat(resources).hasSize(40);
        for (MRL mrl : resources) {
            assertThat(mrl.getDefaultArtifact()).as(mrl.toString()).isNotNull();
            assertThat(mrl.listArtifacts().get(0).getProperties())
                    .containsEntry("dataset", "imagenet")
                    .containsEntry("weights", "none");
            assertThat(mrl.match(Map.of("weights", "other"))).isNull();
        }
    }

    @Test
    void passesOverNetworksThatLackAnOptionWhereNoneIsNamed() throws Exception {
        Criteria<NDList, NDList> criteria =
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optGroupId("org.efficientzoo")
                        .optEngine(Engines.PYTORCH)
                        .optFilter("weights", "none")
                        .optArgument("leakySlope", "0.01")
                        .build();
        try (ZooModel<NDList, NDList> model = criteria.loadModel()) {
            assertThat(model.getName()).startsWith("darknet");
        }
    }
}
