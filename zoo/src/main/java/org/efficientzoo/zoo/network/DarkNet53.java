package org.efficientzoo.zoo.network;

import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import java.util.ArrayList;
import java.util.List;
import org.efficientzoo.blocks.ConvNormActivation;
import org.efficientzoo.blocks.DarkResidual;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.Initializers;
import org.efficientzoo.blocks.Layers;
import org.efficientzoo.blocks.Ops;
import org.efficientzoo.blocks.Sequence;

/**
 * DarkNet-53: residuals of 1×1 and 3×3 convolutions, downsampled between the stages by 3×3
 * convolutions of stride 2 and never by pooling.
 *
 * <p>Takes (N, channels, H, W), returns logits (N, classes). Parameters are named as in timm's
 * {@code darknet53}. The halvings that {@code stemStride} counts are the first two of those
 * convolutions.
 *
 * @see <a href="https://arxiv.org/abs/1804.02767">YOLOv3, table 1</a>
 */
public final class DarkNet53 extends EfficientBlock {

    private static final int STEM = 32;

    private static final List<Stage> STAGES =
            List.of(
                    new Stage(64, 1), // channels, residuals
                    new Stage(128, 2),
                    new Stage(256, 8),
                    new Stage(512, 8),
                    new Stage(1024, 4));

    private record Stage(int channels, int residuals) {}

    private final ConvNormActivation stem;
    private final Sequence stages;
    private final Dropout dropout;
    private final Linear classifier;

    private DarkNet53(Builder builder) {
        int channels = builder.channels(STEM);
        this.stem = child("stem.conv1", builder.unit(builder.inputChannels(), channels, 3, 1));
        List<DarkStage> blocks = new ArrayList<>();
        for (Stage stage : STAGES) {
            int out = builder.channels(stage.channels);
            blocks.add(new DarkStage(builder, blocks.size(), channels, out, stage.residuals));
            channels = out;
        }
        this.stages = child("stages", new Sequence(blocks));
        this.dropout = child("head.dropout", Layers.dropout(builder.dropout()));
        this.classifier =
                child(
                        "head.fc",
                        Layers.linear(
                                channels, builder.classes(), true, Initializers.normal(0.01f)));
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
        T y = ops.globalAvgPool(ops.call(stages, ops.call(stem, x)));
        return ops.linear(classifier, ops.dropout(dropout, y));
    }

    /** A downsampling convolution and the residuals behind it. */
    private static final class DarkStage extends EfficientBlock {

        private final ConvNormActivation down;
        private final Sequence residuals;

        DarkStage(Builder builder, int index, int in, int out, int repeats) {
            this.down = child("conv_down", builder.unit(in, out, 3, builder.stride(index)));
            List<DarkResidual> blocks = new ArrayList<>();
            for (int i = 0; i < repeats; i++) {
                blocks.add(new DarkResidual(out, builder.nonlinearity()));
            }
            this.residuals = child("blocks", new Sequence(blocks));
        }

        @Override
        protected <T> T forward(Ops<T> ops, T x) {
            return ops.call(residuals, ops.call(down, x));
        }
    }

    /** Builds a {@link DarkNet53}. */
    public static final class Builder extends DarkNetBuilder<Builder> {

        private Builder() {}

        @Override
        public DarkNet53 build() {
            return new DarkNet53(this);
        }

        @Override
        Builder self() {
            return this;
        }
    }
}
