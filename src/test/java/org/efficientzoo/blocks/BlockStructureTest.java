package org.efficientzoo.blocks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Each block is the drawing of its paper. */
class BlockStructureTest {

    @Test
    void aUnitIsAConvolutionABatchNormAndAnActivation() {
        assertThat(TextOps.of(ConvNormActivation.grouped(6, 9, 3, 2, 3, Nonlinearity.RELU)))
                .isEqualTo("relu(bn(conv3×3/2g3:9(x)))");
        assertThat(TextOps.of(ConvNormActivation.depthwise(6, 5, 1, Nonlinearity.RELU6)))
                .isEqualTo("relu6(bn(conv5×5g6:6(x)))");
        assertThat(TextOps.of(ConvNormActivation.pointwise(6, 8, Nonlinearity.NONE)))
                .isEqualTo("bn(conv1×1:8(x))");
    }

    @Test
    void aResNetBottleneckNarrowsAndWidensAndAddsItsInput() {
        assertThat(TextOps.of(Bottleneck.resnet(256, 64, 1)))
                .isEqualTo(
                        "relu(bn(conv1×1:256(relu(bn(conv3×3:64("
                                + "relu(bn(conv1×1:64(x)))))))) + x)");
    }

    @Test
    void aBottleneckOfOtherShapeProjectsItsInputAndHasItsStrideOnThe3x3() {
        assertThat(TextOps.of(Bottleneck.resnet(256, 128, 2)))
                .isEqualTo(
                        "relu(bn(conv1×1:512(relu(bn(conv3×3/2:128("
                                + "relu(bn(conv1×1:128(x)))))))) + bn(conv1×1/2:512(x)))");
        assertThat(TextOps.of(Bottleneck.resnet(64, 64, 1))).endsWith(" + bn(conv1×1:256(x)))");
    }

    @Test
    void aResNeXtBlockGroupsIts3x3() {
        assertThat(TextOps.of(Bottleneck.resnext(256, 128, 256, 1, 32)))
                .isEqualTo(
                        "relu(bn(conv1×1:256(relu(bn(conv3×3g32:128("
                                + "relu(bn(conv1×1:128(x)))))))) + x)");
    }

    @Test
    void aSeparableUnitIsDepthwiseThenPointwise() {
        assertThat(TextOps.of(new DepthwiseSeparable(32, 64, 2)))
                .isEqualTo("relu6(bn(conv1×1:64(relu6(bn(conv3×3/2g32:32(x))))))");
    }

    @Test
    void anInvertedResidualWidensAndNarrowsWithoutAnActivationAtTheEnd() {
        assertThat(TextOps.of(new InvertedResidual(24, 24, 1, 6)))
                .isEqualTo(
                        "x + bn(conv1×1:24(relu6(bn(conv3×3g144:144("
                                + "relu6(bn(conv1×1:144(x))))))))");
    }

    @Test
    void anInvertedResidualAddsItsInputOnlyWhereTheShapesAgree() {
        assertThat(TextOps.of(new InvertedResidual(24, 24, 1, 6))).startsWith("x + ");
        assertThat(TextOps.of(new InvertedResidual(24, 32, 1, 6))).doesNotContain("+");
        assertThat(TextOps.of(new InvertedResidual(24, 24, 2, 6))).doesNotContain("+");
    }

    @Test
    void anInvertedResidualWithoutExpansionHasTwoConvolutions() {
        assertThat(TextOps.of(new InvertedResidual(32, 16, 1, 1)))
                .isEqualTo("bn(conv1×1:16(relu6(bn(conv3×3g32:32(x)))))");
    }

    @Test
    void aShuffleNetV1UnitOfStride1AddsItsInput() {
        assertThat(TextOps.of(ShuffleUnitV1.basic(240, 3)))
                .isEqualTo(
                        "relu(x + bn(conv1×1g3:240(unshuffle3(bn(conv3×3g60:60("
                                + "relu(bn(conv1×1g3:60(x)))))))))");
    }

    @Test
    void aShuffleNetV1UnitOfStride2PutsItsPooledInputInFront() {
        assertThat(TextOps.of(new ShuffleUnitV1(24, 60, 240, 2, 3, 1)))
                .isEqualTo(
                        "[avg3/2(x) | relu(bn(conv1×1g3:216(unshuffle3(bn(conv3×3/2g60:60("
                                + "relu(bn(conv1×1:60(x)))))))))]");
    }

    @Test
    void aShuffleNetV1UnitOfOneGroupDoesNotShuffle() {
        assertThat(TextOps.of(ShuffleUnitV1.basic(144, 1))).doesNotContain("shuffle");
    }

    @Test
    void aShuffleNetV2UnitOfStride1SplitsAndShuffles() {
        assertThat(TextOps.of(ShuffleUnitV2.basic(116)))
                .isEqualTo(
                        "shuffle2([x[0:58] | relu(bn(conv1×1:58(bn(conv3×3g58:58("
                                + "relu(bn(conv1×1:58(x[58:116]))))))))])");
    }

    @Test
    void aShuffleNetV2UnitOfStride2SeesItsWholeInputTwice() {
        assertThat(TextOps.of(ShuffleUnitV2.downsampling(24, 116)))
                .isEqualTo(
                        "shuffle2([relu(bn(conv1×1:58(bn(conv3×3/2g24:24(x)))))"
                                + " | relu(bn(conv1×1:58(bn(conv3×3/2g58:58("
                                + "relu(bn(conv1×1:58(x))))))))])");
    }

    @Test
    void aFireModuleSqueezesAndExpandsTwice() {
        String squeezed = "relu(conv1×1:16+bias(x))";
        assertThat(TextOps.of(new Fire(96, 16, 64, 48)))
                .isEqualTo(
                        "[relu(conv1×1:64+bias(%s)) | relu(conv3×3:48+bias(%s))]"
                                .formatted(squeezed, squeezed));
    }

    @Test
    void aDarkResidualHasNoActivationBehindTheAddition() {
        assertThat(TextOps.of(new DarkResidual(64, Nonlinearity.leakyRelu(0.1f))))
                .isEqualTo("leaky0.1(bn(conv3×3:64(leaky0.1(bn(conv1×1:32(x)))))) + x");
    }

    @Test
    void aStackedConvolutionIsMadeOf3x3AndTheLastHasTheStride() {
        assertThat(TextOps.of(new StackedConv(3, 8, 7, 2)))
                .isEqualTo("relu(bn(conv3×3/2:8(relu(bn(conv3×3:8(relu(bn(conv3×3:8(x)))))))))");
    }

    @Test
    void anAsymmetricConvolutionIsARowThenAColumn() {
        assertThat(TextOps.of(new AsymmetricConv(3, 8, 7, 2)))
                .isEqualTo("relu(bn(conv7×1/2×1:8(relu(bn(conv1×7/1×2:8(x))))))");
    }

    @Test
    void aShuffleIsThePapersUnlessToldOtherwise() {
        assertThat(TextOps.of(new ChannelShuffle(3))).isEqualTo("shuffle3(x)");
        assertThat(TextOps.of(new ChannelShuffle(3, ChannelShuffle.Convention.INVERSE)))
                .isEqualTo("unshuffle3(x)");
    }
}
