package org.efficientzoo.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.repository.Artifact;
import ai.djl.repository.zoo.ModelNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.efficientzoo.zoo.ModelCard.Checkpoint;
import org.efficientzoo.zoo.ModelCard.Published;
import org.efficientzoo.zoo.download.RemoteFile;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which of the published weights a look-up gets. */
class WeightsChoiceTest {

    /** Copied from the publishers' lists, not from the metadata. */
    private static final String CHECKPOINTS =
            """
            squeezenet1_0 imagenet1k_v1 squeezenet1_0-b66bff10.pth
            squeezenet1_1 imagenet1k_v1 squeezenet1_1-b8a52dc0.pth
            mobilenet_v2 imagenet1k_v1 mobilenet_v2-b0353104.pth
            mobilenet_v2 imagenet1k_v2 mobilenet_v2-7ebf99e0.pth
            shufflenet_v2_x0_5 imagenet1k_v1 shufflenetv2_x0.5-f707e7126e.pth
            shufflenet_v2_x1_0 imagenet1k_v1 shufflenetv2_x1-5666bf0f80.pth
            shufflenet_v2_x1_5 imagenet1k_v1 shufflenetv2_x1_5-3c479a10.pth
            shufflenet_v2_x2_0 imagenet1k_v1 shufflenetv2_x2_0-8be3c8ee.pth
            resnet50 imagenet1k_v1 resnet50-0676ba61.pth
            resnet50 imagenet1k_v2 resnet50-11ad3fa6.pth
            resnet101 imagenet1k_v1 resnet101-63fe2227.pth
            resnet101 imagenet1k_v2 resnet101-cd907fc2.pth
            resnet152 imagenet1k_v1 resnet152-394f9c45.pth
            resnet152 imagenet1k_v2 resnet152-f82ba261.pth
            resnext50_32x4d imagenet1k_v1 resnext50_32x4d-7cdf4587.pth
            resnext50_32x4d imagenet1k_v2 resnext50_32x4d-1a0047aa.pth
            resnext101_32x8d imagenet1k_v1 resnext101_32x8d-8ba56ff5.pth
            resnext101_32x8d imagenet1k_v2 resnext101_32x8d-110c445d.pth
            mobilenet_v1 ra4_e3600_r224_in1k mobilenetv1_100.ra4_e3600_r224_in1k.safetensors
            mobilenet_v2 ra_in1k mobilenetv2_100.ra_in1k.safetensors
            mobilenet_v2 lamb_in1k mobilenetv2_050.lamb_in1k.safetensors
            mobilenet_v2 ra_in1k mobilenetv2_140.ra_in1k.safetensors
            darknet53 c2ns_in1k darknet53.c2ns_in1k.safetensors
            resnet50 a1_in1k resnet50.a1_in1k.safetensors
            resnext50_32x4d a1h_in1k resnext50_32x4d.a1h_in1k.safetensors
            darknet53 darknet darknet53.weights
            """;

    private static Weights choose(
            String network, Map<String, String> filters, Map<String, String> arguments)
            throws ModelNotFoundException {
        NetworkEntry entry = Networks.get(network);
        return new WeightsChoice(entry, Weights.of(entry), filters, arguments).choose();
    }

    private static List<Checkpoint> addressed(NetworkEntry network) {
        return ModelCard.of(network).published().stream()
                .flatMap(row -> row.weights().stream())
                .filter(checkpoint -> checkpoint.address().isPresent())
                .toList();
    }

    static List<Checkpoint> checkpoints() {
        return Networks.all().stream().flatMap(n -> addressed(n).stream()).toList();
    }

    @Test
    void knowsEveryPublishedCheckpoint() {
        List<String> found =
                Networks.all().stream()
                        .flatMap(
                                network ->
                                        ModelCard.of(network).published().stream()
                                                .filter(row -> hasAddress(row))
                                                .map(row -> line(network, row)))
                        .toList();
        assertThat(found).containsExactlyInAnyOrderElementsOf(CHECKPOINTS.lines().toList());
    }

    private static boolean hasAddress(Published row) {
        return row.weights().flatMap(Checkpoint::address).isPresent();
    }

    private static String line(NetworkEntry network, Published row) {
        return network + " " + row.tag() + " " + row.weights().orElseThrow().file();
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void describesAFileThatCanBeFetched(Checkpoint checkpoint) {
        String address = checkpoint.address().orElseThrow().toString();
        String file = checkpoint.file();
        if (address.startsWith("https://huggingface.co/timm/")) {
            String name = file.replace(".safetensors", "");
            assertThat(address)
                    .isEqualTo(
                            "https://huggingface.co/timm/%s/resolve/main/model.safetensors"
                                    .formatted(name));
            assertThat(checkpoint.license()).contains("Apache-2.0");
        } else if (file.equals("darknet53.weights")) {
            assertThat(address).isEqualTo("https://pjreddie.com/media/files/darknet53.weights");
        } else {
            assertThat(address).isEqualTo("https://download.pytorch.org/models/" + file);
            assertThat(checkpoint.license()).contains("BSD-3-Clause");
            assertThat(file).matches(".*-" + Pattern.quote(checkpoint.sha256()) + "\\.pth");
            assertThat(checkpoint.mebibytes()).isPresent();
        }
        assertThat(new RemoteFile(checkpoint.address().orElseThrow(), checkpoint.sha256()))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "squeezenet1_0, imagenet1k_v1",
        "mobilenet_v1, ra4_e3600_r224_in1k",
        "mobilenet_v2, imagenet1k_v2",
        "shufflenet_v2_x1_0, imagenet1k_v1",
        "resnet50, imagenet1k_v2",
        "resnext50_32x4d, imagenet1k_v2",
        "resnext101_32x8d, imagenet1k_v2",
        "darknet53, c2ns_in1k"
    })
    void takesTheBestThatCanBeCheckedWhereNothingIsSaid(String network, String tag)
            throws Exception {
        assertThat(choose(network, Map.of(), Map.of()).tag()).isEqualTo(tag);
        assertThat(choose(network, Map.of("dataset", "imagenet"), Map.of()).tag()).isEqualTo(tag);
    }

