package org.efficientzoo.zoo.network;

import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.initializer.ConstantInitializer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.efficientzoo.blocks.ConvNormActivation;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.Initializers;
import org.efficientzoo.blocks.Layers;
import org.efficientzoo.blocks.Ops;
import org.efficientzoo.blocks.Pooling;
import org.efficientzoo.blocks.Sequence;
import org.efficientzoo.blocks.ShuffleUnitV1;

/**
 * ShuffleNetV1: a 3×3 stem, a max pooling and three stages of grouped units.
 *
 * <p>Takes (N, channels, H, W), returns logits (N, classes). Parameters are named as in the
 * authors' release (megvii ShuffleNet-Series), whose linear layer has no bias and whose shuffle is
 * the inverse of the paper's. The pooling at the end is global, which is the released 7×7 one at
 * 224×224. The halvings that {@code stemStride} counts are the stem's stride and the pooling behind
 * it.
 *
 * @see <a href="https://arxiv.org/abs/1707.01083">ShuffleNet, tables 1 and 2</a>
 */
public final class ShuffleNetV1 extends EfficientBlock {

    private static final Pooling POOL = new Pooling(3, 2, 1, false);

    private static final List<Integer> REPEATS = List.of(4, 8, 4);

    /** The output channels of the first stage by groups; each further stage doubles them. */
    private static final Map<Integer, Integer> FIRST_STAGE =
            Map.of(1, 144, 2, 200, 3, 240, 4, 272, 8, 384);

    /** The sizes that there are. */
    public enum Scale {
        /** A quarter of the channels. */
        X0_25(0.25, 6),
        /** Half the channels. */
        X0_5(0.5, 12),
        /** The channels of the paper's table 1. */
        X1_0(1, 24),
        /** One and a half times the channels, but for the stem. */
        X1_5(1.5, 24),
        /** Twice the channels. */
        X2_0(2, 48);

        private final double factor;
        // From the authors' release; the quarter size, which it lacks, continues the series.
        private final int stem;

        Scale(double factor, int stem) {
            this.factor = factor;
            this.stem = stem;
        }

        /** The groups must divide what the second unit adds to the stem's channels. */
        private int stem(int groups) {
            return ceil(stem, groups);
        }

        private int firstStage(int groups) {
            return (int) (FIRST_STAGE.get(groups) * factor);
        }
    }

    private final boolean pooled;
    private final ConvNormActivation stem;
    private final Sequence features;
    private final Dropout dropout;
    private final Linear classifier;

    private ShuffleNetV1(Builder builder) {
        this.pooled = builder.halves(1);
        int groups = builder.groups;
        int channels = builder.scale.stem(groups);
        this.stem =
                child(
                        "first_conv",
                        ConvNormActivation.builder(builder.inputChannels(), channels)
                                .optKernel(3)
                                .optStride(builder.stride(0))
                                .optInitializer(Initializers.normal(0.01f))
                                .build());
        stem.setInitializer(new ConstantInitializer(1e-4f), Parameter.Type.BETA); // the release
        List<ShuffleUnitV1> units = new ArrayList<>();
        int out = builder.scale.firstStage(groups);
        for (int repeats : REPEATS) {
            int mid = ceil(out / 4, groups);
            for (int i = 0; i < repeats; i++) {
                int firstGroups = units.isEmpty() ? 1 : groups;
                units.add(
                        new ShuffleUnitV1(channels, mid, out, i == 0 ? 2 : 1, groups, firstGroups));
                channels = out;
            }
            out *= 2;
        }
        this.features = child("features", new Sequence(units));
        this.dropout = child("dropout", Layers.dropout(builder.dropout()));
        this.classifier =
                child(
                        "classifier.0",
                        Layers.linear(
                                channels, builder.classes(), false, Initializers.normal(0.01f)));
    }

    private static int ceil(int value, int multiple) {
        return (value + multiple - 1) / multiple * multiple;
    }

    /**
     * Starts a network with 1000 classes and no dropout.
     *
     * @param groups the groups, g in the paper: 1, 2, 3, 4 or 8
     * @param scale the size
     * @return the builder
     * @throws IllegalArgumentException if the paper has no network with so many groups
     */
    public static Builder builder(int groups, Scale scale) {
        return new Builder(groups, scale);
    }

    @Override
    protected <T> T forward(Ops<T> ops, T x) {
        T y = ops.call(stem, x);
        if (pooled) {
            y = ops.maxPool(POOL, y);
        }
        y = ops.globalAvgPool(ops.call(features, y));
        return ops.linear(classifier, ops.dropout(dropout, y));
    }

    /** Builds a {@link ShuffleNetV1}. */
    public static final class Builder extends NetworkBuilder<Builder> {

        private final int groups;
        private final Scale scale;

        private Builder(int groups, Scale scale) {
            super(0f);
            if (!FIRST_STAGE.containsKey(groups)) {
                throw new IllegalArgumentException(
                        "groups must be 1, 2, 3, 4 or 8, found " + groups);
            }
            this.groups = groups;
            this.scale = scale;
        }

        @Override
        public ShuffleNetV1 build() {
            return new ShuffleNetV1(this);
        }

        @Override
        Builder self() {
            return this;
        }
    }
}
