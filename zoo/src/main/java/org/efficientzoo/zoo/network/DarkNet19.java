package org.efficientzoo.zoo.network;

import ai.djl.nn.norm.Dropout;
import java.util.ArrayList;
import java.util.List;
import org.efficientzoo.blocks.ConvNormActivation;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.GroupedConv2d;
import org.efficientzoo.blocks.Initializers;
import org.efficientzoo.blocks.Layers;
import org.efficientzoo.blocks.Ops;
import org.efficientzoo.blocks.Pooling;

/**
 * DarkNet-19: 3×3 convolutions with 1×1 ones between them, five max poolings, and a 1×1 convolution
 * as the classifier.
 *
 * <p>Takes (N, channels, H, W), returns logits (N, classes). There is no reference checkpoint with
 * names; the convolutions are numbered in the order of Darknet's configuration: {@code
 * features.0.conv.weight}. The halvings that {@code stemStride} counts are the first two poolings.
 *
 * @see <a href="https://arxiv.org/abs/1612.08242">YOLO9000, table 6</a>
 */
public final class DarkNet19 extends EfficientBlock {

    private static final Pooling POOL = Pooling.of(2, 2);

    /** The output channels of each stage, kernels 3, 1, 3, …; a pooling stands between stages. */
    private static final List<List<Integer>> STAGES =
            List.of(
                    List.of(32),
                    List.of(64),
                    List.of(128, 64, 128),
                    List.of(256, 128, 256),
                    List.of(512, 256, 512, 256, 512),
                    List.of(1024, 512, 1024, 512, 1024));

    private final int leftOut;
    private final List<List<ConvNormActivation>> stages = new ArrayList<>();
    private final Dropout dropout;
    private final GroupedConv2d classifier;

    private DarkNet19(Builder builder) {
        this.leftOut = builder.leftOut();
        int channels = builder.inputChannels();
        int index = 0;
        for (List<Integer> stage : STAGES) {
            List<ConvNormActivation> units = new ArrayList<>();
            for (int atWidthOne : stage) {
                int out = builder.channels(atWidthOne);
                int kernel = units.size() % 2 == 0 ? 3 : 1;
                units.add(child("features." + index, builder.unit(channels, out, kernel, 1)));
                channels = out;
                index++;
            }
            stages.add(units);
        }
        this.dropout = child("dropout", Layers.dropout(builder.dropout()));
        this.classifier =
                child(
                        "classifier",
                        GroupedConv2d.builder(channels, builder.classes())
                                .optZeroBias()
                                .optInitializer(Initializers.normal(0.01f))
                                .build());
    }

    /**
     * Starts a network with 1000 classes, width 1, slope 0.1 and no dropout.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    protected <T> T forward(Ops<T> ops, T x) {
        T y = x;
        for (int i = 0; i < stages.size(); i++) {
            if (i > leftOut) { // none stands before the first
                y = ops.maxPool(POOL, y);
            }
            for (ConvNormActivation unit : stages.get(i)) {
                y = ops.call(unit, y);
            }
        }
        return ops.globalAvgPool(ops.conv(classifier, ops.dropout(dropout, y)));
    }

    /** Builds a {@link DarkNet19}. */
    public static final class Builder extends DarkNetBuilder<Builder> {

        private Builder() {}

        @Override
        public DarkNet19 build() {
            return new DarkNet19(this);
        }

        @Override
        Builder self() {
            return this;
        }
    }
}
