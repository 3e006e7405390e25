package org.efficientzoo.zoo.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.ParameterShapes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What can be told of the networks without an engine. */
class NetworkShapesTest {

    private static final Shape USUAL = new Shape(1, 3, 224, 224);

    static List<String> names() {
        return NetworksTest.names();
    }

    private static NetworkOptions options(int classes, int inputChannels) {
        return NetworkOptions.DEFAULT.withClasses(classes).withInputChannels(inputChannels);
    }

    private static Shape output(Block network, Shape input) {
        return network.getOutputShapes(new Shape[] {input})[0];
    }

    private static <B extends Block> List<B> inside(Block block, Class<B> type) {
        return BlockNames.of(block).keySet().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("names")
    void givesALogitForEachClass(String name) {
        EfficientBlock network = Networks.get(name).build();
        assertThat(output(network, USUAL)).isEqualTo(new Shape(1, 1000));
        assertThat(output(network, new Shape(5, 3, 256, 256))).isEqualTo(new Shape(5, 1000));
    }

    @ParameterizedTest
    @MethodSource("names")
    void takesOddAndOblongImages(String name) {
        EfficientBlock network = Networks.get(name).build();
        assertThat(output(network, new Shape(3, 3, 97, 131))).isEqualTo(new Shape(3, 1000));
        assertThat(output(network, new Shape(1, 3, 227, 64))).isEqualTo(new Shape(1, 1000));
    }

    @ParameterizedTest
    @MethodSource("names")
    void hasAsManyClassesAndInputChannelsAsAskedFor(String name) {
        EfficientBlock network = Networks.get(name).build(options(7, 5));
        Shape input = new Shape(2, 5, 97, 131);
        assertThat(output(network, input)).isEqualTo(new Shape(2, 7));
        List<Shape> shapes = List.copyOf(ParameterShapes.of(network, input).values());
        assertThat(shapes.get(0).get(1)).as("input channels of the stem").isEqualTo(5);
        assertThat(shapes.get(shapes.size() - 1).get(0)).as("outputs of the head").isEqualTo(7);
    }

    @ParameterizedTest
    @MethodSource("names")
    void refusesAnImageWithoutPixels(String name) {
        EfficientBlock network = Networks.get(name).build();
        assertThatThrownBy(() -> output(network, new Shape(1, 3, 0, 224)))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("the input is too small, found (1, 3, 0, 224) before a convolution");
    }

    @ParameterizedTest
    @CsvSource({ // the smallest side, torchvision's min_size
        "squeezenet1_0, 21",
        "squeezenet1_1, 17",
        "darknet19, 32"
    })
    void refusesAnImageTooSmallToComeToTheEnd(String name, int smallest) {
        EfficientBlock network = Networks.get(name).build();
        assertThat(output(network, new Shape(1, 3, smallest, smallest)))
                .isEqualTo(new Shape(1, 1000));
        for (int side = 1; side < smallest; side++) {
            Shape input = new Shape(1, 3, side, 224);
            assertThatThrownBy(() -> output(network, input))
                    .as(input.toString())
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessageMatching(
                            "the input is too small, found \\(.*\\) before a (convolution|pooling)");
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void namesEveryParameterOnceAndAsPyTorchDoes(String name) {
        EfficientBlock network = Networks.get(name).build();
        Map<String, Shape> shapes = ParameterShapes.of(network, USUAL);
        assertThat(shapes).isNotEmpty().hasSameSizeAs(network.getParameters());
        assertThat(shapes.keySet())
                .allMatch(key -> key.matches("[a-z0-9_.]+\\.(weight|bias|running_(mean|var))"));
        assertThat(shapes.values()).allMatch(shape -> shape.size() > 0);
    }

    @ParameterizedTest
    @CsvSource({ // width, stem, channels of the last features, rounded as the authors' code does
        "mobilenet_v1, 1, 32, 1024",
        "mobilenet_v1, 0.75, 24, 768",
        "mobilenet_v1, 0.5, 16, 512",
        "mobilenet_v1, 0.25, 8, 256",
        "mobilenet_v1, 0.1, 8, 104",
        "mobilenet_v2, 1, 32, 1280",
        "mobilenet_v2, 1.4, 48, 1792",
        "mobilenet_v2, 0.75, 24, 1280",
        "mobilenet_v2, 0.35, 16, 1280",
        "mobilenet_v2, 0.25, 8, 1280",
        "mobilenet_v2, 0.1, 4, 1280",
        "darknet19, 0.5, 16, 512",
        "darknet19, 0.05, 2, 52",
        "darknet53, 0.25, 8, 256"
    })
    void makesTheChannelsAsWideAsAskedFor(String name, double width, long stem, long last) {
        EfficientBlock network =
                Networks.get(name).build(NetworkOptions.DEFAULT.withWidth(width).withClasses(9));
        Map<String, Shape> shapes = ParameterShapes.of(network, USUAL);
        String first = shapes.keySet().iterator().next();
        assertThat(shapes.get(first)).as(first).isEqualTo(new Shape(stem, 3, 3, 3));
        String head =
                shapes.keySet().stream()
                        .filter(key -> key.matches("(classifier|head\\.fc)(\\.1)?\\.weight"))
                        .findFirst()
                        .orElseThrow();
        assertThat(shapes.get(head).slice(0, 2)).as(head).isEqualTo(new Shape(9, last));
    }

    @Test
    void roundsAWidthToTheNearestMultipleButNeverDownByMoreThanATenth() {
        SplittableRandom random = new SplittableRandom(8);
        for (int i = 0; i < 20_000; i++) {
            int divisor = random.nextBoolean() ? 8 : 4;
            int channels = random.nextInt(1, 2000);
            double factor = random.nextDouble(0.01, 3);
            double exact = channels * factor;
            int rounded = new Width(factor, divisor).of(channels);
            assertThat(rounded % divisor).isZero();
            assertThat(rounded).isGreaterThanOrEqualTo(divisor);
            assertThat((double) rounded).isGreaterThanOrEqualTo(0.9 * exact);
            if (rounded > divisor && rounded - divisor >= 0.9 * exact) {
                assertThat(rounded - exact).isLessThanOrEqualTo(divisor / 2.0);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({ // the paper's table 1: the output channels of the last stage
        "1, 576", "2, 800", "3, 960", "4, 1088", "8, 1536"
    })
    void hasTheChannelsOfThePaperInEveryShuffleNetV1(int groups, int last) {
        Map<ShuffleNetV1.Scale, Double> factors =
                Map.of(
                        ShuffleNetV1.Scale.X0_25, 0.25,
                        ShuffleNetV1.Scale.X0_5, 0.5,
                        ShuffleNetV1.Scale.X1_0, 1.0,
                        ShuffleNetV1.Scale.X1_5, 1.5,
                        ShuffleNetV1.Scale.X2_0, 2.0);
        assertThat(factors).containsOnlyKeys(ShuffleNetV1.Scale.values());
        factors.forEach(
                (scale, factor) -> {
                    ShuffleNetV1 network = ShuffleNetV1.builder(groups, scale).build();
                    assertThat(ParameterShapes.of(network, USUAL))
                            .as("%d groups, %s", groups, scale)
                            .containsEntry(
                                    "classifier.0.weight", new Shape(1000, (long) (last * factor)));
                });
    }

    @ParameterizedTest
    @MethodSource("names")
    void hasGroupsThatDivideTheFiltersOfEachConvolution(String name) {
        List<Conv2d> convolutions = inside(Networks.get(name).build(), Conv2d.class);
        assertThat(convolutions).isNotEmpty();
        for (Conv2d conv : convolutions) {
            assertThat(conv.getFilters() % conv.getGroups()).isZero();
        }
    }

    @Test
    void refusesGroupsThatThePaperDoesNotHave() {
        assertThatThrownBy(() -> ShuffleNetV1.builder(5, ShuffleNetV1.Scale.X1_0))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("groups must be 1, 2, 3, 4 or 8, found 5");
    }

    @Test
    void refusesAResNetOfOtherThanFourStages() {
        List<List<Integer>> wrong = new ArrayList<>();
        wrong.add(List.of(3, 4, 6));
        wrong.add(List.of(3, 4, 6, 3, 1));
        wrong.add(List.of(3, 0, 6, 3));
        for (List<Integer> depths : wrong) {
            assertThatThrownBy(() -> ResNet.builder(depths))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a ResNet has four stages of at least one unit, found " + depths);
        }
    }
}
