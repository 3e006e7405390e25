package org.efficientzoo.zoo.network;

import ai.djl.nn.Block;
import ai.djl.nn.norm.Dropout;
import java.util.ArrayList;
import java.util.List;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.Fire;
import org.efficientzoo.blocks.GroupedConv2d;
import org.efficientzoo.blocks.Initializers;
import org.efficientzoo.blocks.Layers;
import org.efficientzoo.blocks.Ops;
import org.efficientzoo.blocks.Pooling;

/**
 * SqueezeNet: Fire modules between three poolings, a 1×1 convolution as the classifier, and no
 * batch norm at all.
 *
 * <p>Takes (N, channels, H, W), returns logits (N, classes), which are not negative: ReLU stands
 * before the global average. Parameters are named as in torchvision. The halvings that {@code
 * stemStride} counts are the stem's stride and the first pooling; a stem without its stride is 3×3
 * and padded, so that it keeps the resolution.
 *
 * @see <a href="https://arxiv.org/abs/1602.07360">SqueezeNet, table 1</a>
 */
public final class SqueezeNet extends EfficientBlock {

    private static final Pooling POOL = new Pooling(3, 2, 0, true);

    /** The two releases. */
    public enum Version {
        /** The paper's. */
        V1_0(
                new Stem(96, 7),
                List.of(
                        new Pool(),
                        new FireRow(16, 64, 64), // s1x1, e1x1, e3x3
                        new FireRow(16, 64, 64),
                        new FireRow(32, 128, 128),
                        new Pool(),
                        new FireRow(32, 128, 128),
                        new FireRow(48, 192, 192),
                        new FireRow(48, 192, 192),
                        new FireRow(64, 256, 256),
                        new Pool(),
                        new FireRow(64, 256, 256))),
        /** 2.4 times less work at the same accuracy: a smaller stem and earlier poolings. */
        V1_1(
                new Stem(64, 3),
                List.of(
                        new Pool(),
                        new FireRow(16, 64, 64),
                        new FireRow(16, 64, 64),
                        new Pool(),
                        new FireRow(32, 128, 128),
                        new FireRow(32, 128, 128),
                        new Pool(),
                        new FireRow(48, 192, 192),
                        new FireRow(48, 192, 192),
                        new FireRow(64, 256, 256),
                        new FireRow(64, 256, 256)));

        private final Stem stem;
        private final List<Row> rows;

        Version(Stem stem, List<Row> rows) {
            this.stem = stem;
            this.rows = rows;
        }
    }

    private sealed interface Row permits Pool, FireRow {}

    private record Pool() implements Row {}

    private record FireRow(int squeeze, int expand1x1, int expand3x3) implements Row {}

    private record Stem(int channels, int kernel) {}

    private final List<Row> rows;
    private final GroupedConv2d stem;
    private final List<Block> fires = new ArrayList<>();
    private final Dropout dropout;
    private final GroupedConv2d classifier;

    private SqueezeNet(Builder builder) {
        Version release = builder.release;
        this.rows =
                builder.halves(1)
                        ? release.rows
                        : release.rows.subList(1, release.rows.size()); // a pooling is the first
        Stem first = release.stem;
        this.stem =
                child(
                        "features.0",
                        GroupedConv2d.builder(builder.inputChannels(), first.channels)
                                .optKernel(builder.stemKernel(first.kernel))
                                .optStride(builder.stride(0))
                                .optPadded(!builder.halves(0))
                                .optZeroBias()
                                .optInitializer(Initializers.kaimingUniformFanIn())
                                .build());
        int channels = first.channels;
        int index = 2; // torchvision counts the stem's ReLU
        for (Row row : release.rows) {
            if (row instanceof FireRow fire) {
                Fire block = new Fire(channels, fire.squeeze, fire.expand1x1, fire.expand3x3);
                fires.add(child("features." + index, block));
                channels = fire.expand1x1 + fire.expand3x3;
            }
            index++;
        }
        this.dropout = child("classifier.0", Layers.dropout(builder.dropout()));
        this.classifier =
                child(
                        "classifier.1",
                        GroupedConv2d.builder(channels, builder.classes())
                                .optZeroBias()
                                .optInitializer(Initializers.normal(0.01f))
                                .build());
    }

    /**
     * Starts a network with 1000 classes and dropout 0.5.
     *
     * @param release which release
     * @return the builder
     */
    public static Builder builder(Version release) {
        return new Builder(release);
    }

    @Override
    protected <T> T forward(Ops<T> ops, T x) {
        T y = ops.relu(ops.conv(stem, x));
        int next = 0;
        for (Row row : rows) {
            y = row instanceof Pool ? ops.maxPool(POOL, y) : ops.call(fires.get(next++), y);
        }
        y = ops.conv(classifier, ops.dropout(dropout, y));
        return ops.globalAvgPool(ops.relu(y));
    }

    /** Builds a {@link SqueezeNet}. */
    public static final class Builder extends NetworkBuilder<Builder> {

        private final Version release;

        private Builder(Version release) {
            super(0.5f);
            this.release = release;
        }

        @Override
        public SqueezeNet build() {
            return new SqueezeNet(this);
        }

        @Override
        Builder self() {
            return this;
        }
    }
}
