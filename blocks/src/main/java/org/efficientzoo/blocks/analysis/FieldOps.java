package org.efficientzoo.blocks.analysis;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import java.util.ArrayList;
import java.util.List;
import org.efficientzoo.blocks.ForwardGraph;
import org.efficientzoo.blocks.Nonlinearity;
import org.efficientzoo.blocks.Pooling;
import org.efficientzoo.blocks.Reading;
import org.efficientzoo.blocks.ShapeOps;

/** The reading that measures receptive fields. */
final class FieldOps implements Reading<FieldOps.Seen> {

    private final ShapeOps shapes = new ShapeOps();
    private String name = "";
    private final List<ReceptiveField.Row> rows = new ArrayList<>();

    List<ReceptiveField.Row> rows() {
        return rows;
    }

    /** A map and what its first value looks at. */
    record Seen(Shape shape, Field height, Field width) {

        Seen with(Shape other) {
            return new Seen(other, height, width);
        }
    }

    /** Measures one operation. */
    Seen at(ForwardGraph.Node node, List<Seen> inputs) {
        name = node.name();
        return node.operation().read(this, inputs);
    }

    private Seen row(Seen seen) {
        rows.add(new ReceptiveField.Row(name, seen.height, seen.width));
        return seen;
    }

    @Override
    public Seen conv(Conv2d conv, Seen x) {
        Shape y = shapes.conv(conv, x.shape);
        return row(new Seen(y, along(conv, 0, x.height), along(conv, 1, x.width)));
    }

    private static Field along(Conv2d conv, int axis, Field field) {
        long span = (conv.getKernelShape().get(axis) - 1) * conv.getDilation().get(axis) + 1;
        return field.behind(span, conv.getStride().get(axis), conv.getPadding().get(axis));
    }

    @Override
    public Seen maxPool(Pooling window, Seen x) {
        return pool(window, x, shapes.maxPool(window, x.shape));
    }

    @Override
    public Seen avgPool(Pooling window, Seen x) {
        return pool(window, x, shapes.avgPool(window, x.shape));
    }

    private Seen pool(Pooling window, Seen x, Shape y) {
        return row(new Seen(y, along(window, x.height), along(window, x.width)));
    }

    private static Field along(Pooling window, Field field) {
        return field.behind(window.kernel(), window.stride(), window.padding());
    }

    @Override
    public Seen globalAvgPool(Seen x) {
        Shape y = shapes.globalAvgPool(x.shape);
        Field height = x.height.overAll(x.shape.get(2));
        Field width = x.width.overAll(x.shape.get(3));
        return row(new Seen(y, height, width));
    }

    @Override
    public Seen batchNorm(BatchNorm norm, Seen x) {
        return x;
    }

    @Override
    public Seen linear(Linear linear, Seen x) {
        return x.with(shapes.linear(linear, x.shape));
    }

    @Override
    public Seen dropout(Dropout dropout, Seen x) {
        return x;
    }

    @Override
    public Seen activation(Nonlinearity function, Seen x) {
        return x;
    }

    @Override
    public Seen add(Seen a, Seen b) {
        return union(a, b).with(shapes.add(a.shape, b.shape));
    }

    @Override
    public Seen concat(List<Seen> maps) {
        Shape y = shapes.concat(maps.stream().map(Seen::shape).toList());
        return maps.stream().reduce(FieldOps::union).orElseThrow().with(y);
    }

    private static Seen union(Seen a, Seen b) {
        return new Seen(a.shape, a.height.union(b.height), a.width.union(b.width));
    }

    @Override
    public Seen slice(int from, int to, Seen x) {
        return x.with(shapes.slice(from, to, x.shape));
    }

    @Override
    public Seen shuffle(int groups, Seen x) {
        return x.with(shapes.shuffle(groups, x.shape));
    }

    @Override
    public Seen unshuffle(int groups, Seen x) {
        return x.with(shapes.unshuffle(groups, x.shape));
    }

    @Override
    public Seen other(Block block, Seen x) {
        throw new IllegalArgumentException(
                "the receptive field of a "
                        + block.getClass().getSimpleName()
                        + " is unknown; known are this project's blocks and DJL's Conv2d,"
                        + " BatchNorm, Linear, Dropout and SequentialBlock");
    }
}