    @Test
    void takesTheWidthThatIsAskedFor() throws Exception {
        Weights wide = choose("mobilenet_v2", Map.of(), Map.of("width", "1.4"));
        assertThat(wide.published().orElseThrow().top1()).isEqualTo(76.52);
        Weights half = choose("mobilenet_v2", Map.of(), Map.of("width", "0.5"));
        assertThat(half.tag()).isEqualTo("lamb_in1k");
        Map<String, String> tag = Map.of("weights", "ra_in1k");
        assertThat(choose("mobilenet_v2", tag, Map.of()).width()).isEqualTo(1);
        assertThat(choose("mobilenet_v2", tag, Map.of("width", "1.40")).width()).isEqualTo(1.4);
        assertThat(choose("mobilenet_v2", Map.of("weights", "lamb_in1k"), Map.of()).width())
                .isEqualTo(0.5);
    }

    @Test
    void takesTheSlopeThatIsAskedFor() throws Exception {
        assertThat(choose("darknet53", Map.of(), Map.of("leakySlope", "0.1")).tag())
                .isEqualTo("darknet");
    }

    @Test
    void refusesANetworkThatTheWeightsWereNotMadeFor() {
        assertThatThrownBy(
                        () ->
                                choose(
                                        "mobilenet_v2",
                                        Map.of("weights", "ra_in1k"),
                                        Map.of("width", "0.75")))
                .isInstanceOf(ModelNotFoundException.class)
                .hasMessage(
                        "the weights ra_in1k of mobilenet_v2 need width 1.0 or 1.4, found 0.75");
        assertThatThrownBy(
                        () ->
                                choose(
                                        "darknet53",
                                        Map.of("weights", "c2ns_in1k"),
                                        Map.of("leakySlope", "0.1")))
                .hasMessage("the weights c2ns_in1k of darknet53 need leakySlope 0.01, found 0.1");
    }

    @Test
    void refusesAStemThatTheWeightsWereNotMadeFor() throws Exception {
        Map<String, String> tag = Map.of("weights", "imagenet1k_v1");
        assertThatThrownBy(() -> choose("shufflenet_v2_x0_5", tag, Map.of("stemStride", "1")))
                .isInstanceOf(ModelNotFoundException.class)
                .hasMessage(
                        "the weights imagenet1k_v1 of shufflenet_v2_x0_5 need stemStride 4, found 1");
        assertThatThrownBy(() -> choose("shufflenet_v2_x0_5", Map.of(), Map.of("stemStride", "2")))
                .isInstanceOf(ModelNotFoundException.class)
                .hasMessageStartingWith("shufflenet_v2_x0_5 has no published weights");
        assertThat(choose("shufflenet_v2_x0_5", tag, Map.of("stemStride", "4")).tag())
                .isEqualTo("imagenet1k_v1");
    }

    @Test
    void hasNoneForAWidthThatNobodyPublished() {
        assertThatThrownBy(() -> choose("mobilenet_v2", Map.of(), Map.of("width", "0.6")))
                .isInstanceOf(ModelNotFoundException.class)
                .hasMessageStartingWith(
                        "mobilenet_v2 has no published weights for this look-up with width 0.6;");
        Map<String, String> both = Map.of("stemStride", "2", "width", "0.5");
        assertThatThrownBy(() -> choose("darknet53", Map.of(), both))
                .isInstanceOf(ModelNotFoundException.class)
                .hasMessageStartingWith(
                        "darknet53 has no published weights for this look-up with width 0.5 and"
                                + " stemStride 2; the filter weights chooses");
    }

    @Test
    void listsThemForDjl() throws IOException {
        List<Artifact> artifacts =
                new ClassPathRepository()
                        .mrl("resnet50").listArtifacts().stream()
                                .filter(a -> a.getProperties().get("dataset").equals("imagenet"))
                                .toList();
        assertThat(artifacts)
                .extracting(artifact -> artifact.getProperties().get("weights"))
                .containsExactly("none", "imagenet1k_v1", "imagenet1k_v2", "a1_in1k");
        assertThat(artifacts)
                .extracting(artifact -> artifact.getArguments().get("resize"))
                .containsExactly("256", "256", "232", "288");
    }
}
