package org.efficientzoo.blocks.analysis;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.efficientzoo.blocks.ForwardGraph;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.blocks.Pooling;
import org.efficientzoo.blocks.ShapeOps;

/** The reading that counts. */
final class CostOps extends ShapeOps {

    private static final int THOP_NORM = 4; // subtract, divide, scale, shift

    private String name = "";
    private final boolean thop;
    private final List<LayerCost> layers = new ArrayList<>();
    private final Set<Parameter> counted = new HashSet<>();

    CostOps(Convention convention) {
        this.thop = convention == Convention.THOP;
    }

    List<LayerCost> layers() {
        return layers;
    }

    /** Counts one operation. */
    Shape at(ForwardGraph.Node node, List<Shape> inputs) {
        name = node.name();
        return node.operation().read(this, inputs);
    }

    @Override
    public Shape conv(Conv2d conv, Shape x) {
        Shape y = super.conv(conv, x);
        long window = x.get(1) / conv.getGroups() * conv.getKernelShape().size();
        long perOutput = window + (thop && conv.isIncludeBias() ? 1 : 0);
        layer(conv, "Conv2d", Details.of(conv), x, y, y.size() * perOutput, y.size());
        return y;
    }

    @Override
    public Shape batchNorm(BatchNorm norm, Shape x) {
        layer(norm, "BatchNorm", "", x, x, thop ? THOP_NORM * x.size() : 0, 0);
        return super.batchNorm(norm, x);
    }

    @Override
    public Shape linear(Linear linear, Shape x) {
        Shape y = super.linear(linear, x);
        layer(linear, "Linear", "", x, y, y.size() * x.get(1), y.size());
        return y;
    }

    @Override
    public Shape maxPool(Pooling window, Shape x) {
        Shape y = super.maxPool(window, x);
        operation("MaxPool", Details.of(window), y, 0);
        return y;
    }

    @Override
    public Shape avgPool(Pooling window, Shape x) {
        Shape y = super.avgPool(window, x);
        operation("AvgPool", Details.of(window), y, thop ? y.size() : 0);
        return y;
    }

    @Override
    public Shape globalAvgPool(Shape x) {
        Shape y = super.globalAvgPool(x);
        long window = x.get(2) * x.get(3);
        operation("GlobalAvgPool", "", y, thop ? (window + 1) * y.size() : 0);
        return y;
    }

    @Override
    public Shape other(Block block, Shape x) {
        if (block instanceof Conv2d conv) { // a subclass of a leaf costs what the leaf does
            return conv(conv, x);
        }
        if (block instanceof Linear linear) {
            return linear(linear, x);
        }
        if (block instanceof BatchNorm norm) {
            return batchNorm(norm, x);
        }
        String type = block.getClass().getSimpleName();
        if (!block.getParameters().isEmpty() || !block.getChildren().isEmpty()) {
            throw new IllegalArgumentException(
                    "the cost of a %s is unknown; known are this project's blocks and DJL's Conv2d,"
                                    .formatted(type)
                            + " BatchNorm, Linear, Dropout and SequentialBlock");
        }
        Shape y = super.other(block, x);
        layers.add(new LayerCost(name, type, "not counted", y, 0, 0, 0));
        return y;
    }

    private void layer(
            Block leaf, String type, String detail, Shape x, Shape y, long macs, long activations) {
        long parameters = 0;
        for (Map.Entry<Parameter, Shape> entry : ParameterShapes.ofLeaf(leaf, x).entrySet()) {
            Parameter.Type kind = entry.getKey().getType();
            boolean trainable =
                    kind != Parameter.Type.RUNNING_MEAN && kind != Parameter.Type.RUNNING_VAR;
            if (trainable && counted.add(entry.getKey())) {
                parameters += entry.getValue().size();
            }
        }
        layers.add(new LayerCost(name, type, detail, y, parameters, macs, activations));
    }

    private void operation(String type, String detail, Shape y, long macs) {
        layers.add(new LayerCost(name, type, detail, y, 0, macs, 0));
    }
}
