package org.efficientzoo.blocks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.reference.Formula.Kind;
import org.junit.jupiter.params.provider.Arguments;

/** Every block of the project in its variants, built small: what tests of blocks run over. */
public final class BlockCatalogue {

    private static final Nonlinearity LEAKY = Nonlinearity.leakyRelu(0.1f);

    private static final List<Entry> ENTRIES =
            List.of(
                    entry(
                            "ConvNormActivation.pointwise(4, 6, RELU)",
                            4,
                            () -> ConvNormActivation.pointwise(4, 6, Nonlinearity.RELU)),
                    entry(
                            "ConvNormActivation.grouped(6, 9, 3, 2, 3, RELU6)",
                            6,
                            () -> ConvNormActivation.grouped(6, 9, 3, 2, 3, Nonlinearity.RELU6)),
                    entry(
                            "ConvNormActivation.depthwise(6, 5, 1, NONE)",
                            6,
                            () -> ConvNormActivation.depthwise(6, 5, 1, Nonlinearity.NONE)),
                    entry(
                            "ConvNormActivation.depthwise(6, 3, 2, LEAKY)",
                            6,
                            () -> ConvNormActivation.depthwise(6, 3, 2, LEAKY)),
                    entry("AsymmetricConv(3, 4, 3, 1)", 3, () -> new AsymmetricConv(3, 4, 3, 1)),
                    entry("AsymmetricConv(3, 4, 5, 2)", 3, () -> new AsymmetricConv(3, 4, 5, 2)),
                    entry("StackedConv(3, 4, 3, 1)", 3, () -> new StackedConv(3, 4, 3, 1)),
                    entry("StackedConv(3, 4, 7, 2)", 3, () -> new StackedConv(3, 4, 7, 2)),
                    entry("Bottleneck.resnet(16, 4, 1)", 16, () -> Bottleneck.resnet(16, 4, 1)),
                    entry("Bottleneck.resnet(8, 4, 1)", 8, () -> Bottleneck.resnet(8, 4, 1)),
                    entry("Bottleneck.resnet(16, 4, 2)", 16, () -> Bottleneck.resnet(16, 4, 2)),
                    entry(
                            "Bottleneck.resnext(16, 8, 16, 1, 4)",
                            16,
                            () -> Bottleneck.resnext(16, 8, 16, 1, 4)),
                    entry(
                            "Bottleneck.resnext(8, 8, 16, 2, 4)",
                            8,
                            () -> Bottleneck.resnext(8, 8, 16, 2, 4)),
                    entry(
                            "InvertedResidual(4, 4, 1, 6)",
                            4,
                            () -> new InvertedResidual(4, 4, 1, 6)),
                    entry(
                            "InvertedResidual(4, 6, 1, 6)",
                            4,
                            () -> new InvertedResidual(4, 6, 1, 6)),
                    entry(
                            "InvertedResidual(4, 4, 2, 6)",
                            4,
                            () -> new InvertedResidual(4, 4, 2, 6)),
                    entry(
                            "InvertedResidual(4, 4, 1, 1)",
                            4,
                            () -> new InvertedResidual(4, 4, 1, 1)),
                    entry(
                            "InvertedResidual(4, 6, 2, 1)",
                            4,
                            () -> new InvertedResidual(4, 6, 2, 1)),
                    entry("DepthwiseSeparable(4, 6, 1)", 4, () -> new DepthwiseSeparable(4, 6, 1)),
                    entry("DepthwiseSeparable(4, 6, 2)", 4, () -> new DepthwiseSeparable(4, 6, 2)),
                    entry("ShuffleUnitV1.basic(12, 3)", 12, () -> ShuffleUnitV1.basic(12, 3)),
                    entry("ShuffleUnitV1.basic(12, 1)", 12, () -> ShuffleUnitV1.basic(12, 1)),
                    entry(
                            "ShuffleUnitV1.downsampling(6, 24, 3)",
                            6,
                            () -> ShuffleUnitV1.downsampling(6, 24, 3)),
                    entry(
                            "ShuffleUnitV1(5, 4, 13, 2, 2, 1)",
                            5,
                            () -> new ShuffleUnitV1(5, 4, 13, 2, 2, 1)),
                    entry("ShuffleUnitV2.basic(8)", 8, () -> ShuffleUnitV2.basic(8)),
                    entry(
                            "ShuffleUnitV2.downsampling(6, 8)",
                            6,
                            () -> ShuffleUnitV2.downsampling(6, 8)),
                    entry("Fire(6, 2, 3, 4)", 6, () -> new Fire(6, 2, 3, 4)),
                    entry("DarkResidual(6, LEAKY)", 6, () -> new DarkResidual(6, LEAKY)),
                    entry("ChannelShuffle(2)", 6, () -> new ChannelShuffle(2)),
                    entry(
                            "ChannelShuffle(2, INVERSE)",
                            6,
                            () -> new ChannelShuffle(2, ChannelShuffle.Convention.INVERSE)),
                    entry("ChannelSplit(1, 4)", 6, () -> new ChannelSplit(1, 4)),
                    entry("empty Sequence", 3, () -> new Sequence(List.of())),
                    entry("Sequence of blocks of both kinds", 4, BlockCatalogue::sequence));

