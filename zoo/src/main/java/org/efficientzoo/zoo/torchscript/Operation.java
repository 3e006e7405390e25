package org.efficientzoo.zoo.torchscript;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.efficientzoo.blocks.LeafSettings;
import org.efficientzoo.blocks.Nonlinearity;
import org.efficientzoo.blocks.PointwiseConv;
import org.efficientzoo.blocks.Pooling;

/** One operation of a forward pass. */
sealed interface Operation {

    /** What becomes of its operands and the mode stand in; the text is an expression. */
    String text(String x, Rendering rendering);

    /** Whether the backward pass can do without the values it made, and nothing else sees them. */
    default boolean freesItsOutput() {
        return false;
    }

    /** Whether what it makes is another look at a tensor of another shape. */
    default boolean makesView(Layout layout) {
        return false;
    }

    /** Whether it may overwrite its first operand. */
    default boolean worksInPlace() {
        return false;
    }

    /**
     * What an operation needs to know to be written.
     *
     * @param names the expressions of the parameters
     * @param training whether the function is for training
     * @param inPlace whether the operation may overwrite its first operand
     * @param layout how the maps lie in memory
     */
    record Rendering(ParameterNames names, boolean training, boolean inPlace, Layout layout) {

        /** Whether oneDNN's kernels for 1x1 convolutions would be taken, forward or backward. */
        boolean asProduct() {
            return training || layout == Layout.CHANNELS_LAST;
        }

        String underscore() {
            return inPlace ? "_" : "";
        }
    }

    /** A convolution. */
    record Convolution(Conv2d conv) implements Operation {

        @Override
        public String text(String x, Rendering rendering) {
            return convolve(conv, x, rendering, rendering.names.bias(conv));
        }

        @Override
        public boolean freesItsOutput() {
            return true;
        }

        @Override
        public boolean makesView(Layout layout) {
            return isProduct(conv, layout);
        }
    }

    /** A convolution with a batch norm inside; its bias goes by the name of the norm's shift. */
    record Folded(Folding.Pair pair) implements Operation {

        @Override
        public String text(String x, Rendering rendering) {
            return convolve(pair.conv(), x, rendering, rendering.names.beta(pair.norm()));
        }

        @Override
        public boolean freesItsOutput() {
            return true;
        }

        @Override
        public boolean makesView(Layout layout) {
            return isProduct(pair.conv(), layout);
        }
    }

    /** A batch norm, which in training also updates its running statistics. */
    record Normalization(BatchNorm norm, LeafSettings.Norm settings) implements Operation {

        @Override
        public String text(String x, Rendering rendering) {
            return "torch._batch_norm_impl_index(%s, %s, %s, %s, %s, %s, %s, %s, True)"
                    .formatted(
                            x,
                            rendering.names.gamma(norm),
                            rendering.names.beta(norm),
                            rendering.names.runningMean(norm),
                            rendering.names.runningVariance(norm),
                            Text.of(rendering.training && !LeafSettings.isFrozen(norm)),
                            Text.complement(settings.momentum()),
                            Text.of(settings.epsilon()));
        }

        @Override
        public boolean freesItsOutput() {
            return true;
        }
    }

    /** A linear layer. */
    record Affine(Linear linear) implements Operation {

        @Override
        public String text(String x, Rendering rendering) {
            return "torch.linear(%s, %s, %s)"
                    .formatted(x, rendering.names.weight(linear), rendering.names.bias(linear));
        }

        @Override
        public boolean freesItsOutput() {
            return true;
        }
    }

    /** A dropout. */
    record Drop(float rate) implements Operation {

        @Override
        public String text(String x, Rendering rendering) {
            String own = rendering.inPlace ? x : "torch.clone(" + x + ")";
            return "torch.dropout_(%s, %s, True)".formatted(own, Text.of(rate));
        }

        @Override
        public boolean worksInPlace() {
            return true;
        }
    }

    /** An activation function, other than none. */
    record Activation(Nonlinearity function) implements Operation {

        @Override
        public String text(String x, Rendering rendering) {
            String end = rendering.underscore();
            return switch (function.kind()) {
                case NONE -> throw new IllegalArgumentException("nothing to apply");
                case RELU -> "torch.relu%s(%s)".formatted(end, x);
                case RELU6 -> "torch.hardtanh%s(%s, 0., 6.)".formatted(end, x);
                case LEAKY_RELU ->
                        "torch.leaky_relu%s(%s, %s)".formatted(end, x, Text.of(function.slope()));
            };
        }

