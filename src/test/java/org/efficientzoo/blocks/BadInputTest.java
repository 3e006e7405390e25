package org.efficientzoo.blocks;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.efficientzoo.reference.Engines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Errors say the rule and the value. */
class BadInputTest {

    private static Arguments refused(String message, ThrowingCallable construction) {
        return Arguments.of(message, construction);
    }

    private static ThrowingCallable reads(EfficientBlock block, long... shape) {
        return () -> block.getOutputShapes(new Shape[] {new Shape(shape)});
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                refused(
                        "groups must divide the input channels, found groups 4, input channels 30",
                        () -> ConvNormActivation.grouped(30, 60, 3, 1, 4, Nonlinearity.RELU)),
                refused(
                        "groups must divide the output channels, found groups 3, output channels 10",
                        () -> GroupedConv2d.builder(6, 10).optGroups(3).build()),
                refused(
                        "groups must be positive, found 0",
                        () -> GroupedConv2d.builder(6, 10).optGroups(0).build()),
                refused(
                        "input channels must be positive, found 0",
                        () -> GroupedConv2d.builder(0, 10)),
                refused(
                        "output channels must be positive, found -1",
                        () -> GroupedConv2d.builder(3, -1)),
                refused(
                        "a padded kernel must be odd, found 3x4",
                        () -> GroupedConv2d.builder(3, 3).optKernel(3, 4).build()),
                refused(
                        "kernel height must be positive, found 0",
                        () -> GroupedConv2d.builder(3, 3).optKernel(0)),
                refused(
                        "stride must be positive, found 0",
                        () -> GroupedConv2d.builder(3, 3).optStride(0)),
                refused("stride must be 1 or 2, found 3", () -> new DepthwiseSeparable(8, 8, 3)),
                refused(
                        "expansion must be positive, found 0",
                        () -> new InvertedResidual(8, 8, 1, 0)),
                refused(
                        "input channels must be positive, found -5",
                        () -> new InvertedResidual(-5, 8, 1, 6)),
                refused(
                        "input channels times 6 must be below 2^31, found 2000000000",
                        () -> new InvertedResidual(2_000_000_000, 8, 1, 6)),
                refused("stride must be 1 or 2, found 0", () -> new Bottleneck(8, 8, 8, 0, 1)),
                refused(
                        "inner channels times 4 must be below 2^31, found 1000000000",
                        () -> Bottleneck.resnet(8, 1_000_000_000, 1)),
                refused(
                        "groups must divide the input channels, found groups 32, input channels 100",
                        () -> Bottleneck.resnext(256, 100, 256, 1, 32)),
                refused(
                        "halves must divide the channels, found halves 2, channels 7",
                        () -> new DarkResidual(7, Nonlinearity.RELU)),
                refused(
                        "a unit of stride 1 must have no other output channels than input channels, found 24 and 12",
                        () -> new ShuffleUnitV1(12, 6, 24, 1, 3, 3)),
                refused(
                        "a unit of stride 2 must have more output channels than input channels, found 12 and 12",
                        () -> new ShuffleUnitV1(12, 6, 12, 2, 3, 3)),
                refused(
                        "groups must divide the bottleneck channels, found groups 3, bottleneck channels 4",
                        () -> new ShuffleUnitV1(12, 4, 12, 1, 3, 3)),
                refused(
                        "four times the groups must divide the channels, found four times the groups 4, channels 30",
                        () -> ShuffleUnitV1.basic(30, 1)),
                refused(
                        "four times the groups must divide the output channels, found four times the groups 12, output channels 30",
                        () -> ShuffleUnitV1.downsampling(12, 30, 3)),
                refused(
                        "branches must divide the output channels, found branches 2, output channels 9",
                        () -> new ShuffleUnitV2(9, 9, 1)),
                refused(
                        "a unit of stride 1 keeps the channels, found 8 in, 16 out",
                        () -> new ShuffleUnitV2(8, 16, 1)),
                refused("groups must be positive, found 0", () -> new ChannelShuffle(0)),
                refused(
                        "a range of channels must not be empty, found 4 to 4",
                        () -> new ChannelSplit(4, 4)),
                refused(
                        "a kernel made of 3x3 ones must be odd and at least 3, found 4",
                        () -> new StackedConv(8, 8, 4, 1)),
                refused(
                        "dropout must be at least 0 and below 1, found 1.0",
                        () -> Layers.dropout(1f)),
                refused(
                        "dropout must be at least 0 and below 1, found NaN",
                        () -> Layers.dropout(Float.NaN)),
                refused(
                        "leaky slope must be finite, found NaN",
                        () -> Nonlinearity.leakyRelu(Float.NaN)),
                refused("pooling kernel must be positive, found 0", () -> Pooling.of(0, 1)),
                refused(
                        "pooling padding must be between 0 and half the kernel, found padding 2, kernel 3",
                        () -> new Pooling(3, 2, 2, false)),
                refused(
                        "the convolution takes (N, 64, H, W), found the shape (1, 32, 8, 8)",
                        reads(new Fire(64, 16, 64, 64), 1, 32, 8, 8)),
                refused(
                        "a feature map has the shape (N, C, H, W), found (64, 8, 8)",
                        reads(new Fire(64, 16, 64, 64), 64, 8, 8)),
                refused(
                        "groups must divide the input channels, found groups 4, input channels 6",
                        reads(new ChannelShuffle(4), 1, 6, 8, 8)),
                refused(
                        "a range of channels must lie within the input, found 4 to 9 of (1, 8, 3, 3)",
                        reads(new ChannelSplit(4, 9), 1, 8, 3, 3)),
                refused(
                        "the input is too small, found (1, 8, 2, 9) before a pooling",
                        reads(TestBlocks.maxPool(Pooling.of(3, 2)), 1, 8, 2, 9)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void isRefusedWithTheRuleAndTheValue(String message, ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @ParameterizedTest
    @MethodSource("org.efficientzoo.reference.Engines#names")
    void isFoundAtInitialisationBeforeAnythingIsComputed(String engine) {
        Fire fire = new Fire(64, 16, 64, 64);
        try (NDManager manager = Engines.manager(engine)) {
            assertThatThrownBy(
                            () ->
                                    fire.initialize(
                                            manager, DataType.FLOAT32, new Shape(1, 32, 8, 8)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "the convolution takes (N, 64, H, W), found the shape (1, 32, 8, 8)");
        }
    }

    @Test
    void twoChildrenOfOneNameAreRefused() {
        assertThatThrownBy(
                        () ->
                                new EfficientBlock() {
                                    {
                                        child("a", new Sequence(List.of()));
                                        child("a", new Sequence(List.of()));
                                    }

                                    @Override
                                    protected <T> T forward(Ops<T> ops, T x) {
                                        return x;
                                    }
                                })
                .hasMessage("two children have the name a");
    }
}
