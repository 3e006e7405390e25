package org.efficientzoo.zoo.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.blocks.analysis.Complexity;
import org.efficientzoo.blocks.analysis.LayerCost;
import org.efficientzoo.zoo.network.NetworkEntry.Family;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The networks without their first halvings, told without an engine. */
class StemStrideTest {

    private static final NetworkOptions TEN = NetworkOptions.DEFAULT.withClasses(10);
    private static final Shape CIFAR = new Shape(1, 3, 32, 32);
    private static final Set<String> LARGE_STEMS =
            Set.of(
                    "squeezenet1_0",
                    "resnet50",
                    "resnet101",
                    "resnet152",
                    "resnext50_32x4d",
                    "resnext101_32x8d");

    static List<String> names() {
        return NetworksTest.names();
    }

    private static EfficientBlock network(String name, int stemStride) {
        return Networks.get(name).build(TEN.withStemStride(stemStride));
    }

    /** The side of the last feature map before the global pooling. */
    private static long lastSide(EfficientBlock network, long side) {
        List<LayerCost> maps =
                Complexity.of(network, new Shape(1, 3, side, side)).layers().stream()
                        .filter(layer -> layer.type().equals("Conv2d"))
                        .toList();
        Shape last = maps.get(maps.size() - 1).output();
        assertThat(last.get(2)).isEqualTo(last.get(3));
        return last.get(3);
    }

    @ParameterizedTest
    @MethodSource("names")
    void endsWithALargerMapForEachHalvingLeftOut(String name) {
        int ratio = Networks.get(name).family() == Family.SQUEEZENET ? 4 : 8;
        assertThat(lastSide(network(name, 1), 32)).isEqualTo(32 / ratio);
        assertThat(lastSide(network(name, 1), 128)).isEqualTo(128 / ratio);
        assertThat(lastSide(network(name, 2), 32)).isEqualTo(32 / ratio / 2);
        assertThat(lastSide(network(name, 2), 128)).isEqualTo(128 / ratio / 2);
        // unpadded, SqueezeNet's published stem loses a column
        long published = ratio == 4 ? 7 : 4;
        assertThat(lastSide(network(name, 4), 128)).isEqualTo(published);
    }

    @ParameterizedTest
    @MethodSource("names")
    void keepsTheNamesAndTheShapesOfTheParametersButForALargeStem(String name) {
        Map<String, Shape> published = ParameterShapes.of(Networks.get(name).build(TEN), CIFAR);
        String stem = published.keySet().iterator().next();
        for (int stride : List.of(1, 2)) {
            Map<String, Shape> expected = new LinkedHashMap<>(published);
            if (LARGE_STEMS.contains(name)) {
                assertThat(published.get(stem)).isEqualTo(withSide(published.get(stem), 7));
                expected.put(stem, withSide(published.get(stem), 3));
            }
            Map<String, Shape> found = ParameterShapes.of(network(name, stride), CIFAR);
            assertThat(List.copyOf(found.entrySet())).isEqualTo(List.copyOf(expected.entrySet()));
        }
    }

    private static Shape withSide(Shape kernel, long side) {
        return new Shape(kernel.get(0), kernel.get(1), side, side);
    }

    @ParameterizedTest
    @MethodSource("names")
    void isThePublishedNetworkWith4(String name) {
        Shape usual = new Shape(1, 3, 224, 224);
        assertThat(Complexity.of(network(name, 4), usual).layers())
                .isEqualTo(Complexity.of(Networks.get(name).build(TEN), usual).layers());
    }

    @ParameterizedTest
    @CsvSource({ // how many strides of 2 convolutions have, and how many poolings there are: 4, 2,
        // 1
        "squeezenet1_0, 1 0 0, 3 3 2",
        "squeezenet1_1, 1 0 0, 3 3 2",
        "mobilenet_v1, 5 4 3, 0 0 0",
        "mobilenet_v2, 5 4 3, 0 0 0",
        "shufflenet_v1_g3_x1_0, 4 3 3, 1 1 0",
        "shufflenet_v2_x1_0, 7 6 6, 1 1 0",
        "resnet50, 7 6 6, 1 1 0",
        "resnext50_32x4d, 7 6 6, 1 1 0",
        "darknet19, 0 0 0, 5 4 3",
        "darknet53, 5 4 3, 0 0 0"
    })
    void leavesOutAStrideOrAPoolingOfTheStem(String name, String strides, String poolings) {
        assertThat(counts(name, StemStrideTest::isStridedConvolution)).isEqualTo(strides);
        assertThat(counts(name, layer -> layer.type().equals("MaxPool"))).isEqualTo(poolings);
    }

    private static boolean isStridedConvolution(LayerCost layer) {
        return layer.type().equals("Conv2d") && layer.detail().contains("/2");
    }

    private static String counts(String name, Predicate<LayerCost> counted) {
        return Stream.of(4, 2, 1)
                .map(stride -> Complexity.of(network(name, stride), new Shape(1, 3, 64, 64)))
                .map(cost -> cost.layers().stream().filter(counted).count())
                .map(Object::toString)
                .collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @CsvSource({ // the table of chenyaofo/pytorch-cifar-models, to the digits that it prints
        "shufflenet_v2_x0_5, 352042, 10.90, 0.005",
        "shufflenet_v2_x1_0, 1263854, 45.0, 0.05",
        "mobilenet_v2, 2236682, 87.98, 0.03"
    })
    void costsWhatCifarNetworksCost(String name, long parameters, double millions, double within) {
        Complexity cost = Complexity.of(network(name, 1), CIFAR);
        assertThat(cost.parameters()).isEqualTo(parameters);
        assertThat(cost.macs() / 1e6).isCloseTo(millions, within(within));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 3, 8, Integer.MIN_VALUE})
    void refusesAnotherNumber(int stride) {
        for (String name : names()) {
            assertThatThrownBy(() -> network(name, stride))
                    .as(name)
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage("stemStride must be 1, 2 or 4, found " + stride);
        }
    }

    @Test
    void keepsTheOtherOptions() {
        NetworkOptions options =
                TEN.withStemStride(1).withWidth(0.5).withLeakySlope(0.2f).withClasses(3);
        assertThat(options)
                .isEqualTo(
                        new NetworkOptions(
                                Map.of(
                                        NetworkOption.CLASSES,
                                        3,
                                        NetworkOption.WIDTH,
                                        0.5,
                                        NetworkOption.LEAKY_SLOPE,
                                        0.2f,
                                        NetworkOption.STEM_STRIDE,
                                        1)));
        assertThat(NetworkOptions.DEFAULT.find(NetworkOption.STEM_STRIDE)).isEmpty();
    }
}
