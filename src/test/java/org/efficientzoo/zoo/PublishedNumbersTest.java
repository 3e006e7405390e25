package org.efficientzoo.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.efficientzoo.blocks.analysis.Complexity;
import org.efficientzoo.zoo.ModelCard.Published;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the metadata says, against what the networks are and what was published. */
class PublishedNumbersTest {

    private static final Path METADATA =
            Path.of(
                    System.getProperty("project.root"),
                    "models/model/cv/image_classification/org/efficientzoo");

    /** Copied from the publishers' pages and papers, not from the metadata. */
    private static final String ROWS =
            """
            squeezenet1_0          1     58.092  80.420  1,248,424   0.819
            squeezenet1_1          1     58.178  80.624  1,235,496   0.349
            mobilenet_v1           1     70.6    -       4.2M        0.569
            mobilenet_v1           0.75  68.4    -       2.6M        0.325
            mobilenet_v1           0.5   63.7    -       1.3M        0.149
            mobilenet_v1           0.25  50.6    -       0.5M        0.041
            mobilenet_v1           1     75.388  92.310  4.23M       -
            mobilenet_v2           1     71.878  90.286  3,504,872   0.301
            mobilenet_v2           1     72.154  90.822  3,504,872   0.301
            mobilenet_v2           1     72.976  91.010  3.50M       -
            mobilenet_v2           0.5   65.950  86.088  1.97M       -
            mobilenet_v2           1.4   76.520  92.986  6.11M       -
            mobilenet_v2           0.75  69.952  -       2.636M      0.209
            mobilenet_v2           0.5   64.592  -       1.968M      0.097
            mobilenet_v2           0.35  60.092  -       1.677M      0.059
            mobilenet_v2           0.25  52.352  -       1.519M      0.037
            mobilenet_v2           0.1   34.896  -       1.356M      0.013
            shufflenet_v1_g3_x0_5  1     57.3    80.0    0.7M        0.038
            shufflenet_v1_g3_x1_0  1     67.8    87.7    1.9M        0.138
            shufflenet_v1_g3_x1_5  1     71.6    90.2    3.4M        0.292
            shufflenet_v1_g3_x2_0  1     74.1    91.4    5.4M        0.524
            shufflenet_v1_g8_x0_5  1     58.8    81.0    1.0M        0.040
            shufflenet_v1_g8_x1_0  1     68.0    86.4    2.4M        0.138
            shufflenet_v1_g8_x1_5  1     71.0    89.6    4.3M        0.290
            shufflenet_v1_g8_x2_0  1     72.9    90.8    6.5M        0.522
            shufflenet_v2_x0_5     1     60.552  81.746  1,366,792   0.040
            shufflenet_v2_x1_0     1     69.362  88.316  2,278,604   0.145
            shufflenet_v2_x1_5     1     72.996  91.086  3,503,624   0.296
            shufflenet_v2_x2_0     1     76.230  93.006  7,393,996   0.583
            resnet50               1     76.130  92.862  25,557,032  4.089
            resnet50               1     80.858  95.434  25,557,032  4.089
            resnet50               1     81.214  95.102  25.56M      -
            resnext50_32x4d        1     82.014  95.934  25.03M      -
            resnet101              1     77.374  93.546  44,549,160  7.801
            resnet101              1     81.886  95.780  44,549,160  7.801
            resnet152              1     78.312  94.046  60,192,808  11.514
            resnet152              1     82.284  96.002  60,192,808  11.514
            resnext50_32x4d        1     77.618  93.698  25,028,904  4.230
            resnext50_32x4d        1     81.198  95.340  25,028,904  4.230
            resnext101_32x8d       1     79.312  94.526  88,791,336  16.414
            resnext101_32x8d       1     82.834  96.228  88,791,336  16.414
            darknet53              1     77.2    93.8    41.6M       9.29
            darknet53              1     80.008  95.046  41.61M      -
            """;

    static List<NetworkEntry> networks() {
        return List.copyOf(Networks.all());
    }

    static List<Arguments> published() {
        List<Arguments> all = new ArrayList<>();
        for (NetworkEntry network : Networks.all()) {
            ModelCard.of(network).published().forEach(row -> all.add(Arguments.of(network, row)));
        }
        return all;
    }

    private static Complexity cost(NetworkEntry network, NetworkOptions options) {
        List<Integer> input = ModelCard.of(network).input();
        return Complexity.of(
                network.build(options), new Shape(1, input.get(0), input.get(1), input.get(2)));
    }

