package org.efficientzoo.blocks.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.ConstantInitializer;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.efficientzoo.blocks.AsymmetricConv;
import org.efficientzoo.blocks.ConvNormActivation;
import org.efficientzoo.blocks.Fire;
import org.efficientzoo.blocks.GroupedConv2d;
import org.efficientzoo.blocks.InvertedResidual;
import org.efficientzoo.blocks.Nonlinearity;
import org.efficientzoo.blocks.Pooling;
import org.efficientzoo.blocks.Sequence;
import org.efficientzoo.blocks.ShuffleUnitV1;
import org.efficientzoo.blocks.StackedConv;
import org.efficientzoo.blocks.TestBlocks;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReceptiveFieldTest {

    private static final Shape INPUT = new Shape(1, 8, 33, 29);

    private static Block conv(int kernel, int stride) {
        return GroupedConv2d.builder(8, 8).optKernel(kernel).optStride(stride).build();
    }

    @Test
    void ofTwoStackedThreeByThreeIsThatOfOneFiveByFive() {
        Block five = ConvNormActivation.grouped(8, 8, 5, 1, 1, Nonlinearity.RELU);
        ReceptiveField stacked = ReceptiveField.of(new StackedConv(8, 8, 5, 1), INPUT);
        assertThat(stacked.height()).isEqualTo(ReceptiveField.of(five, INPUT).height());
        assertThat(stacked.height()).isEqualTo(new Field(5, 1, 0.5));
        assertThat(stacked.layers()).hasSize(2);
    }

    @Test
    void ofStackedConvolutionsStaysThatOfTheKernelWithAStride() {
        for (int kernel : List.of(3, 5, 7, 9)) {
            Block whole = ConvNormActivation.grouped(8, 8, kernel, 2, 1, Nonlinearity.RELU);
            assertThat(ReceptiveField.of(new StackedConv(8, 8, kernel, 2), INPUT).width())
                    .isEqualTo(ReceptiveField.of(whole, INPUT).width());
        }
    }

    @Test
    void ofARowAndAColumnIsThatOfTheSquare() {
        for (int stride : List.of(1, 2)) {
            Block square = ConvNormActivation.grouped(8, 8, 7, stride, 1, Nonlinearity.RELU);
            ReceptiveField field = ReceptiveField.of(new AsymmetricConv(8, 8, 7, stride), INPUT);
            assertThat(field.height()).isEqualTo(ReceptiveField.of(square, INPUT).height());
            assertThat(field.width()).isEqualTo(ReceptiveField.of(square, INPUT).width());
            assertThat(field.layers().get(0).width().size()).isEqualTo(7);
            assertThat(field.layers().get(0).height().size()).isEqualTo(1);
        }
    }

    @Test
    void followsSizeJumpAndStartThroughStridesAndPooling() {
        Block net =
                new Sequence(List.of(conv(3, 2), TestBlocks.maxPool(Pooling.of(2, 2)), conv(3, 1)));
        ReceptiveField field = ReceptiveField.of(net, INPUT);
        assertThat(field.layers().stream().map(ReceptiveField.Row::height))
                .containsExactly(new Field(3, 2, 0.5), new Field(5, 4, 1.5), new Field(13, 4, 1.5));
    }

    @Test
    void ofResNet50BeforeItsPoolingIsThePublishedOne() {
        ReceptiveField field =
                ReceptiveField.of(Networks.get("resnet50").build(), new Shape(1, 3, 224, 224));
        ReceptiveField.Row last = field.layers().get(field.layers().size() - 2);
        // Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural Networks": 483
        // with the strides on the 1×1; on the 3×3 the stages see 427
        assertThat(last.height().size()).isEqualTo(427);
        assertThat(last.height().jump()).isEqualTo(32);
    }

    @Test
    void ofAnUnknownBlockIsRefusedByName() {
        Block net = new SequentialBlock().add(LambdaBlock.singleton(x -> x));
        assertThatThrownBy(() -> ReceptiveField.of(net, INPUT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the receptive field of a LambdaBlock is unknown");
    }

    static Stream<Arguments> blocksOnEngines() {
        return Engines.names().stream()
                .flatMap(
                        engine ->
                                IntStream.range(0, blocks().size())
                                        .mapToObj(i -> Arguments.of(engine, i)));
    }

    /** Without batch norm, which MXNet computes in training only while it records gradients. */
    private static List<Block> blocks() {
        return List.of(
                conv(5, 1),
                conv(3, 2),
                new Fire(8, 4, 4, 4),
                new Sequence(List.of(conv(3, 2), new Fire(8, 4, 4, 4), conv(3, 2))),
                new Sequence(List.of(conv(3, 1), TestBlocks.avgPool(new Pooling(3, 2, 1, false)))),
                new Sequence(List.of(new Fire(8, 2, 4, 4), new Fire(8, 2, 4, 4), conv(1, 2))));
    }

    @ParameterizedTest
    @MethodSource("blocksOnEngines")
    void isWhereTheGradientOfAnOutputIsNotZero(String engine, int index) {
        Block block = blocks().get(index);
        isWhereTheGradientIsNotZero(engine, block, INPUT);
    }

    @Test
    void isWhereTheGradientIsNotZeroThroughBatchNormsOnPyTorch() {
        List<Block> normalised =
                List.of(
                        new StackedConv(8, 8, 5, 2),
                        new AsymmetricConv(8, 8, 5, 2),
                        new InvertedResidual(8, 8, 1, 2),
                        new Sequence(
                                List.of(
                                        new InvertedResidual(8, 8, 2, 2),
                                        ShuffleUnitV1.downsampling(8, 16, 2))));
        for (Block block : normalised) {
            isWhereTheGradientIsNotZero(Engines.PYTORCH, block, INPUT);
        }
    }

    private static void isWhereTheGradientIsNotZero(String engine, Block block, Shape shape) {
        ReceptiveField field = ReceptiveField.of(block, shape);
        Shape output = block.getOutputShapes(new Shape[] {shape})[0];
        block.setInitializer(
                new ConstantInitializer(0.01f), Parameter.Type.WEIGHT); // below ReLU6's bound
        try (NDManager manager = Engines.manager(engine)) {
            block.initialize(manager, DataType.FLOAT32, shape);
            for (long row : List.of(0L, output.get(2) / 2, output.get(2) - 1)) {
                for (long column : List.of(0L, output.get(3) / 2, output.get(3) - 1)) {
                    NDArray gradient = gradient(engine, block, manager, shape, row, column);
                    boolean[] rows = gradient.sum(new int[] {0, 1, 3}).gt(0).toBooleanArray();
                    boolean[] columns = gradient.sum(new int[] {0, 1, 2}).gt(0).toBooleanArray();
                    assertThat(rows).isEqualTo(seen(field.height(), row, shape.get(2)));
                    assertThat(columns).isEqualTo(seen(field.width(), column, shape.get(3)));
                }
            }
        }
    }

    private static NDArray gradient(
            String engine, Block block, NDManager manager, Shape shape, long row, long column) {
        NDArray x = manager.ones(shape);
        x.setRequiresGradient(true);
        boolean training = engine.equals(Engines.MXNET);
        try (GradientCollector collector = Engine.getEngine(engine).newGradientCollector()) {
            NDArray y =
                    block.forward(new ParameterStore(manager, false), new NDList(x), training)
                            .singletonOrThrow();
            NDArray mask = manager.zeros(y.getShape());
            mask.set(new NDIndex(":, :, " + row + ", " + column), 1);
            collector.backward(y.mul(mask).sum());
        }
        return x.getGradient();
    }

    private static boolean[] seen(Field field, long output, long size) {
        boolean[] pixels = new boolean[Math.toIntExact(size)];
        long first = field.first() + output * field.jump();
        for (long i = Math.max(0, first); i < Math.min(size, first + field.size()); i++) {
            pixels[Math.toIntExact(i)] = true;
        }
        return pixels;
    }
}