    private BlockCatalogue() {}

    /** A way to build a block, and an odd, non-square input of two images that suits it. */
    public record Entry(String name, Supplier<EfficientBlock> build, Shape input) {

        /** Builds the block with weights that follow the formula. */
        EfficientBlock filled(NDManager manager) {
            return fill(build.get(), manager, input);
        }

        /** Makes an input that follows the formula. */
        NDArray x(NDManager manager) {
            return manager.create(Formula.input(input, 1), input);
        }

        /**
         * Whether a parameter is a shift that a later batch norm takes away again, with nothing but
         * a 1×1 convolution or nothing at all between: its gradient is 0 but for rounding.
         */
        boolean isShiftThatCancels(String parameter) {
            return switch (name.replaceAll("\\W.*", "")) {
                case "ShuffleUnitV1" -> parameter.equals("branch_main_1.4.bias");
                case "ShuffleUnitV2" ->
                        Set.of("branch1.1.bias", "branch2.4.bias").contains(parameter);
                case "Sequence" -> Set.of("2.bias", "3.2.conv.3.bias").contains(parameter);
                default -> false;
            };
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** All blocks. */
    public static List<Entry> entries() {
        return ENTRIES;
    }

    /** Engine and entry, for parameterised tests. */
    public static Stream<Arguments> onBothEngines() {
        return Engines.names().stream()
                .flatMap(engine -> ENTRIES.stream().map(entry -> Arguments.of(engine, entry)));
    }

    /** Initialises a block and gives each parameter, statistics included, values of the formula. */
    static <B extends Block> B fill(B block, NDManager manager, Shape input) {
        block.initialize(manager, DataType.FLOAT32, input);
        BlockNames.parameters(block)
                .forEach(
                        (name, parameter) -> {
                            Kind kind =
                                    switch (parameter.getType()) {
                                        case GAMMA -> Kind.BN_W;
                                        case BETA -> Kind.BN_B;
                                        case RUNNING_MEAN -> Kind.BN_M;
                                        case RUNNING_VAR -> Kind.BN_V;
                                        case BIAS -> Kind.BIAS;
                                        default -> Kind.MATRIX;
                                    };
                            NDArray array = parameter.getArray();
                            Shape shape = array.getShape();
                            array.set(FloatBuffer.wrap(Formula.values(name, shape, 1, kind, 1)));
                        });
        return block;
    }

    private static EfficientBlock sequence() {
        return new Sequence(
                List.of(
                        Layers.dropout(0.5f),
                        new Fire(4, 2, 3, 3),
                        Conv2d.builder().setKernelShape(new Shape(3, 3)).setFilters(6).build(),
                        new SequentialBlock()
                                .add(Layers.batchNorm())
                                .add(Activation.reluBlock())
                                .add(new InvertedResidual(6, 6, 1, 2)),
                        ConvNormActivation.pointwise(6, 5, Nonlinearity.NONE),
                        Layers.dropout(0.5f)));
    }

    private static Entry entry(String name, int channels, Supplier<EfficientBlock> build) {
        return new Entry(name, build, new Shape(2, channels, 7, 9));
    }
}
