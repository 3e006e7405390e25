package org.efficientzoo.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.djl.Application;
import ai.djl.modality.Classifications;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.output.DetectedObjects;
import ai.djl.ndarray.NDList;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A look-up that finds nothing says why, and what there is instead. */
class LookUpTest {

    private static final String DJL =
            "No model with the specified URI or the matching Input/Output type is found.";

    private static Criteria.Builder<NDList, NDList> logits() {
        return Criteria.builder()
                .setTypes(NDList.class, NDList.class)
                .optGroupId("org.efficientzoo")
                .optFilter("weights", "none")
                .optEngine(Engines.PYTORCH);
    }

    private static void explains(Criteria.Builder<?, ?> builder, String message) {
        Criteria<?, ?> criteria = builder.build();
        assertThatThrownBy(() -> EfficientModelZoo.load(criteria))
                .isExactlyInstanceOf(ModelNotFoundException.class)
                .hasMessage(message);
    }

    /** What a user of DJL's own method sees: the last cause. */
    private static void causes(Criteria.Builder<?, ?> builder, String message) {
        Criteria<?, ?> criteria = builder.build();
        assertThatThrownBy(criteria::loadModel)
                .isExactlyInstanceOf(ModelNotFoundException.class)
                .hasMessage(DJL)
                .rootCause()
                .isExactlyInstanceOf(ModelNotFoundException.class)
                .hasMessage(message);
        explains(builder, message);
    }

    @Test
    void offersTheNearestNames() {
        var found =
                catchThrowableOfType(
                        ModelNotFoundException.class,
                        () ->
                                EfficientModelZoo.load(
                                        logits().optArtifactId("mobilnet_v2").build()));
        assertThat(found)
                .hasMessageStartingWith(
                        "unknown network mobilnet_v2; did you mean mobilenet_v2 or ")
                .hasRootCauseInstanceOf(ModelNotFoundException.class);
    }

    @Test
    void offersTheNearestNamesWhereGroupAndNameAreOneText() {
        var criteria = logits().optArtifactId("org.efficientzoo:resnext50").build();
        assertThatThrownBy(() -> EfficientModelZoo.load(criteria))
                .hasMessageStartingWith(
                        "unknown network resnext50; did you mean resnext50_32x4d or ");
    }

    @Test
    void namesItsGroupWhereAnotherWasAskedFor() {
        explains(
                logits().optGroupId("com.example").optArtifactId("resnet50"),
                "the group com.example is not this zoo's, which is org.efficientzoo");
    }

    @Test
    void namesTheEnginesWhereAnotherWasAskedFor() {
        explains(
                logits().optEngine("TensorFlow").optArtifactId("resnet50"),
                "the engine TensorFlow is not one of this zoo's; there is PyTorch and MXNet and OnnxRuntime");
    }

    @Test
    void namesItsApplicationWhereAnotherWasAskedFor() {
        explains(
                logits().optApplication(Application.CV.OBJECT_DETECTION).optArtifactId("resnet50"),
                "the networks of this zoo are for cv/image_classification, "
                        + "found the application cv/object_detection");
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void namesTheTypesThatThereAre(String engine) {
        causes(
                Criteria.builder()
                        .setTypes(Image.class, DetectedObjects.class)
                        .optGroupId("org.efficientzoo")
                        .optArtifactId("resnet50")
                        .optFilter("weights", "none")
                        .optEngine(engine),
                "resnet50 has no translator Image -> DetectedObjects; there are "
                        + "Image -> Classifications, Input -> Output, InputStream -> Classifications, "
                        + "NDList -> NDList, Path -> Classifications, "
                        + "String -> Classifications, URL -> Classifications");
    }

    @Test
    void namesTheValuesOfAFilterWhereAnotherWasAskedFor() {
        causes(
                logits().optArtifactId("resnet152").optFilter("dataset", "cifar10"),
                "resnet152 has no dataset=cifar10; there is dataset=imagenet");
        causes(
                logits().optArtifactId("resnet101").optFilter("weights", "imagenet1k_v3"),
                "resnet101 has no weights=imagenet1k_v3; there is weights=imagenet1k_v1 and"
                        + " weights=imagenet1k_v2 and weights=none");
    }

    @Test
    void namesTheFiltersWhereAnotherWasAskedFor() {
        causes(
                logits().optArtifactId("mobilenet_v2").optFilter("layers", "50"),
                "mobilenet_v2 has no filter layers; there are dataset, weights");
    }

    @Test
    void asksForANameWhereNoneWasGivenAndNothingFits() {
        explains(
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optApplication(Application.CV.IMAGE_CLASSIFICATION)
                        .optEngine(Engines.PYTORCH),
                "the criteria name no network; optArtifactId does, mobilenet_v2 for one");
    }

    @ParameterizedTest
    @MethodSource("networks")
    void givesNoUntrainedNetworkUnlessItIsAskedFor(NetworkEntry network) {
        TreeSet<String> chosen = new TreeSet<>();
        if (network.name().matches("shufflenet_v1_g[38]_x(0_5|[12].*)")) {
            chosen.add("megvii");
        }
        Weights.of(network).stream().filter(Weights::isShipped).forEach(w -> chosen.add(w.tag()));
        String tags =
                chosen.isEmpty()
                        ? ""
                        : "; the filter weights chooses " + LookUp.either(List.copyOf(chosen));
        String message =
                network
                        + " has no published weights for this look-up"
                        + tags
                        + "; the argument weightsFile (--weights-file) names a checkpoint to"
                        + " load, and the filter weights=none (--weights none) asks for the"
                        + " untrained network";
        causes(
                Criteria.builder()
                        .setTypes(Image.class, Classifications.class)
                        .optArtifactId("org.efficientzoo:" + network)
                        .optEngine(Engines.PYTORCH),
                message);
        causes(
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optArtifactId("org.efficientzoo:" + network)
                        .optFilters(Map.of("dataset", "imagenet"))
                        .optEngine(Engines.MXNET),
                message);
    }

    static List<NetworkEntry> networks() {
        List<NetworkEntry> unpublished =
                Networks.all().stream()
                        .filter(network -> network.name().matches("shufflenet_v1.*|darknet19"))
                        .toList();
        assertThat(unpublished).hasSize(26);
        return unpublished;
    }
}
