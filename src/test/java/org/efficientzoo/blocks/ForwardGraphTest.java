package org.efficientzoo.blocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.norm.BatchNorm;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ForwardGraphTest {

    static Collection<NetworkEntry> networks() {
        return Networks.all();
    }

    private static String text(ForwardGraph graph) {
        return graph.nodes().stream()
                .map(
                        node ->
                                "%s(%s)"
                                        .formatted(
                                                node.name(),
                                                node.inputs().stream()
                                                        .map(Object::toString)
                                                        .collect(Collectors.joining(" "))))
                .collect(Collectors.joining(", "));
    }

    private static ForwardGraph ofOneByOne(Block... blocks) {
        return ForwardGraph.of(new Sequence(List.of(blocks)));
    }

    @Test
    void writesDownOperationsTheirInputsAndTheirPlaces() {
        assertThat(text(ForwardGraph.of(new Fire(6, 2, 3, 4))))
                .isEqualTo(
                        "squeeze(-1), relu(0), expand1x1(1), relu(2), expand3x3(1), relu(4),"
                                + " concat(3 5)");
        Block inner = new SequentialBlock().add(new ChannelShuffle(2)).add(new Fire(6, 2, 3, 4));
        assertThat(text(ofOneByOne(inner)))
                .startsWith("0.0.shuffle(-1), 0.1.squeeze(0), 0.1.relu(1)");
        assertThat(text(ForwardGraph.of(GroupedConv2d.builder(3, 4).build())))
                .isEqualTo("conv(-1)");
    }

    @ParameterizedTest
    @MethodSource("networks")
    void hasTheShapesOfTheBlock(NetworkEntry entry) {
        EfficientBlock network = entry.build(NetworkOptions.DEFAULT);
        Shape input = new Shape(2, 3, 96, 128);
        ShapeOps shapes = new ShapeOps();
        for (ForwardGraph graph :
                List.of(
                        ForwardGraph.of(network),
                        ForwardGraph.of(network).withoutDropout().withFoldedNorms())) {
            List<Shape> values =
                    graph.values(input, (node, inputs) -> node.operation().read(shapes, inputs));
            assertThat(values.get(graph.output()))
                    .isEqualTo(network.getOutputShapes(new Shape[] {input})[0]);
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void foldsEveryNormOfEveryNetwork(NetworkEntry entry) {
        ForwardGraph graph = ForwardGraph.of(entry.build(NetworkOptions.DEFAULT));
        ForwardGraph folded = graph.withFoldedNorms();
        assertThat(folded.nodes())
                .noneMatch(node -> node.operation() instanceof Operation.Normalization);
        assertThat(graph.nodes().size() - folded.nodes().size()).isEqualTo(norms(graph));
    }

    private static int norms(ForwardGraph graph) {
        return (int)
                graph.nodes().stream()
                        .filter(node -> node.operation() instanceof Operation.Normalization)
                        .count();
    }

    /** Adds what a convolution makes to what a batch norm makes of that. */
    private static final class UsedTwice extends EfficientBlock {

        private final Block conv = child("conv", GroupedConv2d.builder(4, 4).build());
        private final Block norm = child("norm", Layers.batchNorm());

        @Override
        protected <T> T forward(Ops<T> ops, T x) {
            T y = ops.call(conv, x);
            return ops.add(y, ops.call(norm, y));
        }
    }

    @Test
    void foldsNoNormWhoseConvolutionIsNeededAsItIs() {
        Block conv = GroupedConv2d.builder(4, 4).build();
        BatchNorm norm = Layers.batchNorm();
        Block alongHeight = BatchNorm.builder().optAxis(2).build();
        assertThat(norms(ofOneByOne(conv, norm).withFoldedNorms())).isZero();
        assertThat(norms(ofOneByOne(conv, norm).withFoldedNorms(any -> false))).isOne();
        assertThat(norms(ForwardGraph.of(new UsedTwice()).withFoldedNorms())).isOne();
        assertThat(norms(ofOneByOne(conv, alongHeight).withFoldedNorms())).isOne();
        assertThat(norms(ofOneByOne(norm, conv).withFoldedNorms())).isOne();
        assertThat(norms(ofOneByOne(conv, norm, conv).withFoldedNorms())).isOne();
        assertThat(norms(ofOneByOne(conv, norm, conv).withFoldedNorms(any -> true))).isZero();
        assertThat(norms(ofOneByOne(conv, Activation.reluBlock(), norm).withFoldedNorms())).isOne();
        ForwardGraph whole = ofOneByOne(new Sequence(List.of(conv)), norm);
        assertThat(norms(whole.withOutputs(List.of("0", "output")).withFoldedNorms())).isOne();
    }

    @Test
    void returnsWhatBlocksInsideReturn() {
        EfficientBlock network = Networks.get("resnet50").build(NetworkOptions.DEFAULT);
        List<String> stages = List.of("layer2", "layer4", "output");
        ForwardGraph graph = ForwardGraph.of(network).withOutputs(stages);
        assertThat(graph.outputs().keySet()).containsExactlyElementsOf(stages);
        ShapeOps shapes = new ShapeOps();
        for (ForwardGraph passed : List.of(graph, graph.withFoldedNorms())) {
            List<Shape> values =
                    passed.values(
                            new Shape(1, 3, 224, 224),
                            (node, inputs) -> node.operation().read(shapes, inputs));
            assertThat(passed.outputs().values().stream().map(values::get))
                    .containsExactly(
                            new Shape(1, 512, 28, 28),
                            new Shape(1, 2048, 7, 7),
                            new Shape(1, 1000));
        }
        ForwardGraph first = ForwardGraph.of(network).withOutputs(List.of("layer1"));
        assertThat(first.nodes()).hasSize(first.output() + 1);
        assertThatThrownBy(() -> ForwardGraph.of(network).withOutputs(List.of("layer5")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("an output must be a block inside, found layer5");
        assertThatThrownBy(() -> ForwardGraph.of(network).withOutputs(List.of()))
                .hasMessage("a graph must have an output, found none");
        assertThatThrownBy(() -> graph.withFoldedNorms().withOutputs(stages))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void leavesOutWhatDoesNothingAndKnowsFunctionsOfDjl() {
        ForwardGraph graph =
                ofOneByOne(Layers.dropout(0.5f), Activation.reluBlock(), Layers.dropout(0.5f));
        ForwardGraph small = graph.withoutDropout().withKnownFunctions();
        assertThat(small.nodes())
                .extracting(ForwardGraph.Node::operation)
                .containsExactly(new Operation.Elementwise(Nonlinearity.RELU));
        assertThat(small.output()).isZero();
        ForwardGraph nothing = ofOneByOne(Layers.dropout(0.5f)).withoutDropout();
        assertThat(nothing.output()).isEqualTo(ForwardGraph.INPUT);
    }

    /** Makes a value that nobody wants. */
    private static final class Wasteful extends EfficientBlock {

        @Override
        protected <T> T forward(Ops<T> ops, T x) {
            T y = ops.relu(x);
            ops.shuffle(2, y);
            return ops.add(y, ops.add(y, x));
        }
    }

    @Test
    void knowsTheLastUseOfEachValue() {
        assertThat(LastUses.of(ForwardGraph.of(new Wasteful())))
                .containsExactly(Set.of(), Set.of(1), Set.of(), Set.of(0, 2));
    }
}