    @Test
    void describesEveryNetworkOfTheRegistryAndNoOther() throws IOException {
        try (Stream<Path> folders = Files.list(METADATA)) {
            List<Path> all = folders.toList();
            assertThat(all)
                    .allMatch(folder -> Files.isRegularFile(folder.resolve("metadata.json")));
            assertThat(all.stream().map(folder -> folder.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            networks().stream().map(NetworkEntry::name).toList());
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void countsTheParametersAndMacsThatTheMetadataNames(NetworkEntry network) {
        ModelCard card = ModelCard.of(network);
        Complexity cost = cost(network, NetworkOptions.DEFAULT);
        assertThat(cost.parameters()).isEqualTo(card.parameters());
        assertThat(cost.macs()).isEqualTo(card.macs());
    }

    @ParameterizedTest
    @MethodSource("networks")
    void countsThemForTheInputThatTheNetworkUsuallyGets(NetworkEntry network) throws IOException {
        int side = network.name().startsWith("darknet") ? 256 : 224;
        assertThat(ModelCard.of(network).input()).containsExactly(3, side, side);
        ClassPathRepository repository = new ClassPathRepository();
        assertThat(repository.mrl(network.name()).listArtifacts())
                .first()
                .satisfies(
                        artifact -> {
                            ModelArguments arguments =
                                    ModelArguments.of(artifact.getArguments(null));
                            assertThat(arguments.network()).isEqualTo(network.name());
                            assertThat(arguments.options()).isEqualTo(NetworkOptions.DEFAULT);
                            assertThat(arguments.input()).isEqualTo(new Shape(1, 3, side, side));
                        });
    }

    @Test
    void saysWhatWasPublished() {
        List<String> found =
                networks().stream()
                        .flatMap(n -> ModelCard.of(n).published().stream().map(r -> line(n, r)))
                        .toList();
        List<String> expected = ROWS.lines().map(row -> row.replaceAll(" +", " ")).toList();
        assertThat(expected).hasSize(43);
        assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static String line(NetworkEntry network, Published row) {
        return String.join(
                " ",
                network.name(),
                BigDecimal.valueOf(row.width()).stripTrailingZeros().toPlainString(),
                percent(row.top1()),
                row.top5().map(PublishedNumbersTest::percent).orElse("-"),
                row.parameters().orElse("-"),
                row.gmacs().orElse("-"));
    }

    /** Three decimals where the publisher has more than one. */
    private static String percent(double share) {
        String exact = String.format(Locale.ROOT, "%.3f", share);
        return exact.endsWith("00") ? exact.substring(0, exact.length() - 2) : exact;
    }

    @ParameterizedTest
    @MethodSource("networks")
    void hasATagForEachPublishedRow(NetworkEntry network) {
        assertThat(ModelCard.of(network).published())
                .extracting(row -> row.tag() + " " + row.width())
                .doesNotHaveDuplicates()
                .allMatch(tag -> tag.matches("[a-z0-9_.-]+ [0-9.]+"));
    }

    @ParameterizedTest
    @MethodSource("published")
    void countsAsPublished(NetworkEntry network, Published row) {
        NetworkOptions options =
                row.width() == 1
                        ? NetworkOptions.DEFAULT
                        : NetworkOptions.DEFAULT.withWidth(row.width());
        Complexity cost = cost(network, options);
        row.parameters().ifPresent(printed -> agrees("parameters", cost.parameters(), printed));
        row.gmacs().ifPresent(printed -> agrees("MACs", cost.macs(), printed + "G"));
    }

    /** A number printed in full must be right; of another some publishers cut the end off. */
    private static void agrees(String what, long counted, String printed) {
        BigDecimal value = new BigDecimal(printed.replaceAll("[,MG]", ""));
        BigDecimal unit =
                switch (printed.charAt(printed.length() - 1)) {
                    case 'G' -> new BigDecimal("1e9");
                    case 'M' -> new BigDecimal("1e6");
                    default -> BigDecimal.ONE;
                };
        boolean inFull = printed.contains(",");
        BigDecimal allowed = inFull ? BigDecimal.ZERO : unit.multiply(value.ulp());
        assertThat(BigDecimal.valueOf(counted).subtract(value.multiply(unit)).abs())
                .as("%s: counted %,d, published %s", what, counted, printed)
                .isLessThanOrEqualTo(allowed);
    }
}
