package org.efficientzoo.zoo.torchscript;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.efficientzoo.blocks.LeafSettings;
import org.efficientzoo.blocks.Nonlinearity;
import org.efficientzoo.blocks.PointwiseConv;
import org.efficientzoo.blocks.Pooling;
import org.efficientzoo.blocks.Reading;

/** The reading that writes each operation as an expression of TorchScript. */
final class ScriptText implements Reading<String> {

    private final ParameterNames names;
    private final boolean training;
    private final Layout layout;
    private boolean inPlace;

    /**
     * Starts.
     *
     * @param names the expressions of the parameters
     * @param training whether the function is for training
     * @param layout how the maps lie in memory
     */
    ScriptText(ParameterNames names, boolean training, Layout layout) {
        this.names = names;
        this.training = training;
        this.layout = layout;
    }

    /** Says whether the next operation may overwrite its first operand. */
    void setInPlace(boolean mayOverwrite) {
        this.inPlace = mayOverwrite;
    }

    @Override
    public String conv(Conv2d conv, String x) {
        return convolve(conv, x, names.bias(conv));
    }

    /** The bias goes by the name of the norm's shift. */
    @Override
    public String normalizedConv(Conv2d conv, BatchNorm norm, String x) {
        return convolve(conv, x, names.beta(norm));
    }

    private String convolve(Conv2d conv, String x, String bias) {
        String weight = names.weight(conv);
        if (PointwiseConv.is(conv) && (training || layout == Layout.CHANNELS_LAST)) {
            String product = Pointwise.text(conv, x, weight, bias);
            return layout == Layout.CHANNELS_LAST ? product : layout.of(product);
        }
        return "torch.conv2d(%s, %s, %s, %s, %s, %s, %s)"
                .formatted(
                        x,
                        weight,
                        bias,
                        list(conv.getStride()),
                        list(conv.getPadding()),
                        list(conv.getDilation()),
                        conv.getGroups());
    }

    private static String list(Shape shape) {
        return Arrays.stream(shape.getShape())
                .mapToObj(Long::toString)
                .collect(Collectors.joining(", ", "[", "]"));
    }

    /** In training it also updates its running statistics. */
    @Override
    public String batchNorm(BatchNorm norm, String x) {
        LeafSettings.Norm settings = LeafSettings.of(norm);
        return "torch._batch_norm_impl_index(%s, %s, %s, %s, %s, %s, %s, %s, True)"
                .formatted(
                        x,
                        names.gamma(norm),
                        names.beta(norm),
                        names.runningMean(norm),
                        names.runningVariance(norm),
                        Text.of(training && !LeafSettings.isFrozen(norm)),
                        Text.complement(settings.momentum()),
                        Text.of(settings.epsilon()));
    }

    @Override
    public String linear(Linear linear, String x) {
        return "torch.linear(%s, %s, %s)".formatted(x, names.weight(linear), names.bias(linear));
    }

    @Override
    public String dropout(Dropout dropout, String x) {
        String own = inPlace ? x : "torch.clone(" + x + ")";
        return "torch.dropout_(%s, %s, True)".formatted(own, Text.of(LeafSettings.rate(dropout)));
    }

    @Override
    public String activation(Nonlinearity function, String x) {
        return function.torchScript(x, inPlace);
    }

    @Override
    public String maxPool(Pooling window, String x) {
        return "torch.max_pool2d(%s, %s, [1, 1], %s)"
                .formatted(x, Text.window(window), Text.of(window.ceilMode()));
    }

    @Override
    public String avgPool(Pooling window, String x) {
        return "torch.avg_pool2d(%s, %s, %s, True, None)"
                .formatted(x, Text.window(window), Text.of(window.ceilMode()));
    }

    @Override
    public String globalAvgPool(String x) {
        return "torch.mean(%s, [2, 3])".formatted(x);
    }

    @Override
    public String add(String a, String b) {
        return "torch.add%s(%s, %s)".formatted(inPlace ? "_" : "", a, b);
    }

    @Override
    public String concat(List<String> maps) {
        return "torch.cat([%s], 1)".formatted(String.join(", ", maps));
    }

    @Override
    public String slice(int from, int to, String x) {
        return "torch.slice(%s, 1, %s, %s, 1)".formatted(x, from, to);
    }

    @Override
    public String shuffle(int groups, String x) {
        return swapped(groups, -1, x);
    }

    @Override
    public String unshuffle(int groups, String x) {
        return swapped(-1, groups, x);
    }

    /** Channels seen as rows and columns, which are swapped; one of the two numbers is -1. */
    private String swapped(int rows, int columns, String x) {
        return layout == Layout.CHANNELS_FIRST
                ? swapped(rows, columns, x, 1)
                : "torch.permute(%s, [0, 3, 1, 2])"
                        .formatted(
                                swapped(
                                        rows,
                                        columns,
                                        "torch.permute(" + x + ", [0, 2, 3, 1])",
                                        3));
    }

    private static String swapped(int rows, int columns, String x, int axis) {
        int next = axis + 1;
        return "torch.flatten(torch.transpose(torch.unflatten(%s, %s, [%s, %s]), %s, %s), %s, %s)"
                .formatted(x, axis, rows, columns, axis, next, axis, next);
    }

    @Override
    public String other(Block block, String x) {
        throw new IllegalArgumentException("no script of a " + block.getClass().getSimpleName());
    }
}