        @Override
        public boolean worksInPlace() {
            return function.slope() >= 0; // else the sign of the result does not tell the input's
        }
    }

    /** A pooling that takes the largest value. */
    record MaxPooling(Pooling window) implements Operation {

        @Override
        public String text(String x, Rendering rendering) {
            return "torch.max_pool2d(%s, %s, [1, 1], %s)"
                    .formatted(x, Text.window(window), Text.of(window.ceilMode()));
        }
    }

    /** A pooling that takes the mean; padding counts. */
    record MeanPooling(Pooling window) implements Operation {

        @Override
        public String text(String x, Rendering rendering) {
            return "torch.avg_pool2d(%s, %s, %s, True, None)"
                    .formatted(x, Text.window(window), Text.of(window.ceilMode()));
        }

        @Override
        public boolean freesItsOutput() {
            return true;
        }
    }

    /** The mean of each channel. */
    record GlobalMean() implements Operation {

        @Override
        public String text(String x, Rendering rendering) {
            return "torch.mean(%s, [2, 3])".formatted(x);
        }

        @Override
        public boolean freesItsOutput() {
            return true;
        }
    }

    /** A sum of two maps. */
    record Sum() implements Operation {

        @Override
        public String text(String x, Rendering rendering) {
            return "torch.add%s(%s)".formatted(rendering.underscore(), x);
        }

        @Override
        public boolean freesItsOutput() {
            return true;
        }

        @Override
        public boolean worksInPlace() {
            return true;
        }
    }

    /** Maps joined along the channels. */
    record Concatenation() implements Operation {

        @Override
        public String text(String x, Rendering rendering) {
            return "torch.cat([%s], 1)".formatted(x);
        }

        @Override
        public boolean freesItsOutput() {
            return true;
        }
    }

    /** A range of channels. */
    record ChannelRange(int from, int to) implements Operation {

        @Override
        public String text(String x, Rendering rendering) {
            return "torch.slice(%s, 1, %s, %s, 1)".formatted(x, from, to);
        }
    }

    /** Channels seen as rows and columns, which are swapped; one of the two numbers is -1. */
    record Transposition(int rows, int columns) implements Operation {

        @Override
        public String text(String x, Rendering rendering) {
            return rendering.layout == Layout.CHANNELS_FIRST
                    ? transposed(x, 1, 2)
                    : "torch.permute(%s, [0, 3, 1, 2])"
                            .formatted(transposed("torch.permute(" + x + ", [0, 2, 3, 1])", 3, 4));
        }

        private String transposed(String x, int axis, int next) {
            return "torch.flatten(torch.transpose(torch.unflatten(%s, %s, [%s, %s]), %s, %s), %s, %s)"
                    .formatted(x, axis, rows, columns, axis, next, axis, next);
        }
    }

    /** A function without parameters that goes by the name of an operator of one operand. */
    record Named(String operator) implements Operation {

        @Override
        public String text(String x, Rendering rendering) {
            return "torch.%s(%s)".formatted(operator, x);
        }
    }

    private static String convolve(Conv2d conv, String x, Rendering rendering, String bias) {
        if (PointwiseConv.is(conv) && rendering.asProduct()) {
            String product = Pointwise.text(conv, x, rendering.names.weight(conv), bias);
            return rendering.layout == Layout.CHANNELS_FIRST
                    ? rendering.layout.of(product)
                    : product;
        }
        return "torch.conv2d(%s, %s, %s, %s, %s, %s, %s)"
                .formatted(
                        x,
                        rendering.names.weight(conv),
                        bias,
                        list(conv.getStride()),
                        list(conv.getPadding()),
                        list(conv.getDilation()),
                        conv.getGroups());
    }

    private static boolean isProduct(Conv2d conv, Layout layout) {
        return layout == Layout.CHANNELS_LAST && PointwiseConv.is(conv);
    }

    private static String list(Shape shape) {
        return Arrays.stream(shape.getShape())
                .mapToObj(Long::toString)
                .collect(Collectors.joining(", ", "[", "]"));
    }
}
