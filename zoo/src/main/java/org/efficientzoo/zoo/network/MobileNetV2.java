package org.efficientzoo.zoo.network;

import ai.djl.nn.Block;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import java.util.ArrayList;
import java.util.List;
import org.efficientzoo.blocks.ConvNormActivation;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.Initializers;
import org.efficientzoo.blocks.InvertedResidual;
import org.efficientzoo.blocks.Layers;
import org.efficientzoo.blocks.Nonlinearity;
import org.efficientzoo.blocks.Ops;
import org.efficientzoo.blocks.Sequence;

/**
 * MobileNetV2: a 3×3 stem, seventeen inverted residuals and a 1×1 convolution.
 *
 * <p>Takes (N, channels, H, W), returns logits (N, classes). Parameters are named as in
 * torchvision. The halvings that {@code stemStride} counts are the stem's stride and that of the
 * first inverted residual with one.
 *
 * @see <a href="https://arxiv.org/abs/1801.04381">MobileNetV2, table 2</a>
 */
public final class MobileNetV2 extends EfficientBlock {

    private static final int STEM = 32;
    private static final int LAST = 1280;

    private static final List<Stage> STAGES =
            List.of(
                    new Stage(1, 16, 1, 1), // t, c, n, s
                    new Stage(6, 24, 2, 2),
                    new Stage(6, 32, 3, 2),
                    new Stage(6, 64, 4, 2),
                    new Stage(6, 96, 3, 1),
                    new Stage(6, 160, 3, 2),
                    new Stage(6, 320, 1, 1));

    private record Stage(int expansion, int channels, int repeats, int stride) {}

    private final Sequence features;
    private final Dropout dropout;
    private final Linear classifier;

    private MobileNetV2(Builder builder) {
        Width width = builder.width;
        List<Block> blocks = new ArrayList<>();
        int channels = width.of(STEM);
        blocks.add(
                ConvNormActivation.grouped(
                        builder.inputChannels(),
                        channels,
                        3,
                        builder.stride(0),
                        1,
                        Nonlinearity.RELU6));
        int halvings = 1; // the stem's
        for (Stage stage : STAGES) {
            int out = width.of(stage.channels);
            int stride = stage.stride == 2 ? builder.stride(halvings++) : 1;
            for (int i = 0; i < stage.repeats; i++) {
                blocks.add(
                        new InvertedResidual(channels, out, i == 0 ? stride : 1, stage.expansion));
                channels = out;
            }
        }
        int last = width.factor() > 1 ? width.of(LAST) : LAST; // a narrow network keeps its head
        blocks.add(ConvNormActivation.pointwise(channels, last, Nonlinearity.RELU6));
        this.features = child("features", new Sequence(blocks));
        this.dropout = child("classifier.0", Layers.dropout(builder.dropout()));
        this.classifier =
                child(
                        "classifier.1",
                        Layers.linear(last, builder.classes(), true, Initializers.normal(0.01f)));
    }

    /**
     * Starts a network with 1000 classes, width 1 and dropout 0.2.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** How many blocks there are in each stage. */
    static List<Integer> repeats() {
        return STAGES.stream().map(Stage::repeats).toList();
    }

    @Override
    protected <T> T forward(Ops<T> ops, T x) {
        T y = ops.globalAvgPool(ops.call(features, x));
        return ops.linear(classifier, ops.dropout(dropout, y));
    }

    /** Builds a {@link MobileNetV2}. */
    public static final class Builder extends NetworkBuilder<Builder> {

        private Width width = new Width(1, 8);

        private Builder() {
            super(0.2f);
        }

        /**
         * Sets the width multiplier. Channels are rounded to multiples of 8, or of 4 up to a width
         * of 0.1, as in the network of that width that was published.
         *
         * @param factor the factor
         * @return this builder
         * @throws IllegalArgumentException if the factor is not positive
         */
        public Builder optWidth(double factor) {
            this.width = new Width(factor, factor <= 0.1 ? 4 : 8);
            return this;
        }

        @Override
        boolean set(NetworkOption option, Number value) {
            if (option != NetworkOption.WIDTH) {
                return super.set(option, value);
            }
            optWidth(value.doubleValue());
            return true;
        }

        @Override
        public MobileNetV2 build() {
            return new MobileNetV2(this);
        }

        @Override
        Builder self() {
            return this;
        }
    }
}
