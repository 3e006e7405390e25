package org.efficientzoo.zoo.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.pooling.Pool;
import ai.onnx.proto.OnnxMl;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.efficientzoo.blocks.BlockCatalogue;
import org.efficientzoo.blocks.Layers;
import org.efficientzoo.blocks.Nonlinearity;
import org.efficientzoo.blocks.Pooling;
import org.efficientzoo.blocks.TestBlocks;
import org.efficientzoo.reference.Engines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every block of the project as an ONNX file, alone and among DJL's own. */
class OnnxBlocksTest {

    /** Blocks give float sums of other orders: a few roundings of the largest value. */
    private static final double TOLERANCE = 1e-5;

    private static final OnnxOptions DEFAULT = OnnxOptions.DEFAULT.withVerify(false);

    private static final List<OnnxOptions> WAYS =
            List.of(
                    DEFAULT,
                    DEFAULT.withPermuteChannels(false),
                    DEFAULT.withFoldNorms(false),
                    DEFAULT.withDynamicSize(true),
                    DEFAULT.withPermuteChannels(false).withDynamicSize(true));

    @TempDir private Path folder;

    static List<BlockCatalogue.Entry> entries() {
        assertThat(BlockCatalogue.entries()).isNotEmpty();
        return BlockCatalogue.entries();
    }

