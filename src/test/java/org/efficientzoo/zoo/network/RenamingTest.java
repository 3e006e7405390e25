package org.efficientzoo.zoo.network;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.efficientzoo.blocks.ParameterShapes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The names that other publishers give to the tensors of a network. */
class RenamingTest {

    private static final NetworkEntry MOBILENET_V2 = Networks.get("mobilenet_v2");
    private static final Shape INPUT = new Shape(1, 3, 64, 64);
    private static final List<Integer> REPEATS = List.of(1, 2, 3, 4, 3, 3, 1);

    /** MobileNetV2 as timm publishes it: the channels of the stem, the stages and the head. */
    enum Timm {
        MOBILENETV2_035(0.35, 1_677_128, 16, List.of(8, 8, 16, 24, 32, 56, 112), 1280),
        MOBILENETV2_050(0.5, 1_968_680, 16, List.of(8, 16, 16, 32, 48, 80, 160), 1280),
        MOBILENETV2_100(1, 3_504_872, 32, List.of(16, 24, 32, 64, 96, 160, 320), 1280),
        MOBILENETV2_140(1.4, 6_108_776, 48, List.of(24, 32, 48, 88, 136, 224, 448), 1792);

        private final double width;
        private final long parameters;
        private final int stem;
        private final List<Integer> stages;
        private final int head;

        Timm(double width, long parameters, int stem, List<Integer> stages, int head) {
            this.width = width;
            this.parameters = parameters;
            this.stem = stem;
            this.stages = stages;
            this.head = head;
        }

        Map<String, Shape> shapes() {
            Map<String, Shape> shapes = new LinkedHashMap<>();
            unit(shapes, "conv_stem", "bn1", new Shape(stem, 3, 3, 3));
            int in = stem;
            for (int stage = 0; stage < stages.size(); stage++) {
                int out = stages.get(stage);
                for (int block = 0; block < REPEATS.get(stage); block++) {
                    String name = "blocks.%d.%d.".formatted(stage, block);
                    int hidden = 6 * in;
                    if (stage == 0) {
                        unit(shapes, name + "conv_dw", name + "bn1", new Shape(in, 1, 3, 3));
                        unit(shapes, name + "conv_pw", name + "bn2", new Shape(out, in, 1, 1));
                    } else {
                        unit(shapes, name + "conv_pw", name + "bn1", new Shape(hidden, in, 1, 1));
                        unit(shapes, name + "conv_dw", name + "bn2", new Shape(hidden, 1, 3, 3));
                        unit(shapes, name + "conv_pwl", name + "bn3", new Shape(out, hidden, 1, 1));
                    }
                    in = out;
                }
            }
            unit(shapes, "conv_head", "bn2", new Shape(head, in, 1, 1));
            shapes.put("classifier.weight", new Shape(1000, head));
            shapes.put("classifier.bias", new Shape(1000));
            return shapes;
        }
    }

