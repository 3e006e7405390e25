package org.efficientzoo.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.MalformedModelException;
import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.modality.Classifications.Classification;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.norm.Dropout;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.zoo.image.ChannelOrder;
import org.efficientzoo.zoo.image.EvaluationTransform;
import org.efficientzoo.zoo.image.Interpolation;
import org.efficientzoo.zoo.image.Resize;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The arguments of a look-up, right ones and wrong ones. */
class ArgumentsTest {

    @TempDir private Path folder;

    private static Criteria.Builder<NDList, NDList> untrained(String name) {
        return Criteria.builder()
                .setTypes(NDList.class, NDList.class)
                .optArtifactId("org.efficientzoo:" + name)
                .optFilter("weights", "none")
                .optEngine(Engines.PYTORCH);
    }

    private static Criteria.Builder<Path, Classifications> images() {
        return TestModels.criteria(Engines.PYTORCH, Path.class, Classifications.class)
                .optFilter("weights", "none");
    }

    private List<String> names(Criteria<Path, Classifications> criteria) throws Exception {
        return classify(criteria).getClassNames();
    }

    private Classifications classify(Criteria<Path, Classifications> criteria) throws Exception {
        Path photo = TestImages.patches(folder.resolve("photo.png"), 3);
        try (ZooModel<Path, Classifications> model = criteria.loadModel();
                Predictor<Path, Classifications> predictor = model.newPredictor()) {
            return predictor.predict(photo);
        }
    }