    private void check(Block block, Shape input, List<OnnxOptions> ways) throws Exception {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            TestBlocks.filled(block, input, manager);
            NDArray x = TestBlocks.input(input, manager);
            float[] expected = TestBlocks.predict(block, x).toFloatArray();
            for (OnnxOptions way : ways) {
                Path file = folder.resolve("block.onnx");
                OnnxExporter.export(block, input, way, OnnxMetadata.of("block"), file);
                float[] found = OnnxFiles.run(file, x.toFloatArray(), input);
                assertThat(OnnxFiles.difference(expected, found))
                        .as("difference with %s", way)
                        .isLessThan(TOLERANCE);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("entries")
    void computesAlone(BlockCatalogue.Entry entry) throws Exception {
        check(entry.build().get(), entry.input(), WAYS);
    }

    @ParameterizedTest
    @MethodSource("entries")
    void computesInASequenceOfTheUsers(BlockCatalogue.Entry entry) throws Exception {
        SequentialBlock user =
                new SequentialBlock()
                        .add(Layers.batchNorm())
                        .add(entry.build().get())
                        .add(Conv2d.builder().setKernelShape(new Shape(1, 1)).setFilters(5).build())
                        .add(Activation.reluBlock())
                        .add(Layers.dropout(0.5f))
                        .add(Pool.globalAvgPool2dBlock())
                        .add(Layers.linear(5, 7))
                        .add(Layers.batchNorm())
                        .add(Activation.sigmoidBlock());
        check(user, entry.input(), WAYS);
    }

    /** Windows that are incomplete, or padded, or both, at sizes where they begin outside. */
    static List<Pooling> windows() {
        List<Pooling> windows = new ArrayList<>();
        for (int kernel = 1; kernel <= 4; kernel++) {
            for (int stride = 1; stride <= 5; stride++) {
                for (int padding = 0; padding <= kernel / 2; padding++) {
                    windows.add(new Pooling(kernel, stride, padding, true));
                    windows.add(new Pooling(kernel, stride, padding, false));
                }
            }
        }
        return windows;
    }

    @ParameterizedTest
    @MethodSource("windows")
    void poolsTheSameWindows(Pooling window) throws Exception {
        List<OnnxOptions> ways = new ArrayList<>(List.of(DEFAULT));
        boolean agreed = window.padding() == 0 && window.stride() <= window.kernel();
        if (!window.ceilMode() || agreed) {
            ways.add(DEFAULT.withDynamicSize(true));
        }
        Shape input = new Shape(2, 3, 9, 10);
        check(TestBlocks.maxPool(window), input, ways);
        check(TestBlocks.avgPool(window), input, ways);
    }

    @Test
    void computesEachActivation() throws Exception {
        Shape input = new Shape(2, 3, 5, 7);
        for (Nonlinearity function :
                List.of(
                        Nonlinearity.NONE,
                        Nonlinearity.RELU,
                        Nonlinearity.RELU6,
                        Nonlinearity.leakyRelu(0.3f))) {
            check(TestBlocks.activation(function), input, List.of(DEFAULT));
        }
        for (Block block :
                List.of(
                        Activation.relu6Block(),
                        Activation.tanhBlock(),
                        Activation.seluBlock(),
                        Pool.globalAvgPool2dBlock())) {
            check(new SequentialBlock().add(block), input, List.of(DEFAULT));
        }
    }

    @Test
    void spreadsKernels() throws Exception {
        Conv2d.Builder conv = Conv2d.builder().setKernelShape(new Shape(3, 3)).setFilters(6);
        SequentialBlock user =
                new SequentialBlock()
                        .add(conv.optDilation(new Shape(2, 3)).optPadding(new Shape(2, 1)).build())
                        .add(Layers.batchNorm())
                        .add(Activation.reluBlock());
        check(user, new Shape(2, 4, 9, 11), WAYS);
    }

    /** Values of 1024 bytes and more lie in the file beside the graph, equal ones once. */
    @Test
    void writesALayerThatStandsTwiceOnceBesideTheGraph() throws Exception {
        Shape input = new Shape(2, 16, 5, 7);
        Block conv = Conv2d.builder().setKernelShape(new Shape(1, 1)).setFilters(16).build();
        SequentialBlock twice = new SequentialBlock().add(conv).add(conv);
        check(twice, input, List.of(DEFAULT.withExternalWeights(true)));
        List<OnnxMl.TensorProto> tensors =
                OnnxFiles.read(folder.resolve("block.onnx")).getGraph().getInitializerList();
        assertThat(tensors)
                .extracting(OnnxMl.TensorProto::getName)
                .containsExactly("0.weight", "0.bias");
        assertThat(tensors.get(0).hasRawData()).isFalse();
        assertThat(tensors.get(0).getExternalDataCount()).isEqualTo(3);
        assertThat(folder.resolve("block.onnx.data")).hasSize(4 * 16 * 16);
    }

    /** As above, where a batch norm between them has gone into the first. */
    @Test
    void writesOtherValuesOfALayerThatStandsTwiceBesideTheGraph() throws Exception {
        Shape input = new Shape(2, 16, 5, 7);
        Block conv = Conv2d.builder().setKernelShape(new Shape(1, 1)).setFilters(16).build();
        SequentialBlock other = new SequentialBlock().add(conv).add(Layers.batchNorm()).add(conv);
        check(other, input, List.of(DEFAULT.withExternalWeights(true)));
        List<OnnxMl.TensorProto> tensors =
                OnnxFiles.read(folder.resolve("block.onnx")).getGraph().getInitializerList();
        assertThat(tensors)
                .extracting(OnnxMl.TensorProto::getName)
                .containsExactly("0.weight", "0.bias", "0.weight_2", "0.bias_2");
        assertThat(tensors).filteredOn(OnnxMl.TensorProto::hasRawData).hasSize(2);
    }

    @Test
    void letsAConvolutionStandTwice() throws Exception {
        Block conv = Conv2d.builder().setKernelShape(new Shape(1, 1)).setFilters(4).build();
        Block norm = Layers.batchNorm();
        SequentialBlock user = new SequentialBlock().add(conv).add(norm).add(conv).add(conv);
        Shape input = new Shape(2, 4, 5, 7);
        check(user, input, List.of(DEFAULT));
        assertThat(OnnxFiles.read(folder.resolve("block.onnx")).getGraph().getInitializerList())
                .extracting(tensor -> tensor.getName())
                .containsExactly("0.weight", "0.bias", "0.weight_2", "0.bias_2");
    }
}
