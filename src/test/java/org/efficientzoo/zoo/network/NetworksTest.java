package org.efficientzoo.zoo.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.efficientzoo.zoo.network.NetworkEntry.Family;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworksTest {

    /** The names that users hold on to. */
    private static List<String> promised() {
        List<String> names =
                new ArrayList<>(
                        List.of("squeezenet1_0", "squeezenet1_1", "mobilenet_v1", "mobilenet_v2"));
        for (String groups : List.of("g1", "g2", "g3", "g4", "g8")) {
            for (String scale : List.of("x0_25", "x0_5", "x1_0", "x1_5", "x2_0")) {
                names.add("shufflenet_v1_" + groups + "_" + scale);
            }
        }
        names.addAll(
                List.of(
                        "shufflenet_v2_x0_5",
                        "shufflenet_v2_x1_0",
                        "shufflenet_v2_x1_5",
                        "shufflenet_v2_x2_0",
                        "resnet50",
                        "resnet101",
                        "resnet152",
                        "resnext50_32x4d",
                        "resnext101_32x8d",
                        "darknet19",
                        "darknet53"));
        return names;
    }

    /** Every name of the registry, for tests that run over all networks. */
    static List<String> names() {
        return Networks.all().stream().map(NetworkEntry::name).toList();
    }

    static List<NetworkEntry> withoutWidth() {
        return Networks.all().stream()
                .filter(network -> network.family() != Family.MOBILENET_V1)
                .filter(network -> network.family() != Family.MOBILENET_V2)
                .filter(network -> network.family() != Family.DARKNET)
                .toList();
    }

    static List<NetworkEntry> withoutLeakySlope() {
        return Networks.all().stream()
                .filter(network -> network.family() != Family.DARKNET)
                .toList();
    }

    @Test
    void hasExactlyTheNamesThatArePromised() {
        assertThat(promised()).hasSize(40).doesNotHaveDuplicates();
        assertThat(names()).containsExactlyElementsOf(promised());
    }

    @ParameterizedTest
    @MethodSource("names")
    void findsEachNetworkByItsName(String name) {
        assertThat(Networks.contains(name)).isTrue();
        assertThat(Networks.get(name).name()).isEqualTo(name);
        assertThat(Networks.get(name)).hasToString(name);
    }

    @ParameterizedTest
    @CsvSource({
        "squeezenet1_0, SqueezeNet",
        "mobilenet_v1, MobileNetV1",
        "mobilenet_v2, MobileNetV2",
        "shufflenet_v1_g8_x0_25, ShuffleNetV1",
        "shufflenet_v2_x2_0, ShuffleNetV2",
        "resnet152, ResNet",
        "resnext101_32x8d, ResNeXt",
        "darknet19, DarkNet"
    })
    void namesTheFamilyAsTheFieldWritesIt(String name, String family) {
        assertThat(Networks.get(name).family().title()).isEqualTo(family);
    }

    @ParameterizedTest
    @CsvSource({
        "mobilnet_v2, mobilenet_v2",
        "MobileNet-V2, mobilenet_v2",
        "mobilenetv1_100, mobilenet_v1",
        "squeezenet, squeezenet1_0",
        "SqueezeNet 1.1, squeezenet1_1",
        "shufflenetv2_x1_5, shufflenet_v2_x1_5",
        "shufflenet_v1_g3_x1, shufflenet_v1_g3_x1_0",
        "ResNet-50, resnet50",
        "resnet51, resnet50",
        "resnext50, resnext50_32x4d",
        "darknet-53, darknet53"
    })
    void offersTheNearestNameFirstForOneThatIsNotThere(String asked, String nearest) {
        assertThat(Networks.contains(asked)).isFalse();
        assertThatThrownBy(() -> Networks.get(asked))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "unknown network %s; did you mean %s", asked, nearest + " or ")
                .hasMessageEndingWith("?");
    }

    @Test
    void offersSomethingEvenForTheEmptyName() {
        assertThatThrownBy(() -> Networks.get(""))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("unknown network ; did you mean ");
    }

    @ParameterizedTest
    @MethodSource("withoutWidth")
    void refusesAWidthWhereTheFamilyHasNone(NetworkEntry network) {
        assertThatThrownBy(() -> network.build(NetworkOptions.DEFAULT.withWidth(0.5)))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage(network + " has no width multiplier, found width 0.5");
    }

    @ParameterizedTest
    @MethodSource("withoutLeakySlope")
    void refusesALeakySlopeWhereTheFamilyHasNone(NetworkEntry network) {
        assertThatThrownBy(() -> network.build(NetworkOptions.DEFAULT.withLeakySlope(0.25f)))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage(network + " has no leaky ReLU, found leakySlope 0.25");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, -0.0, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesAWidthThatIsNoPositiveNumber(double width) {
        for (String name : List.of("mobilenet_v1", "mobilenet_v2")) {
            NetworkOptions options = NetworkOptions.DEFAULT.withWidth(width);
            assertThatThrownBy(() -> Networks.get(name).build(options))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage("width must be positive, found " + width);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e9, 1e300})
    void refusesAWidthOfMoreChannelsThanThereAreNumbers(double width) {
        for (String name : List.of("mobilenet_v1", "mobilenet_v2")) {
            NetworkOptions options = NetworkOptions.DEFAULT.withWidth(width);
            assertThatThrownBy(() -> Networks.get(name).build(options))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("found width " + width);
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.NEGATIVE_INFINITY})
    void refusesALeakySlopeThatIsNotFinite(float slope) {
        for (String name : List.of("darknet19", "darknet53")) {
            NetworkOptions options = NetworkOptions.DEFAULT.withLeakySlope(slope);
            assertThatThrownBy(() -> Networks.get(name).build(options))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("slope")
                    .hasMessageEndingWith("found " + slope);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void refusesToHaveNoClasses(String name) {
        NetworkOptions options = NetworkOptions.DEFAULT.withClasses(0);
        assertThatThrownBy(() -> Networks.get(name).build(options))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("classes must be positive, found 0");
    }

    @ParameterizedTest
    @MethodSource("names")
    void refusesToTakeNoChannels(String name) {
        NetworkOptions options = NetworkOptions.DEFAULT.withInputChannels(0);
        assertThatThrownBy(() -> Networks.get(name).build(options))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("input channels must be positive, found 0");
    }

    @ParameterizedTest
    @ValueSource(floats = {1, -0.1f, Float.NaN})
    void refusesADropoutThatKeepsNothing(float rate) {
        NetworkOptions options = NetworkOptions.DEFAULT.with(NetworkOption.DROPOUT, rate);
        assertThat(names()).isNotEmpty();
        for (String name : names()) {
            assertThatThrownBy(() -> Networks.get(name).build(options))
                    .as(name)
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage("dropout must be at least 0 and below 1, found " + rate);
        }
    }
}
