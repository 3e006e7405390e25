package org.efficientzoo.zoo.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.pooling.Pool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.GroupedConv2d;
import org.efficientzoo.blocks.Layers;
import org.efficientzoo.blocks.Nonlinearity;
import org.efficientzoo.blocks.Pooling;
import org.efficientzoo.blocks.Sequence;
import org.efficientzoo.blocks.TestBlocks;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be exported is refused in one line, and nothing is left of it. */
class OnnxFailuresTest {

    private static final Shape INPUT = new Shape(1, 3, 8, 8);
    private static final OnnxOptions SOFTMAX = OnnxOptions.DEFAULT.withSoftmax(true);
    private static final Block RELU = TestBlocks.activation(Nonlinearity.RELU);

    @TempDir private Path folder;

    private void export(Block block, OnnxOptions options, Path target) throws Exception {
        OnnxExporter.export(block, INPUT, options, OnnxMetadata.of("net"), target);
    }

    private void export(Block block, OnnxOptions options) throws Exception {
        export(block, options, folder.resolve("net.onnx"));
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void refusesABlockThatIsNotInitialised() {
        assertThatThrownBy(() -> export(Networks.get("squeezenet1_1").build(), OnnxOptions.DEFAULT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("must be initialised")
                .hasMessageContaining("features.0.weight");
    }

    @Test
    void namesTheBlockThatItDoesNotKnow() {
        SequentialBlock user =
                new SequentialBlock()
                        .add(new SequentialBlock().add(RELU).add(LambdaBlock.singleton(x -> x)));
        assertThatThrownBy(() -> export(user, OnnxOptions.DEFAULT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a LambdaBlock")
                .hasMessageContaining("found it at 0.1");
    }

    /** Also where PyTorch has a script that computes as the file does, and not as the block. */
    @Test
    void refusesWhatOnnxRuntimeComputesOtherwise() throws Exception {
        Block liar = LambdaBlock.singleton(x -> isTried(x) ? Activation.relu(x) : x.abs(), "ReLU");
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            for (Block root :
                    List.of(
                            new SequentialBlock().add(liar),
                            new Sequence(List.of(GroupedConv2d.builder(3, 3).build(), liar)))) {
                root.initialize(manager, DataType.FLOAT32, INPUT);
                root.freezeParameters(true); // else no script predicts
                assertThatThrownBy(() -> export(root, OnnxOptions.DEFAULT))
                        .isInstanceOf(MalformedModelException.class)
                        .hasMessageContaining("must compute what the network computes");
            }
        }
    }

    /** Whether a block is given six values to see whether it is what its name says. */
    private static boolean isTried(NDArray x) {
        return x.getShape().equals(new Shape(1, 1, 2, 3));
    }

    /** A class has 4e-19 in the file and 3e-20 in the network, beside one that has all the rest. */
    @Test
    void refusesASmallProbabilityThatIsAnotherOne() throws Exception {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            Block liar = certain(manager, 50);
            assertThatThrownBy(() -> export(liar, SOFTMAX))
                    .isInstanceOf(MalformedModelException.class)
                    .hasMessageContaining("must compute what the network computes");
        }
    }

    /** Both are less than what is compared. */
    @Test
    void doesNotMindWhichOneAVanishingProbabilityIs() throws Exception {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            export(certain(manager, 90), SOFTMAX);
        }
        Files.delete(folder.resolve("net.onnx"));
    }

    /**
     * Has the same three logits for all images, of which the second is 7.5 in the file and 5 in the
     * network.
     */
    private static Block certain(NDManager manager, float first) {
        NDArray less = manager.create(new float[] {0, 2.5f, 0});
        SequentialBlock block =
                new SequentialBlock()
                        .add(Pool.globalAvgPool2dBlock())
                        .add(Layers.linear(3, 3))
                        .add(
                                LambdaBlock.singleton(
                                        x -> isTried(x) ? Activation.relu(x) : x.sub(less),
                                        "ReLU"));
        block.initialize(manager, DataType.FLOAT32, INPUT);
        TestBlocks.set(block, "1.weight", 0);
        NDArray bias = BlockNames.parameters(block).get("1.bias").getArray();
        manager.create(new float[] {first, 7.5f, 4}).copyTo(bias);
        return block;
    }

    @Test
    void refusesATargetThatIsADirectory() {
        assertThatThrownBy(() -> export(RELU, OnnxOptions.DEFAULT, folder))
                .isInstanceOf(IOException.class)
                .hasMessage(folder + " is a directory; name a file in it");
    }

    @Test
    void refusesATargetWithoutADirectory() {
        Path target = folder.resolve("none").resolve("net.onnx");
        assertThatThrownBy(() -> export(RELU, OnnxOptions.DEFAULT, target))
                .isInstanceOf(IOException.class)
                .hasMessage("there is no folder %s; create it first", target.getParent());
    }

    @Test
    void refusesADirectoryThatTakesNoFiles() {
        Path target = Path.of("/proc/net.onnx"); // even for the superuser
        assumeTrue(Files.isDirectory(Path.of("/proc")), "there is no /proc here");
        assertThatThrownBy(() -> export(RELU, OnnxOptions.DEFAULT, target))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot write in the folder /proc: ")
                .hasMessageEndingWith("; name another place");
    }

    @Test
    void refusesPixelsWithoutTheirStatistics() {
        assertThatThrownBy(() -> export(RELU, OnnxOptions.DEFAULT.withPixelInput(true)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs the mean and the std");
    }

    @Test
    void refusesASoftmaxOfFeatureMaps() {
        assertThatThrownBy(() -> export(RELU, OnnxOptions.DEFAULT.withSoftmax(true)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a softmax needs logits");
    }

    @Test
    void refusesFreeSizesWhereRuntimesDisagree() {
        Block block = TestBlocks.maxPool(new Pooling(3, 2, 1, true));
        assertThatThrownBy(() -> export(block, OnnxOptions.DEFAULT.withDynamicSize(true)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must have no padding and no gaps");
    }

    @Test
    void refusesInputsOfAnotherRank() {
        assertThatThrownBy(
                        () ->
                                OnnxExporter.export(
                                        RELU,
                                        new Shape(1, 3),
                                        OnnxOptions.DEFAULT,
                                        OnnxMetadata.of("net"),
                                        folder.resolve("net.onnx")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has the shape (N, C, H, W)");
    }
}
