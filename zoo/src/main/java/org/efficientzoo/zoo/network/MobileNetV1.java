package org.efficientzoo.zoo.network;

import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import java.util.ArrayList;
import java.util.List;
import org.efficientzoo.blocks.DepthwiseSeparable;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.GroupedConv2d;
import org.efficientzoo.blocks.Initializers;
import org.efficientzoo.blocks.Layers;
import org.efficientzoo.blocks.Nonlinearity;
import org.efficientzoo.blocks.Ops;
import org.efficientzoo.blocks.Sequence;

/**
 * MobileNetV1: a 3×3 stem and thirteen depthwise separable units.
 *
 * <p>Takes (N, channels, H, W), returns logits (N, classes). Parameters are named as in timm's
 * {@code mobilenetv1_100}; padding is symmetric. The halvings that {@code stemStride} counts are
 * the stem's stride and that of the first unit with one.
 *
 * @see <a href="https://arxiv.org/abs/1704.04861">MobileNets, table 1</a>
 */
public final class MobileNetV1 extends EfficientBlock {

    private static final int STEM = 32;

    private static final List<Stage> STAGES =
            List.of(
                    new Stage(64, 1, 1), // c, n, s
                    new Stage(128, 2, 2),
                    new Stage(256, 2, 2),
                    new Stage(512, 6, 2),
                    new Stage(1024, 2, 2));

    private record Stage(int channels, int repeats, int stride) {}

    private final GroupedConv2d stem;
    private final BatchNorm stemNorm;
    private final Sequence blocks;
    private final Dropout dropout;
    private final Linear classifier;

    private MobileNetV1(Builder builder) {
        Width width = builder.width;
        int channels = width.of(STEM);
        this.stem =
                child(
                        "conv_stem",
                        GroupedConv2d.builder(builder.inputChannels(), channels)
                                .optKernel(3)
                                .optStride(builder.stride(0))
                                .optInitializer(Initializers.normalFanOutByGroups(1))
                                .build());
        this.stemNorm = child("bn1", Layers.batchNorm());
        int halvings = 1; // the stem's
        List<Sequence> stages = new ArrayList<>();
        for (Stage stage : STAGES) {
            int stride = stage.stride == 2 ? builder.stride(halvings++) : 1;
            List<DepthwiseSeparable> units = new ArrayList<>();
            for (int i = 0; i < stage.repeats; i++) {
                int out = width.of(stage.channels);
                units.add(new DepthwiseSeparable(channels, out, i == 0 ? stride : 1));
                channels = out;
            }
            stages.add(new Sequence(units));
        }
        this.blocks = child("blocks", new Sequence(stages));
        this.dropout = child("dropout", Layers.dropout(builder.dropout()));
        this.classifier =
                child(
                        "classifier",
                        Layers.linear(
                                channels, builder.classes(), true, Initializers.uniformFanOut()));
    }

    /**
     * Starts a network with 1000 classes, width 1 and no dropout.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    protected <T> T forward(Ops<T> ops, T x) {
        T y = ops.activation(Nonlinearity.RELU6, ops.batchNorm(stemNorm, ops.conv(stem, x)));
        y = ops.globalAvgPool(ops.call(blocks, y));
        return ops.linear(classifier, ops.dropout(dropout, y));
    }

    /** Builds a {@link MobileNetV1}. */
    public static final class Builder extends NetworkBuilder<Builder> {

        private Width width = new Width(1, 8);

        private Builder() {
            super(0f);
        }

        /**
         * Sets the width multiplier; channels are rounded to multiples of 8.
         *
         * @param factor the factor, α in the paper
         * @return this builder
         * @throws IllegalArgumentException if the factor is not positive
         */
        public Builder optWidth(double factor) {
            this.width = new Width(factor, 8);
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
        public MobileNetV1 build() {
            return new MobileNetV1(this);
        }

        @Override
        Builder self() {
            return this;
        }
    }
}
