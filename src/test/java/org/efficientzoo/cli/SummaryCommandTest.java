package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import org.efficientzoo.blocks.analysis.CleverFormat;
import org.efficientzoo.cli.Shell.Result;
import org.efficientzoo.reference.References;
import org.efficientzoo.zoo.ModelCard;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SummaryCommandTest {

    static List<NetworkEntry> networks() {
        return List.copyOf(Networks.all());
    }

    private static JsonObject document(Object... arguments) {
        return Shell.run(arguments).json().getAsJsonObject();
    }

    private static List<JsonObject> layers(JsonObject document) {
        List<JsonObject> layers = References.objects(document.get("layers"));
        assertThat(layers).isNotEmpty();
        return layers;
    }

    private static long sum(JsonObject document, String key) {
        return layers(document).stream().mapToLong(layer -> layer.get(key).getAsLong()).sum();
    }

    @ParameterizedTest
    @MethodSource("networks")
    void printsADocumentWhoseTotalsAreTheSumsOfItsLayers(NetworkEntry network) {
        JsonObject document = document("summary", network, "--json");
        assertThat(document.keySet())
                .containsExactly(
                        "model",
                        "input",
                        "parameters",
                        "macs",
                        "activations",
                        "convention",
                        "layers");
        assertThat(document.get("model").getAsString()).isEqualTo(network.name());
        ModelCard card = ModelCard.of(network);
        assertThat(document.get("parameters").getAsLong())
                .isEqualTo(card.parameters())
                .isEqualTo(sum(document, "parameters"));
        assertThat(document.get("macs").getAsLong())
                .isEqualTo(card.macs())
                .isEqualTo(sum(document, "macs"));
        for (JsonObject layer : layers(document)) {
            assertThat(layer.keySet())
                    .containsExactly(
                            "name",
                            "type",
                            "window",
                            "output",
                            "parameters",
                            "macs",
                            "activations");
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void printsATableThatEndsInTheTotals(NetworkEntry network) {
        Result result = Shell.run("summary", network);
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        ModelCard card = ModelCard.of(network);
        assertThat(result.out())
                .startsWith("layer ")
                .contains(
                        String.format(Locale.ROOT, "%nparameters   %,d%n", card.parameters()),
                        String.format(
                                Locale.ROOT,
                                "%nMACs         %,d - convolution and linear layers, without bias"
                                        + " (torchvision's convention)%n",
                                card.macs()));
        int layers = layers(document("summary", network, "--json")).size();
        assertThat(result.out().lines()).hasSize(1 + layers + 1 + 4);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void countsAndPrintsAsThopDoes(NetworkEntry network) {
        JsonObject usual = document("summary", network, "--json");
        JsonObject thop = document("summary", network, "--json", "--thop");
        long macs = thop.get("macs").getAsLong();
        assertThat(macs).isGreaterThan(usual.get("macs").getAsLong());
        assertThat(thop.get("convention").getAsString()).startsWith("THOP's convention");
        long parameters = thop.get("parameters").getAsLong();
        assertThat(Shell.run("summary", network, "--thop").out())
                .endsWith(
                        "THOP prints  %s %s%n"
                                .formatted(CleverFormat.of(macs), CleverFormat.of(parameters)));
    }

    @ParameterizedTest
    @CsvSource({ // published by Araujo et al., "Computing Receptive Fields", distill.pub 2019
        "mobilenet_v1, 315, 32",
        "mobilenet_v2, 491, 32"
    })
    void showsWhatTheLastConvolutionLooksAt(String network, long size, long jump) {
        JsonObject last =
                layers(document("summary", network, "--receptive-field", "--json")).stream()
                        .filter(layer -> layer.get("type").getAsString().equals("Conv2d"))
                        .reduce((first, second) -> second)
                        .orElseThrow();
        for (String side : List.of("height", "width")) {
            JsonObject field = last.getAsJsonObject("receptive_field").getAsJsonObject(side);
            assertThat(field.keySet()).containsExactly("size", "jump", "start");
            assertThat(field.get("size").getAsLong()).isEqualTo(size);
            assertThat(field.get("jump").getAsLong()).isEqualTo(jump);
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void showsTheReceptiveFieldOfEveryNetwork(NetworkEntry network) {
        Result result = Shell.run("summary", network, "--receptive-field");
        assertThat(result.status()).isZero();
        assertThat(result.out().lines().findFirst().orElseThrow())
                .matches("layer .* field +jump +start");
    }

    @Test
    void takesTheInputAndTheClassesAndTheWidth() {
        JsonObject document =
                document(
                        "summary",
                        "mobilenet_v2",
                        "--input",
                        "2x4x97x131",
                        "--classes",
                        7,
                        "--width",
                        0.5,
                        "--json");
        assertThat(document.get("input")).hasToString("[2,4,97,131]");
        List<JsonObject> layers = layers(document);
        assertThat(layers.get(0).get("output")).hasToString("[2,16,49,66]");
        assertThat(layers.get(layers.size() - 1).get("output")).hasToString("[2,7]");
    }

    @Test
    void countsTheWholeBatch() {
        long one = document("summary", "resnet50", "--json").get("macs").getAsLong();
        JsonObject three = document("summary", "resnet50", "--input", "3x3x224x224", "--json");
        assertThat(three.get("macs").getAsLong()).isEqualTo(3 * one);
        assertThat(three.get("parameters").getAsLong())
                .isEqualTo(ModelCard.of(Networks.get("resnet50")).parameters());
    }

    @Test
    void leavesOutTheFirstHalvings() {
        JsonObject document =
                document(
                        "summary",
                        "shufflenet_v2_x0_5",
                        "--input",
                        "1x3x32x32",
                        "--stem-stride",
                        1,
                        "--json");
        assertThat(layers(document).get(0).get("output")).hasToString("[1,24,32,32]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nosuchnet    |               | unknown network nosuchnet; did you mean",
                "resnet50     | --width 0.5   | resnet50 has no width multiplier, found width 0.5",
                "mobilenet_v2 | --width 0     | width must be positive, found 0.0",
                "mobilenet_v2 | --width NaN   | width must be positive, found NaN",
                "mobilenet_v2 | --width 1e9   | width must leave at most 1000000 channels",
                "resnet50     | --leaky-slope 0.1 | resnet50 has no leaky ReLU",
                "resnet50     | --stem-stride 3 | stemStride must be 1, 2 or 4, found 3",
                "resnet50     | --classes 0   | classes must be positive, found 0",
                "resnet50     | --classes -1  | classes must be positive, found -1",
                "resnet50     | --input 3x224 | an input must be four positive numbers NxCxHxW, found 3x224",
                "resnet50     | --input 1x3x0x224 | an input must be four positive numbers",
                "resnet50     | --input 1x3x9999999x224 | an input must be four positive numbers",
                "resnet50     | --input 1x3x99999x99999 | an input must have at most 1,000,000,000 values, found 1x3x99999x99999",
                "squeezenet1_0 | --input 1x3x6x224 | the input is too small, found (1, 3, 6, 224)",
                "darknet19    | --input 1x3x31x32 | the input is too small"
            })
    void failsInOneLine(String network, String options, String reason) {
        String line = "summary " + network + " " + (options == null ? "" : options);
        Result result = Shell.run((Object[]) line.strip().split(" "));
        assertThat(result.err()).startsWith("efficient-zoo: " + reason).hasLineCount(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.status()).isEqualTo(1);
    }
}
