package org.efficientzoo.blocks;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import java.util.List;

/**
 * The reading that writes a forward pass down as a term, so that a test can show what a block is.
 *
 * <p>A convolution is written {@code conv3×3/2g8:16(x)}: stride, groups and filters where they are
 * not 1, 1 and, for the filters, always.
 */
final class TextOps implements Reading<String> {

    static String of(EfficientBlock block) {
        return block.read(new TextOps(), "x");
    }

    @Override
    public String conv(Conv2d conv, String x) {
        Shape kernel = conv.getKernelShape();
        String stride = window(conv.getStride());
        String groups = conv.getGroups() == 1 ? "" : "g" + conv.getGroups();
        return "conv%s%s%s:%d%s(%s)"
                .formatted(
                        kernel.get(0) + "×" + kernel.get(1),
                        stride.equals("1") ? "" : "/" + stride,
                        groups,
                        conv.getFilters(),
                        conv.isIncludeBias() ? "+bias" : "",
                        x);
    }

    private static String window(Shape shape) {
        return shape.get(0) == shape.get(1)
                ? Long.toString(shape.get(0))
                : shape.get(0) + "×" + shape.get(1);
    }

    private static String pool(String name, Pooling window, String x) {
        return "%s%d/%d(%s)".formatted(name, window.kernel(), window.stride(), x);
    }

    @Override
    public String batchNorm(BatchNorm norm, String x) {
        return "bn(" + x + ")";
    }

    @Override
    public String linear(Linear linear, String x) {
        return "linear(" + x + ")";
    }

    @Override
    public String dropout(Dropout dropout, String x) {
        return "dropout(" + x + ")";
    }

    @Override
    public String activation(Nonlinearity function, String x) {
        if (function.equals(Nonlinearity.NONE)) {
            return x;
        }
        return function.slope() == 0
                ? "%s(%s)".formatted(function.label(), x)
                : "leaky%s(%s)".formatted(function.slope(), x);
    }

    @Override
    public String maxPool(Pooling window, String x) {
        return pool("max", window, x);
    }

    @Override
    public String avgPool(Pooling window, String x) {
        return pool("avg", window, x);
    }

    @Override
    public String globalAvgPool(String x) {
        return "mean(" + x + ")";
    }

    @Override
    public String add(String a, String b) {
        return a + " + " + b;
    }

    @Override
    public String concat(List<String> maps) {
        return "[" + String.join(" | ", maps) + "]";
    }

    @Override
    public String slice(int from, int to, String x) {
        return x + "[" + from + ":" + to + "]";
    }

    @Override
    public String shuffle(int groups, String x) {
        return "shuffle" + groups + "(" + x + ")";
    }

    @Override
    public String unshuffle(int groups, String x) {
        return "unshuffle" + groups + "(" + x + ")";
    }

    @Override
    public String other(Block block, String x) {
        return block.getClass().getSimpleName() + "(" + x + ")";
    }
}