    @Test
    void takesTheNumberOfClassesAsTextOrNumber() throws Exception {
        for (Object classes : List.of("7", 7)) {
            try (ZooModel<NDList, NDList> model =
                    untrained("shufflenet_v2_x0_5")
                            .optArgument("classes", classes)
                            .build()
                            .loadModel()) {
                assertThat(model.getBlock().getOutputShapes(new Shape[] {TestModels.INPUT}))
                        .containsExactly(new Shape(1, 7));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "mobilenet_v1, 0.5, 16",
        "mobilenet_v2, 1.4, 48",
        "mobilenet_v2, 0.1, 4",
        "darknet19, 0.5, 16",
        "darknet53, 0.25, 8"
    })
    void takesTheWidth(String name, String width, long stem) throws Exception {
        try (ZooModel<NDList, NDList> model =
                untrained(name).optArgument("width", width).build().loadModel()) {
            assertThat(
                            ParameterShapes.of(model.getBlock(), TestModels.INPUT)
                                    .values()
                                    .iterator()
                                    .next())
                    .isEqualTo(new Shape(stem, 3, 3, 3));
        }
    }

    @Test
    void takesTheSlopeOfTheLeakyRelus() throws Exception {
        Path weights =
                TestModels.weights(
                        folder.resolve("w.safetensors"),
                        "darknet19",
                        NetworkOptions.DEFAULT.withClasses(10),
                        1);
        Criteria.Builder<NDList, NDList> darknet =
                untrained("darknet19")
                        .optArgument("classes", "10")
                        .optArgument("weightsFile", weights);
        float[] usual = answer(darknet.build());
        assertThat(answer(darknet.optArgument("leakySlope", "0.01").build())).isNotEqualTo(usual);
        assertThat(answer(darknet.optArgument("leakySlope", "0.1").build())).isEqualTo(usual);
    }

    @Test
    void takesTheStrideOfTheStem() throws Exception {
        for (Object stride : List.of("1", 1)) {
            try (ZooModel<NDList, NDList> model =
                    untrained("squeezenet1_0")
                            .optArgument("stemStride", stride)
                            .build()
                            .loadModel()) {
                Map<String, Shape> shapes =
                        ParameterShapes.of(model.getBlock(), new Shape(1, 3, 32, 32));
                assertThat(shapes).containsEntry("features.0.weight", new Shape(96, 3, 3, 3));
            }
        }
    }

    private static float[] answer(Criteria<NDList, NDList> criteria) throws Exception {
        try (ZooModel<NDList, NDList> model = criteria.loadModel()) {
            return TestModels.answer(model);
        }
    }

    @Test
    void takesTheDropout() throws Exception {
        try (ZooModel<NDList, NDList> model =
                untrained("squeezenet1_1").optArgument("dropout", "0.75").build().loadModel()) {
            List<Dropout> dropouts =
                    BlockNames.of(model.getBlock()).keySet().stream()
                            .filter(Dropout.class::isInstance)
                            .map(Dropout.class::cast)
                            .toList();
            assertThat(dropouts).hasSize(1);
            try (var manager = Engines.manager(Engines.PYTORCH)) {
                NDList ones = new NDList(manager.ones(new Shape(100_000)));
                var store = new ai.djl.training.ParameterStore(manager, false);
                float[] left =
                        dropouts.get(0)
                                .forward(store, ones, true)
                                .singletonOrThrow()
                                .toFloatArray();
                int kept = 0;
                for (float value : left) {
                    kept += value == 0 ? 0 : 1;
                }
                assertThat(kept).isBetween(24_000, 26_000);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void takesACheckpointOfAnotherHeadOnlyWhereAskedTo(String engine) throws Exception {
        Path weights =
                TestModels.weights(
                        folder.resolve("w.safetensors"),
                        TestModels.NAME,
                        TestModels.OPTIONS.withClasses(3),
                        1);
        Criteria.Builder<NDList, NDList> criteria =
                TestModels.logits(engine).optArgument("weightsFile", weights.toString());
        assertThatThrownBy(() -> criteria.build().loadModel())
                .isExactlyInstanceOf(MalformedModelException.class)
                .hasMessage(
                        "the tensors of %s do not fit mobilenet_v2: 2 misshapen: "
                                        .formatted(weights)
                                + "classifier.1.bias (expected (10), found (3)), "
                                + "classifier.1.weight (expected (10, 1280), found (3, 1280)); "
                                + "the checkpoint has 3 classes, the network 10: ask for 3 "
                                + "(--classes 3 or optArgument(\"classes\", \"3\")) or for a fresh "
                                + "classifier (--fresh-head of import and train, or optArgument(\"skipHead\", \"true\"))");
        assertThat(answer(criteria.optArgument("skipHead", "true").build()))
                .hasSize(TestModels.CLASSES);
    }

    @Test
    void showsAsManyClassesAsAskedFor() throws Exception {
        assertThat(classify(images().build()).topK()).hasSize(5);
        List<Classification> three = classify(images().optArgument("topK", "3").build()).topK();
        assertThat(three).hasSize(3);
        assertThat(classify(images().optArgument("topK", "50").build()).topK()).hasSize(10);
    }

    @Test
    void namesTheClassesByNumberWhereNobodyNamesThem() throws Exception {
        assertThat(names(images().build()))
                .containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    }

    @Test
    void namesTheClassesAsAList() throws Exception {
        assertThat(names(images().optArgument("synset", "a,b, c,d,e,f,g,h,i,j").build()))
                .containsExactly("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
    }

    @Test
    void namesTheClassesAsAFile() throws Exception {
        Path file = folder.resolve("classes.txt");
        Files.writeString(file, "n1\tone fish\nn2\ttwo\nc\nd\ne\nf\ng\nh\ni\nj\n");
        assertThat(names(images().optArgument("classesFile", file).build()))
                .containsExactly("one fish", "two", "c", "d", "e", "f", "g", "h", "i", "j");
    }

    @Test
    void takesThePreprocessingThatIsAskedFor() throws Exception {
        Criteria<NDList, NDList> criteria =
                untrained("shufflenet_v2_x0_5")
                        .optArgument("resize", "72")
                        .optArgument("cropHeight", "64")
                        .optArgument("cropWidth", "48")
                        .optArgument("interpolation", "bicubic")
                        .optArgument("mean", "0.1, 0.2, 0.3")
                        .optArgument("std", "1,2,4")
                        .build();
        try (ZooModel<NDList, NDList> model = criteria.loadModel()) {
            assertThat(EfficientModelZoo.transform(model))
                    .isEqualTo(
                            new EvaluationTransform(
                                    new Resize.ShorterSide(72),
                                    64,
                                    48,
                                    Interpolation.BICUBIC,
                                    List.of(0.1f, 0.2f, 0.3f),
                                    List.of(1f, 2f, 4f)));
        }
    }

    @Test
    void takesThePreprocessingOfDarknet() throws Exception {
        Criteria<NDList, NDList> criteria =
                untrained("shufflenet_v2_x0_5")
                        .optArgument("resize", "square:64")
                        .optArgument("crop", "64")
                        .optArgument("interpolation", "darknet")
                        .optArgument("mean", "0,0,0")
                        .optArgument("std", "1,1,1")
                        .build();
        try (ZooModel<NDList, NDList> model = criteria.loadModel()) {
            assertThat(EfficientModelZoo.transform(model))
                    .isEqualTo(EvaluationTransform.darknet(64));
        }
    }

    @Test
    void takesTheOrderOfTheChannels() throws Exception {
        Criteria<NDList, NDList> criteria =
                untrained("shufflenet_v2_x0_5").optArgument("channelOrder", "bgr").build();
        try (ZooModel<NDList, NDList> model = criteria.loadModel()) {
            assertThat(EfficientModelZoo.transform(model).channelOrder())
                    .isEqualTo(ChannelOrder.BGR);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "classes       | ten       | classes must be a whole number, found ten",
                "classes       | 0         | classes must be positive, found 0",
                "classes       | 1e3       | classes must be a whole number, found 1e3",
                "width         | wide      | width must be a number, found wide",
                "width         | 0         | width must be positive, found 0.0",
                "width         | NaN       | width must be positive, found NaN",
                "leakySlope    | 0.1       | mobilenet_v2 has no leaky ReLU, found leakySlope 0.1",
                "stemStride    | half      | stemStride must be a whole number, found half",
                "stemStride    | 3         | stemStride must be 1, 2 or 4, found 3",
                "dropout       | 1         | dropout must be at least 0 and below 1, found 1.0",
                "inputChannels | 0         | input channels must be positive, found 0",
                "skipHead      | yes       | skipHead must be true or false, found yes",
                "topK          | many      | topK must be a whole number, found many",
                "topK          | 0         | topK must be positive, found 0",
                "interpolation | nearest   | interpolation must be bilinear, bicubic or darknet, found nearest",
                "channelOrder  | grb       | channelOrder must be rgb, bgr or gray, found grb",
                "resize        | half      | resize must be a whole number or square:NUMBER, found half",
                "resize        | square:x  | resize must be a whole number or square:NUMBER, found square:x",
                "resize        | square:0  | the square must be at least 1 pixel wide, found 0",
                "mean          | 0.5       | mean must be 3 finite numbers, found [0.5]",
                "std           | 1,1,0     | std must be 3 finite numbers other than 0, found [1.0, 1.0, 0.0]",
                "std           | 1,b,0     | std must be a number, found b",
                "crop          | 0         | a crop must have 1 to 715827879 pixels, found 0x0",
                "synset        | cat,dog   | the class list must have a name for each class of the network, found 2 names, 10 classes"
            })
    void saysWhatIsWrongWithAnArgument(String key, String value, String message) {
        var criteria = images().optArgument(key, value).build();
        assertThatThrownBy(() -> EfficientModelZoo.load(criteria))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
        assertThatThrownBy(criteria::loadModel)
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({"widht, width", "Width, width", "clases, classes", "weightFile, weightsFile"})
    void offersTheArgumentThatWasMeant(String mistyped, String meant) {
        var criteria = images().optArgument(mistyped, "1").build();
        assertThatThrownBy(criteria::loadModel)
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown argument %s; did you mean %s?", mistyped, meant);
    }

    @Test
    void passesOverTheArgumentsOfOthers() throws Exception {
        var criteria = untrained("shufflenet_v2_x0_5").optArgument("mapLocation", "true").build();
        try (ZooModel<NDList, NDList> model = criteria.loadModel()) {
            assertThat(model.getProperty("mapLocation")).isEqualTo("true");
        }
    }

    @Test
    void takesImagesOfThreeChannelsOrOneAlone() throws Exception {
        var criteria = images().optArgument("inputChannels", "4").build();
        assertThatThrownBy(criteria::loadModel)
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("images have 1 or 3 channels, found inputChannels 4");
        var colours = images().optArgument("inputChannels", "1").optArgument("channelOrder", "bgr");
        assertThatThrownBy(colours.build()::loadModel)
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the channelOrder must suit the channels of the network, found bgr and inputChannels 1");
        try (ZooModel<NDList, NDList> model =
                untrained("shufflenet_v2_x0_5")
                        .optArgument("inputChannels", "1")
                        .build()
                        .loadModel()) {
            Shape grey = new Shape(1, 1, 64, 64);
            assertThat(TestModels.answer(model, new float[64 * 64], grey)).hasSize(1000);
        }
    }

    @Test
    void refusesAWidthOfANetworkThatHasNone() {
        var criteria = untrained("resnet50").optArgument("width", "0.5").build();
        assertThatThrownBy(criteria::loadModel)
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("resnet50 has no width multiplier, found width 0.5");
    }

    @ParameterizedTest
    @CsvSource({
        "weightsFile, there is no such weights file",
        "classesFile, there is no such class list"
    })
    void namesTheFileThatIsNotThere(String key, String reason) {
        Path missing = folder.resolve("missing");
        var criteria = images().optArgument(key, missing).build();
        assertThatThrownBy(criteria::loadModel)
                .isExactlyInstanceOf(NoSuchFileException.class)
                .hasMessage(missing + ": " + reason);
    }
}
