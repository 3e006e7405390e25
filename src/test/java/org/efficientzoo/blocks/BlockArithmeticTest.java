package org.efficientzoo.blocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.training.ParameterStore;
import java.util.List;
import java.util.stream.Stream;
import org.efficientzoo.reference.Engines;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the blocks compute, by inputs and weights for which the answer is known. */
class BlockArithmeticTest {

    private static final String ENGINES = "org.efficientzoo.reference.Engines#names";

    private static Shape shape(int channels) {
        return new Shape(2, channels, 7, 6);
    }

    private static void onInput(String engine, int channels, Body body) {
        try (NDManager manager = Engines.manager(engine)) {
            body.run(manager, TestBlocks.input(shape(channels), manager));
        }
    }

    private interface Body {
        void run(NDManager manager, NDArray x);
    }

    private static void same(NDArray found, NDArray expected) {
        assertThat(found.getShape()).isEqualTo(expected.getShape());
        assertThat(found.toFloatArray()).isNotEmpty().containsExactly(expected.toFloatArray());
    }

    private static NDArray channels(NDArray x, int from, int to) {
        float[] all = x.toFloatArray();
        Shape shape = x.getShape();
        int pixels = (int) (shape.get(2) * shape.get(3));
        int images = (int) shape.get(0);
        int perImage = all.length / images;
        float[] part = new float[images * (to - from) * pixels];
        for (int n = 0; n < images; n++) {
            System.arraycopy(
                    all,
                    n * perImage + from * pixels,
                    part,
                    n * (to - from) * pixels,
                    (to - from) * pixels);
        }
        return x.getManager()
                .create(part, new Shape(images, to - from, shape.get(2), shape.get(3)));
    }

    static Stream<Arguments> widthsOnEngines() {
        return Engines.names().stream()
                .flatMap(e -> Stream.of(4, 12, 16, 24).map(half -> Arguments.of(e, half)));
    }

    /** MXNet keeps channels in blocks behind a convolution, and its own slice cannot cut them. */
    @ParameterizedTest
    @MethodSource("widthsOnEngines")
    void splitsWhatAConvolutionComputed(String engine, int half) {
        onInput(
                engine,
                3,
                (manager, x) -> {
                    GroupedConv2d conv = GroupedConv2d.builder(3, 2 * half).build();
                    EfficientBlock whole =
                            TestBlocks.filled(new Sequence(List.of(conv)), shape(3), manager);
                    NDArray predicted = TestBlocks.predict(whole, x);
                    for (int from : List.of(0, half)) {
                        EfficientBlock split =
                                new Sequence(List.of(conv, new ChannelSplit(from, from + half)));
                        same(TestBlocks.predict(split, x), channels(predicted, from, from + half));
                    }
                    whole.initialize(manager, DataType.FLOAT32, shape(3)); // to record gradients
                    NDArray y = TestBlocks.predict(whole, x);
                    for (int from : List.of(0, half)) {
                        EfficientBlock split =
                                new Sequence(List.of(conv, new ChannelSplit(from, from + half)));
                        split.initialize(manager, DataType.FLOAT32, shape(3));
                        same(TestBlocks.predict(split, x), channels(y, from, from + half));
                        TestBlocks.recording(
                                engine,
                                collector -> {
                                    NDArray z =
                                            split.forward(
                                                            new ParameterStore(manager, false),
                                                            new NDList(x),
                                                            true)
                                                    .get(0);
                                    same(z, channels(y, from, from + half));
                                    collector.backward(z.sum());
                                });
                    }
                });
    }

