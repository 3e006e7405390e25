package org.efficientzoo.blocks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.ParameterStore;
import java.util.Optional;

/**
 * Convolutions whose outputs depend on one pixel each, and their computation as the matrix product
 * that they are.
 *
 * <p>PyTorch leaves the gradients of a 1×1 convolution to oneDNN, whose kernels crash or compute
 * wrong values on some processors with AVX-512, in either memory layout (docs/adr/0005). A matrix
 * product goes to another library.
 */
public final class PointwiseConv {

    private static final String PYTORCH = "PyTorch";

    private PointwiseConv() {}

    /**
     * Tells whether each pixel of a convolution's output depends on one pixel of its input alone.
     *
     * @param conv the convolution
     * @return whether its kernel is 1×1 and it has no padding
     */
    public static boolean is(Conv2d conv) {
        return conv.getKernelShape().size() == 1
                && conv.getPadding().get(0) == 0
                && conv.getPadding().get(1) == 0;
    }

    /** Computes a convolution whose gradients would come from the fragile kernels. */
    static Optional<NDArray> differentiable(
            Conv2d conv, ParameterStore parameters, NDArray x, boolean training) {
        if (!is(conv)
                || x.getDevice().isGpu()
                || !x.getManager().getEngine().getEngineName().equals(PYTORCH)) {
            return Optional.empty();
        }
        NDArray weight = value(conv, Parameter.Type.WEIGHT, parameters, x, training).orElseThrow();
        if (!x.hasGradient() && !weight.hasGradient()) {
            return Optional.empty();
        }
        Optional<NDArray> bias = value(conv, Parameter.Type.BIAS, parameters, x, training);
        NDArray y;
        try (NDManager work = x.getManager().newSubManager()) {
            NDArray seen = x.get(work, seen(conv, x.getShape()));
            y = product(seen, weight, bias, conv.getGroups());
            y.attach(x.getManager());
        }
        return Optional.of(y);
    }

    private static Optional<NDArray> value(
            Conv2d conv,
            Parameter.Type type,
            ParameterStore parameters,
            NDArray x,
            boolean training) {
        return BlockNames.parameter(conv, type)
                .map(parameter -> parameters.getValue(parameter, x.getDevice(), training));
    }

    /** All pixels, or with a stride one of each so many. */
    private static NDIndex seen(Conv2d conv, Shape x) {
        return new NDIndex()
                .addAllDim(2)
                .addSliceDim(0, x.get(2), conv.getStride().get(0))
                .addSliceDim(0, x.get(3), conv.getStride().get(1));
    }

    /** For each group the pixels (N·H·W, C / g) times the weights (C / g, filters / g). */
    private static NDArray product(NDArray x, NDArray weight, Optional<NDArray> bias, int groups) {
        Shape shape = x.getShape();
        long filters = weight.getShape().get(0);
        NDArray pixels = x.transpose(0, 2, 3, 1).reshape(-1, groups, shape.get(1) / groups);
        NDArray y;
        try (NDArray matrices =
                        weight.reshape(groups, filters / groups, -1); // the weight's manager
                NDArray weights = matrices.swapAxes(1, 2)) {
            y = pixels.swapAxes(0, 1).matMul(weights).swapAxes(0, 1).reshape(-1, filters);
        }
        if (bias.isPresent()) {
            y = y.add(bias.get());
        }
        NDArray maps = y.reshape(shape.get(0), shape.get(2), shape.get(3), filters);
        // Flattened, they are copied into the plain layout: the next convolution goes by it.
        return maps.transpose(0, 3, 1, 2)
                .flatten()
                .reshape(shape.get(0), filters, shape.get(2), shape.get(3));
    }
}