    /** MobileNetV2 as d-li14 publishes it, in which the places of activations count. */
    private static Map<String, Shape> dLi14(Timm sizes) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        unit(shapes, "features.0.0", "features.0.1", new Shape(sizes.stem, 3, 3, 3));
        int in = sizes.stem;
        int index = 1;
        for (int stage = 0; stage < sizes.stages.size(); stage++) {
            int out = sizes.stages.get(stage);
            for (int block = 0; block < REPEATS.get(stage); block++) {
                List<Shape> convs = new ArrayList<>();
                int hidden = stage == 0 ? in : 6 * in;
                if (stage > 0) {
                    convs.add(new Shape(hidden, in, 1, 1));
                }
                convs.add(new Shape(hidden, 1, 3, 3));
                convs.add(new Shape(out, hidden, 1, 1));
                for (int i = 0; i < convs.size(); i++) {
                    String conv = "features.%d.conv.".formatted(index);
                    unit(shapes, conv + 3 * i, conv + (3 * i + 1), convs.get(i));
                }
                in = out;
                index++;
            }
        }
        unit(shapes, "conv.0", "conv.1", new Shape(sizes.head, in, 1, 1));
        shapes.put("classifier.weight", new Shape(1000, sizes.head));
        shapes.put("classifier.bias", new Shape(1000));
        return shapes;
    }

    private static void unit(Map<String, Shape> shapes, String conv, String norm, Shape weight) {
        shapes.put(conv + ".weight", weight);
        for (String name : List.of("weight", "bias", "running_mean", "running_var")) {
            shapes.put(norm + "." + name, new Shape(weight.get(0)));
        }
    }

    private static Map<String, Shape> renamed(NetworkEntry network, Map<String, Shape> theirs) {
        UnaryOperator<String> renaming = network.renaming(theirs.keySet());
        Map<String, Shape> ours = new LinkedHashMap<>();
        theirs.forEach((name, shape) -> ours.put(renaming.apply(name), shape));
        return ours;
    }

    private static Map<String, Shape> ours(double width) {
        return ParameterShapes.of(
                MOBILENET_V2.build(NetworkOptions.DEFAULT.withWidth(width)), INPUT);
    }

    @ParameterizedTest
    @EnumSource
    void theTableHasTheSizeThatTimmPublishes(Timm timm) {
        Map<String, Shape> shapes = timm.shapes();
        shapes.keySet().removeIf(name -> name.contains("running_"));
        assertThat(shapes.values().stream().mapToLong(Shape::size).sum())
                .isEqualTo(timm.parameters);
    }

    @ParameterizedTest
    @EnumSource
    void givesEachTensorOfTimmTheNameOfOneOfOurs(Timm timm) {
        assertThat(timm.shapes()).hasSize(262);
        assertThat(renamed(MOBILENET_V2, timm.shapes()))
                .containsExactlyInAnyOrderEntriesOf(ours(timm.width));
    }

    @ParameterizedTest
    @EnumSource
    void givesEachTensorOfDLi14TheNameOfOneOfOurs(Timm sizes) {
        assertThat(dLi14(sizes)).hasSize(262);
        assertThat(renamed(MOBILENET_V2, dLi14(sizes)))
                .containsExactlyInAnyOrderEntriesOf(ours(sizes.width));
    }

    @Test
    void renamesTheCountersToo() {
        UnaryOperator<String> renaming = MOBILENET_V2.renaming(Set.of("conv_stem.weight"));
        assertThat(renaming.apply("bn1.num_batches_tracked"))
                .isEqualTo("features.0.1.num_batches_tracked");
    }

    @Test
    void leavesNamesThatNobodyGives() {
        UnaryOperator<String> renaming = MOBILENET_V2.renaming(Set.of("conv_stem.weight"));
        assertThat(List.of("epoch", "blocks.9.0.bn1.bias", "blocks.0.1.conv_dw.weight", ".", ""))
                .allSatisfy(name -> assertThat(renaming.apply(name)).isEqualTo(name));
    }

    static Stream<NetworkEntry> networks() {
        return Networks.all().stream();
    }

    @ParameterizedTest
    @MethodSource("networks")
    void leavesTheNamesOfEveryNetworkToItself(NetworkEntry network) {
        Map<String, Shape> own = ParameterShapes.of(network.build(), INPUT);
        assertThat(own).isNotEmpty();
        assertThat(renamed(network, own)).isEqualTo(own);
    }

    @Test
    void leavesTheNamesOfTimmToNetworksThatTimmNamesAlike() {
        Set<String> names = ParameterShapes.of(MOBILENET_V2.build(), INPUT).keySet();
        assertThat(
                        Networks.get("mobilenet_v1")
                                .renaming(Set.of("conv_stem.weight"))
                                .apply("bn1.bias"))
                .isEqualTo("bn1.bias");
        assertThat(MOBILENET_V2.renaming(names).apply("features.1.conv.1.weight"))
                .isEqualTo("features.1.conv.1.weight");
    }
}
