package org.efficientzoo.zoo.network;

import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import java.util.ArrayList;
import java.util.List;
import org.efficientzoo.blocks.ConvNormActivation;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.Initializers;
import org.efficientzoo.blocks.Layers;
import org.efficientzoo.blocks.Ops;
import org.efficientzoo.blocks.Pooling;
import org.efficientzoo.blocks.Sequence;
import org.efficientzoo.blocks.ShuffleUnitV2;

/**
 * ShuffleNetV2: a 3×3 stem, a max pooling, three stages of units and a 1×1 convolution.
 *
 * <p>Takes (N, channels, H, W), returns logits (N, classes). Parameters are named as in
 * torchvision. The halvings that {@code stemStride} counts are the stem's stride and the pooling
 * behind it.
 *
 * @see <a href="https://arxiv.org/abs/1807.11164">ShuffleNet V2, table 5</a>
 */
public final class ShuffleNetV2 extends EfficientBlock {

    private static final Pooling POOL = new Pooling(3, 2, 1, false);
    private static final int STEM = 24;

    /** The four sizes, by the output channels of their stages. */
    public enum Scale {
        /** Half the channels. */
        X0_5(48, 96, 192, 1024), // stages 2, 3, 4, last convolution
        /** The network of the paper's figures. */
        X1_0(116, 232, 464, 1024),
        /** One and a half times the channels. */
        X1_5(176, 352, 704, 1024),
        /** Twice the channels. */
        X2_0(244, 488, 976, 2048);

        private final List<Stage> stages;
        private final int last;

        Scale(int stage2, int stage3, int stage4, int last) {
            this.stages = List.of(new Stage(stage2, 4), new Stage(stage3, 8), new Stage(stage4, 4));
            this.last = last;
        }
    }

    private record Stage(int channels, int repeats) {}

    private final boolean pooled;
    private final ConvNormActivation stem;
    private final List<Sequence> stages = new ArrayList<>();
    private final ConvNormActivation last;
    private final Dropout dropout;
    private final Linear classifier;

    private ShuffleNetV2(Builder builder) {
        this.pooled = builder.halves(1);
        this.stem = child("conv1", unit(builder.inputChannels(), STEM, 3, builder.stride(0)));
        int channels = STEM;
        for (Stage stage : builder.scale.stages) {
            List<ShuffleUnitV2> units = new ArrayList<>();
            for (int i = 0; i < stage.repeats; i++) {
                units.add(new ShuffleUnitV2(channels, stage.channels, i == 0 ? 2 : 1));
                channels = stage.channels;
            }
            stages.add(child("stage" + (stages.size() + 2), new Sequence(units)));
        }
        this.last = child("conv5", unit(channels, builder.scale.last, 1, 1));
        this.dropout = child("dropout", Layers.dropout(builder.dropout()));
        this.classifier = child("fc", Layers.linear(builder.scale.last, builder.classes()));
    }

    private static ConvNormActivation unit(int in, int out, int kernel, int stride) {
        return ConvNormActivation.builder(in, out)
                .optKernel(kernel)
                .optStride(stride)
                .optInitializer(Initializers.uniformFanIn())
                .build();
    }

    /**
     * Starts a network with 1000 classes and no dropout.
     *
     * @param scale the size
     * @return the builder
     */
    public static Builder builder(Scale scale) {
        return new Builder(scale);
    }

    @Override
    protected <T> T forward(Ops<T> ops, T x) {
        T y = ops.call(stem, x);
        if (pooled) {
            y = ops.maxPool(POOL, y);
        }
        for (Sequence stage : stages) {
            y = ops.call(stage, y);
        }
        y = ops.globalAvgPool(ops.call(last, y));
        return ops.linear(classifier, ops.dropout(dropout, y));
    }

    /** Builds a {@link ShuffleNetV2}. */
    public static final class Builder extends NetworkBuilder<Builder> {

        private final Scale scale;

        private Builder(Scale scale) {
            super(0f);
            this.scale = scale;
        }

        @Override
        public ShuffleNetV2 build() {
            return new ShuffleNetV2(this);
        }

        @Override
        Builder self() {
            return this;
        }
    }
}
