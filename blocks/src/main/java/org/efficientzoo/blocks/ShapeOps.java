package org.efficientzoo.blocks;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import java.util.List;

/**
 * The reading that tells shapes; it needs no engine.
 *
 * <p>Operations that depend on the shape check it, so that one that does not fit is answered with
 * the rule and the shape, as an {@link IllegalArgumentException}.
 */
public class ShapeOps implements Reading<Shape> {

    /** Creates the reading. */
    public ShapeOps() {}

    @Override
    public Shape conv(Conv2d conv, Shape x) {
        featureMap(x);
        Checks.divides("groups", conv.getGroups(), "input channels", x.get(1));
        for (int axis = 0; axis < 2; axis++) { // DJL rounds a negative size up, to one window
            long reach = (conv.getKernelShape().get(axis) - 1) * conv.getDilation().get(axis) + 1;
            if (x.get(2 + axis) + 2 * conv.getPadding().get(axis) < reach) {
                throw tooSmall("convolution", x);
            }
        }
        return conv.getOutputShapes(new Shape[] {x})[0];
    }

    @Override
    public Shape batchNorm(BatchNorm norm, Shape x) {
        return x;
    }

    @Override
    public Shape linear(Linear linear, Shape x) {
        if (x.dimension() != 2) {
            throw new IllegalArgumentException("a linear layer takes (N, C), found the shape " + x);
        }
        return linear.getOutputShapes(new Shape[] {x})[0];
    }

    @Override
    public Shape dropout(Dropout dropout, Shape x) {
        return x;
    }

    @Override
    public Shape activation(Nonlinearity function, Shape x) {
        return x;
    }

    @Override
    public Shape maxPool(Pooling window, Shape x) {
        return pool(window, x);
    }

    @Override
    public Shape avgPool(Pooling window, Shape x) {
        return pool(window, x);
    }

    private static Shape pool(Pooling window, Shape x) {
        featureMap(x);
        Shape y =
                new Shape(
                        x.get(0),
                        x.get(1),
                        window.outputSize(x.get(2)),
                        window.outputSize(x.get(3)));
        if (y.get(2) < 1 || y.get(3) < 1) {
            throw tooSmall("pooling", x);
        }
        return y;
    }

    @Override
    public Shape globalAvgPool(Shape x) {
        featureMap(x);
        return new Shape(x.get(0), x.get(1));
    }

    @Override
    public Shape add(Shape a, Shape b) {
        if (!a.equals(b)) {
            throw new IllegalArgumentException(
                    "an addition takes two maps of one shape, found " + a + " and " + b);
        }
        return a;
    }

    @Override
    public Shape concat(List<Shape> maps) {
        Shape first = maps.get(0);
        long channels = 0;
        for (Shape map : maps) {
            featureMap(map);
            if (!withChannels(map, first.get(1)).equals(first)) {
                throw new IllegalArgumentException(
                        "a concatenation takes maps that agree in N, H and W, found "
                                + first
                                + " and "
                                + map);
            }
            channels += map.get(1);
        }
        return withChannels(first, channels);
    }

    @Override
    public Shape slice(int from, int to, Shape x) {
        featureMap(x);
        if (from < 0 || to <= from || to > x.get(1)) {
            throw new IllegalArgumentException(
                    "a range of channels must lie within the input, found %d to %d of %s"
                            .formatted(from, to, x));
        }
        return withChannels(x, to - from);
    }

    @Override
    public Shape shuffle(int groups, Shape x) {
        featureMap(x);
        Checks.divides("groups", groups, "input channels", x.get(1));
        return x;
    }

    @Override
    public Shape unshuffle(int groups, Shape x) {
        return shuffle(groups, x);
    }

    @Override
    public Shape other(Block block, Shape x) {
        Shape[] shapes = block.getOutputShapes(new Shape[] {x});
        if (shapes.length != 1) {
            throw new IllegalArgumentException(
                    "a block must have one output, found "
                            + shapes.length
                            + " of "
                            + block.getClass().getSimpleName());
        }
        return shapes[0];
    }

    private static Shape withChannels(Shape x, long channels) {
        return new Shape(x.get(0), channels, x.get(2), x.get(3));
    }

    private static void featureMap(Shape x) {
        if (x.dimension() != 4) {
            throw new IllegalArgumentException(
                    "a feature map has the shape (N, C, H, W), found " + x);
        }
    }

    private static IllegalArgumentException tooSmall(String what, Shape x) {
        return new IllegalArgumentException(
                "the input is too small, found " + x + " before a " + what);
    }
}