    private static NDArray branchOff(EfficientBlock block, String norm, NDArray x) {
        TestBlocks.filled(block, x.getShape(), x.getManager());
        TestBlocks.set(block, norm + ".weight", 0);
        TestBlocks.set(block, norm + ".bias", 0);
        return TestBlocks.predict(block, x);
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void aBottleneckOfOtherShapeAddsTheProjectedInput(String engine) {
        onInput(
                engine,
                16,
                (manager, x) -> {
                    Bottleneck block = Bottleneck.resnet(16, 8, 2);
                    NDArray found = branchOff(block, "bn3", x);
                    Sequence projection =
                            new Sequence(
                                    List.of(
                                            block.namedChildren().get("downsample.0"),
                                            block.namedChildren().get("downsample.1")));
                    same(found, Activation.relu(TestBlocks.predict(projection, x)));
                });
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void aShuffleNetV1UnitOfStride1AddsItsInputBeforeTheLastRelu(String engine) {
        onInput(
                engine,
                24,
                (manager, x) ->
                        same(
                                branchOff(ShuffleUnitV1.basic(24, 3), "branch_main_2.1", x),
                                Activation.relu(x)));
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void aGroupSeesNothingOfAnotherGroup(String engine) {
        onInput(
                engine,
                6,
                (manager, x) -> {
                    ConvNormActivation unit =
                            ConvNormActivation.grouped(6, 9, 3, 1, 3, Nonlinearity.NONE);
                    NDArray y = TestBlocks.predict(TestBlocks.filled(unit, shape(6), manager), x);
                    NDArray other = x.duplicate();
                    other.set(new NDIndex(":, 2:4"), 1f); // the inputs of the second group
                    NDArray z = TestBlocks.predict(unit, other);
                    same(channels(z, 0, 3), channels(y, 0, 3));
                    same(channels(z, 6, 9), channels(y, 6, 9));
                    assertThat(channels(z, 3, 6).toFloatArray())
                            .isNotEqualTo(channels(y, 3, 6).toFloatArray());
                });
    }

    /** The kernel is an outer product and all values are positive; the sums round differently. */
    @ParameterizedTest
    @MethodSource(ENGINES)
    void aRowThenAColumnIsTheSquareKernelOfTheirProduct(String engine) {
        onInput(
                engine,
                1,
                (manager, x) -> {
                    NDArray positive = x.abs();
                    AsymmetricConv block =
                            TestBlocks.filled(new AsymmetricConv(1, 1, 3, 2), shape(1), manager);
                    for (String norm : List.of("0.1", "1.1")) {
                        TestBlocks.set(block, norm + ".weight", 1);
                        TestBlocks.set(block, norm + ".bias", 0);
                        TestBlocks.set(block, norm + ".running_mean", 0);
                        TestBlocks.set(block, norm + ".running_var", 1 - 1e-5f); // and epsilon
                    }
                    float[] row = {1, 2, 4};
                    float[] column = {0.5f, 3, 7};
                    var parameters = BlockNames.parameters(block);
                    manager.create(row, new Shape(1, 1, 1, 3))
                            .copyTo(parameters.get("0.0.weight").getArray());
                    manager.create(column, new Shape(1, 1, 3, 1))
                            .copyTo(parameters.get("1.0.weight").getArray());

                    GroupedConv2d square =
                            GroupedConv2d.builder(1, 1).optKernel(3).optStride(2).build();
                    Sequence alone = new Sequence(List.of(square));
                    TestBlocks.filled(alone, shape(1), manager);
                    NDArray product =
                            manager.create(column, new Shape(3, 1))
                                    .matMul(manager.create(row, new Shape(1, 3)));
                    product.reshape(1, 1, 3, 3)
                            .copyTo(square.getParameters().valueAt(0).getArray());

                    float[] found = TestBlocks.predict(block, positive).toFloatArray();
                    float[] expected = TestBlocks.predict(alone, positive).toFloatArray();
                    assertThat(found).hasSameSizeAs(expected).isNotEmpty();
                    for (int i = 0; i < found.length; i++) {
                        assertThat(found[i])
                                .isCloseTo(expected[i], within(1e-5f * Math.abs(expected[i])));
                    }
                });
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void dropoutDropsInTrainingAlone(String engine) {
        onInput(
                engine,
                8,
                (manager, x) -> {
                    EfficientBlock block = TestBlocks.leaf("drop", Layers.dropout(0.5f));
                    block.initialize(manager, DataType.FLOAT32, shape(8));
                    same(TestBlocks.predict(block, x), x);
                    TestBlocks.recording(
                            engine,
                            collector -> {
                                NDArray ones = manager.ones(shape(8));
                                ParameterStore store = new ParameterStore(manager, false);
                                NDArray y = block.forward(store, new NDList(ones), true).get(0);
                                assertThat(y.toFloatArray()).contains(0f, 2f);
                            });
                });
    }
}
