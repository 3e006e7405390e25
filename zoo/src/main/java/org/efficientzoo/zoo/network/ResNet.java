package org.efficientzoo.zoo.network;

import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import java.util.ArrayList;
import java.util.List;
import org.efficientzoo.blocks.Bottleneck;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.GroupedConv2d;
import org.efficientzoo.blocks.Initializers;
import org.efficientzoo.blocks.Layers;
import org.efficientzoo.blocks.Ops;
import org.efficientzoo.blocks.Pooling;
import org.efficientzoo.blocks.Sequence;

/**
 * ResNet and ResNeXt of bottlenecks: a 7×7 stem, a max pooling and four stages.
 *
 * <p>Takes (N, channels, H, W), returns logits (N, classes). Parameters are named as in
 * torchvision. The halvings that {@code stemStride} counts are the stem's stride and the pooling; a
 * stem without its stride is 3×3.
 *
 * @see <a href="https://arxiv.org/abs/1512.03385">ResNet, table 1</a>
 * @see <a href="https://arxiv.org/abs/1611.05431">ResNeXt, table 1</a>
 */
public final class ResNet extends EfficientBlock {

    private static final Pooling POOL = new Pooling(3, 2, 1, false);
    private static final int STEM = 64;
    private static final int EXPANSION = 4;
    private static final List<Stage> STAGES =
            List.of(new Stage(64, 1), new Stage(128, 2), new Stage(256, 2), new Stage(512, 2));

    private record Stage(int width, int stride) {}

    /** The networks of the two papers. */
    public enum Variant {
        /** ResNet-50. */
        RESNET50(List.of(3, 4, 6, 3), 1, 64), // units a stage, groups, channels a group
        /** ResNet-101. */
        RESNET101(List.of(3, 4, 23, 3), 1, 64),
        /** ResNet-152. */
        RESNET152(List.of(3, 8, 36, 3), 1, 64),
        /** ResNeXt-50 32×4d. */
        RESNEXT50_32X4D(List.of(3, 4, 6, 3), 32, 4),
        /** ResNeXt-101 32×8d. */
        RESNEXT101_32X8D(List.of(3, 4, 23, 3), 32, 8);

        private final List<Integer> depths;
        private final int groups;
        private final int widthPerGroup;

        Variant(List<Integer> depths, int groups, int widthPerGroup) {
            this.depths = depths;
            this.groups = groups;
            this.widthPerGroup = widthPerGroup;
        }
    }

    private final boolean pooled;
    private final GroupedConv2d stem;
    private final BatchNorm stemNorm;
    private final List<Sequence> stages = new ArrayList<>();
    private final Dropout dropout;
    private final Linear classifier;

    private ResNet(Builder builder) {
        this.pooled = builder.halves(1);
        this.stem =
                child(
                        "conv1",
                        GroupedConv2d.builder(builder.inputChannels(), STEM)
                                .optKernel(builder.stemKernel(7))
                                .optStride(builder.stride(0))
                                .optInitializer(Initializers.kaimingNormalFanOut())
                                .build());
        this.stemNorm = child("bn1", Layers.batchNorm());
        int channels = STEM;
        for (int depth : builder.depths) {
            Stage stage = STAGES.get(stages.size());
            int width = stage.width * builder.widthPerGroup / STEM * builder.groups;
            int out = stage.width * EXPANSION;
            List<Bottleneck> units = new ArrayList<>();
            for (int i = 0; i < depth; i++) {
                int stride = i == 0 ? stage.stride : 1;
                units.add(new Bottleneck(channels, width, out, stride, builder.groups));
                channels = out;
            }
            stages.add(child("layer" + (stages.size() + 1), new Sequence(units)));
        }
        this.dropout = child("dropout", Layers.dropout(builder.dropout()));
        this.classifier = child("fc", Layers.linear(channels, builder.classes()));
    }

    /**
     * Starts a network with 1000 classes and no dropout.
     *
     * @param variant which network
     * @return the builder
     */
    public static Builder builder(Variant variant) {
        return new Builder(variant.depths, variant.groups, variant.widthPerGroup);
    }

    /**
     * Starts a ResNet of another depth.
     *
     * @param depths the units of the four stages
     * @return the builder
     * @throws IllegalArgumentException if there are not four positive numbers
     */
    public static Builder builder(List<Integer> depths) {
        return new Builder(depths, 1, STEM);
    }

    @Override
    protected <T> T forward(Ops<T> ops, T x) {
        T y = ops.relu(ops.batchNorm(stemNorm, ops.conv(stem, x)));
        if (pooled) {
            y = ops.maxPool(POOL, y);
        }
        for (Sequence stage : stages) {
            y = ops.call(stage, y);
        }
        return ops.linear(classifier, ops.dropout(dropout, ops.globalAvgPool(y)));
    }

    /** Builds a {@link ResNet}. */
    public static final class Builder extends NetworkBuilder<Builder> {

        private final List<Integer> depths;
        private final int groups;
        private final int widthPerGroup;

        private Builder(List<Integer> depths, int groups, int widthPerGroup) {
            super(0f);
            if (depths.size() != STAGES.size() || depths.stream().anyMatch(d -> d < 1)) {
                throw new IllegalArgumentException(
                        "a ResNet has four stages of at least one unit, found " + depths);
            }
            this.depths = List.copyOf(depths);
            this.groups = groups;
            this.widthPerGroup = widthPerGroup;
        }

        @Override
        public ResNet build() {
            return new ResNet(this);
        }

        @Override
        Builder self() {
            return this;
        }
    }
}
