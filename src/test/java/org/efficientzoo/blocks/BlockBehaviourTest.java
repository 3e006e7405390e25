package org.efficientzoo.blocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.ParameterStore;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.efficientzoo.blocks.BlockCatalogue.Entry;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each block computes, and that it computes in DJL's ways. */
class BlockBehaviourTest {

    private static final String ALL = "org.efficientzoo.blocks.BlockCatalogue#onBothEngines";
    private static final String ENGINES = "org.efficientzoo.reference.Engines#names";
    private static final int HEIGHT = 7;
    private static final int WIDTH = 9;

    static NDArray forward(Block block, NDArray x) {
        ParameterStore store = new ParameterStore(x.getManager(), false);
        return block.forward(store, new NDList(x), false).singletonOrThrow();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void givesTheShapeThatItTells(String engine, Entry entry) {
        try (NDManager manager = Engines.manager(engine)) {
            EfficientBlock block = entry.filled(manager);
            for (Shape size : new Shape[] {new Shape(7, 9), new Shape(10, 5), new Shape(8, 8)}) {
                Shape input = entry.input().slice(0, 2).addAll(size);
                NDArray y = forward(block, manager.create(Formula.input(input, 1), input));
                assertThat(block.getOutputShapes(new Shape[] {input}))
                        .as("of %s", input)
                        .containsExactly(y.getShape());
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void worksAmongDjlsOwnBlocks(String engine, Entry entry) {
        try (NDManager manager = Engines.manager(engine)) {
            int channels = (int) entry.input().get(1);
            Shape image = new Shape(2, 3, entry.input().get(2), entry.input().get(3));
            Block before =
                    Conv2d.builder()
                            .setKernelShape(new Shape(3, 3))
                            .setFilters(channels)
                            .optPadding(new Shape(1, 1))
                            .build();
            EfficientBlock block = entry.build().get();
            Block flatten = Blocks.batchFlattenBlock();
            Block after = Layers.linear(flatSize(block, entry.input()), 5);
            SequentialBlock all = new SequentialBlock().addAll(before, block, flatten, after);
            BlockCatalogue.fill(all, manager, image);

            NDArray x = manager.create(Formula.input(image, 1), image);
            NDArray found = forward(all, x);

            NDArray step = forward(block, forward(before, x));
            assertThat(found.getShape()).isEqualTo(new Shape(2, 5));
            assertThat(found.toFloatArray())
                    .isEqualTo(forward(after, forward(flatten, step)).toFloatArray())
                    .doesNotContain(Float.NaN);
        }
    }

    private static int flatSize(Block block, Shape input) {
        return (int) block.getOutputShapes(new Shape[] {input})[0].slice(1).size();
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void anInvertedResidualAddsItsInputOnlyAtStride1AndEqualChannels(String engine) {
        String norm = "conv.3.";
        try (Trial same = Trial.of(engine, new InvertedResidual(4, 4, 1, 6), 4);
                Trial wider = Trial.of(engine, new InvertedResidual(4, 6, 1, 6), 4);
                Trial strided = Trial.of(engine, new InvertedResidual(4, 4, 2, 6), 4)) {
            assertThat(same.silence(norm).y()).isEqualTo(same.x());
            assertThat(wider.silence(norm).y()).containsOnly(0f);
            assertThat(strided.silence(norm).y()).containsOnly(0f);
        }
    }

    @Test
    void anInvertedResidualLeavesOutTheExpansionByOne() {
        InvertedResidual expanding = new InvertedResidual(4, 4, 1, 2);
        assertThat(weightShapes(expanding, 4))
                .containsExactly(
                        new Shape(8, 4, 1, 1), new Shape(8, 1, 3, 3), new Shape(4, 8, 1, 1));
        InvertedResidual plain = new InvertedResidual(4, 4, 1, 1);
        assertThat(weightShapes(plain, 4))
                .containsExactly(new Shape(4, 1, 3, 3), new Shape(4, 4, 1, 1));
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void anInvertedResidualEndsLinear(String engine) {
        try (Trial trial = Trial.of(engine, new InvertedResidual(4, 6, 1, 6), 4)) {
            float[] small = trial.y();
            float[] large = trial.set("conv.3.weight", 100).y();
            assertThat(min(small)).isNegative();
            assertThat(min(large)).isLessThan(-6);
            assertThat(max(large)).isGreaterThan(6);
        }
    }

    @ParameterizedTest
    @CsvSource({"16, 1, false", "16, 2, true", "8, 1, true", "8, 2, true"})
    void aBottleneckProjectsTheShortcutOnlyWhereTheShapesDiffer(
            int in, int stride, boolean projects) {
        Map<String, Block> children = Bottleneck.resnet(in, 4, stride).namedChildren();
        assertThat(children.containsKey("downsample.0")).isEqualTo(projects);
        assertThat(children.containsKey("downsample.1")).isEqualTo(projects);
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void aBottleneckAddsItsInput(String engine) {
        try (Trial trial = Trial.of(engine, Bottleneck.resnet(16, 4, 1), 16)) {
            float[] positive = trial.x();
            for (int i = 0; i < positive.length; i++) {
                positive[i] = positive[i] > 0 ? positive[i] : 0;
            }
            assertThat(trial.silence("bn3.").y()).isEqualTo(positive);
        }
    }

    @Test
    void aBottleneckPutsTheStrideOnTheSecondConvolution() {
        Map<String, Block> children = Bottleneck.resnext(8, 8, 16, 2, 4).namedChildren();
        assertThat(stride(children, "conv1")).isEqualTo(new Shape(1, 1));
        assertThat(stride(children, "conv2")).isEqualTo(new Shape(2, 2));
        assertThat(stride(children, "conv3")).isEqualTo(new Shape(1, 1));
        assertThat(stride(children, "downsample.0")).isEqualTo(new Shape(2, 2));
    }

    private static Shape stride(Map<String, Block> children, String name) {
        return ((Conv2d) children.get(name)).getStride();
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void aShuffleUnitV2PassesTheFirstHalfOfItsChannelsToTheEvenPlaces(String engine) {
        try (Trial trial = Trial.of(engine, ShuffleUnitV2.basic(8), 8)) {
            float[] y = trial.y();
            for (int image = 0; image < 2; image++) {
                for (int c = 0; c < 4; c++) { // (2, 4) transposed to (4, 2): c goes to 2 * c
                    assertThat(plane(y, 8, image, 2 * c)).isEqualTo(plane(trial.x(), 8, image, c));
                    assertThat(min(plane(y, 8, image, 2 * c + 1))).as("ReLU").isNotNegative();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void aShuffleUnitV1OfStride2BeginsWithItsPooledInput(String engine) {
        try (Trial trial = Trial.of(engine, ShuffleUnitV1.downsampling(6, 24, 3), 6)) {
            float[] x = trial.x();
            float[] y = trial.y();
            int outHeight = 4;
            int outWidth = 5;
            for (int image = 0; image < 2; image++) {
                for (int c = 0; c < 6; c++) {
                    float[] in = plane(x, 6, image, c);
                    for (int i = 0; i < outHeight * outWidth; i++) {
                        float pooled = y[(image * 24 + c) * outHeight * outWidth + i];
                        double mean = pooled(in, 2 * (i / outWidth), 2 * (i % outWidth));
                        assertThat((double) pooled).isCloseTo(mean, within(1e-6)); // values below 2
                    }
                }
            }
        }
    }

    /** The mean of a window of 3×3 around a pixel; outside are zeros, which count. */
    private static double pooled(float[] plane, int row, int column) {
        double sum = 0;
        for (int r = Math.max(row - 1, 0); r <= Math.min(row + 1, HEIGHT - 1); r++) {
            for (int c = Math.max(column - 1, 0); c <= Math.min(column + 1, WIDTH - 1); c++) {
                sum += plane[r * WIDTH + c];
            }
        }
        return sum / 9;
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void theShuffleOfSixChannelsInTwoGroupsInterleavesThem(String engine) {
        try (Trial trial = Trial.of(engine, new ChannelShuffle(2), 6)) {
            assertThat(trial.y()).isEqualTo(channels(trial.x(), 6, 0, 3, 1, 4, 2, 5));
        }
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void theInverseShuffleUndoesTheShuffle(String engine) {
        for (int groups : new int[] {1, 2, 3, 4, 6, 12}) {
            var inverse = new ChannelShuffle(groups, ChannelShuffle.Convention.INVERSE);
            var both = new Sequence(List.of(new ChannelShuffle(groups), inverse));
            try (Trial trial = Trial.of(engine, both, 12);
                    Trial half = Trial.of(engine, inverse, 12)) {
                assertThat(trial.y()).as("%d groups", groups).isEqualTo(trial.x());
                boolean moves = groups > 1 && groups < 12;
                assertThat(Arrays.equals(half.y(), half.x())).isEqualTo(!moves);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void aChannelSplitTakesItsRange(String engine) {
        try (Trial trial = Trial.of(engine, new ChannelSplit(1, 4), 6)) {
            assertThat(trial.y()).isEqualTo(channels(trial.x(), 6, 1, 2, 3));
        }
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void aChannelSplitTakesItsRangeOfWhatAConvolutionMade(String engine) {
        for (int to : new int[] {3, 8, 12, 17}) { // whole blocks of channels in memory and others
            var conv = ConvNormActivation.builder(6, 24).optKernel(3).build().namedChildren();
            var both = new Sequence(List.of(conv.get("0"), new ChannelSplit(1, to)));
            try (Trial trial = Trial.of(engine, both, 6)) {
                NDArray x = trial.manager().create(trial.x(), trial.input());
                float[] made = forward(conv.get("0"), x).toFloatArray();
                int[] range = IntStream.range(1, to).toArray();
                assertThat(trial.y()).as("to %d", to).isEqualTo(channels(made, 24, range));
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void aFireModuleConcatenatesThe1x1BeforeThe3x3(String engine) {
        try (Trial trial = Trial.of(engine, new Fire(6, 2, 3, 4), 6)) {
            trial.set("expand1x1.weight", 0).set("expand1x1.bias", 1);
            trial.set("expand3x3.weight", 0).set("expand3x3.bias", 2);
            float[] y = trial.y();
            for (int image = 0; image < 2; image++) {
                for (int c = 0; c < 7; c++) {
                    assertThat(plane(y, 7, image, c)).containsOnly(c < 3 ? 1f : 2f);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void aDarkResidualWhoseLastScaleIsZeroIsTheIdentity(String engine) {
        try (Trial trial = Trial.of(engine, new DarkResidual(6, Nonlinearity.leakyRelu(0.1f)), 6)) {
            assertThat(trial.silence("conv2.bn.").y()).isEqualTo(trial.x());
        }
    }

    @ParameterizedTest
    @CsvSource({"3, 1", "5, 2", "7, 3"})
    void aStackedConvHasOneUnitForEachPixelOfItsRadius(int kernel, int units) {
        StackedConv block = new StackedConv(3, 4, kernel, 1);
        assertThat(block.namedChildren()).hasSize(units);
        assertThat(weightShapes(block, 3))
                .hasSize(units)
                .allMatch(shape -> shape.slice(2).equals(new Shape(3, 3)));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 5, 7})
    void anAsymmetricConvHasTwoNthsOfTheWeights(int n) {
        long weights =
                weightShapes(new AsymmetricConv(6, 6, n, 1), 6).stream()
                        .mapToLong(Shape::size)
                        .sum();
        assertThat(weights).isEqualTo(6 * 6 * n * n * 2 / n).isLessThan(6L * 6 * n * n);
    }

    private static List<Shape> weightShapes(EfficientBlock block, int channels) {
        return ParameterShapes.of(block, new Shape(1, channels, HEIGHT, WIDTH)).values().stream()
                .filter(shape -> shape.dimension() == 4)
                .toList();
    }

    private static float[] plane(float[] values, int channels, int image, int channel) {
        int start = (image * channels + channel) * HEIGHT * WIDTH;
        return Arrays.copyOfRange(values, start, start + HEIGHT * WIDTH);
    }

    /** Some channels of each of two images, in the order given. */
    private static float[] channels(float[] values, int channels, int... order) {
        FloatBuffer chosen = FloatBuffer.allocate(2 * order.length * HEIGHT * WIDTH);
        for (int image = 0; image < 2; image++) {
            for (int channel : order) {
                chosen.put(plane(values, channels, image, channel));
            }
        }
        return chosen.array();
    }

    private static float min(float[] values) {
        float least = Float.POSITIVE_INFINITY;
        for (float value : values) {
            least = Math.min(least, value);
        }
        return least;
    }

    private static float max(float[] values) {
        float most = Float.NEGATIVE_INFINITY;
        for (float value : values) {
            most = Math.max(most, value);
        }
        return most;
    }

    /** A block with the formula's weights, some of them set by hand, and an input. */
    private record Trial(EfficientBlock block, NDManager manager, Shape input)
            implements AutoCloseable {

        static Trial of(String engine, EfficientBlock block, int channels) {
            NDManager manager = Engines.manager(engine);
            Shape input = new Shape(2, channels, HEIGHT, WIDTH);
            return new Trial(BlockCatalogue.fill(block, manager, input), manager, input);
        }

        Trial set(String name, float value) {
            NDArray array = BlockNames.parameters(block).get(name).getArray();
            float[] values = new float[Math.toIntExact(array.size())];
            Arrays.fill(values, value);
            array.set(values);
            return this;
        }

        /** Makes a batch norm give zeros. */
        Trial silence(String norm) {
            return set(norm + "weight", 0).set(norm + "bias", 0);
        }

        float[] x() {
            return Formula.input(input, 1);
        }

        float[] y() {
            return forward(block, manager.create(x(), input)).toFloatArray();
        }

        @Override
        public void close() {
            manager.close();
        }
    }
}
