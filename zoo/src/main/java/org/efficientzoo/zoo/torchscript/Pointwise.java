package org.efficientzoo.zoo.torchscript;

import ai.djl.nn.convolutional.Conv2d;

/**
 * A 1×1 convolution, written as the matrix product that it is in the channels-last layout: the
 * pixels, (N·H·W, C), times the weights.
 *
 * <p>It is not left to PyTorch's convolution. In the channels-last layout, and for gradients in
 * both, that takes oneDNN's kernels for 1×1 convolutions, which in libtorch 2.7.1 crash or compute
 * wrong values on processors with AVX-512 whose caches are hidden (docs/adr/0005). A matrix product
 * goes to another library.
 *
 * <p>The axes are moved, and not permuted, since PyTorch has no derivative of its own for scripts
 * of the former: with one it would compute the gradients of the first calls in another order than
 * those of later ones, with other last bits.
 */
final class Pointwise {

    private Pointwise() {}

    /**
     * The expression.
     *
     * @param x the name of the input, (N, C, H, W)
     * @param weight the expression of the weights, (filters, C / groups, 1, 1)
     * @param bias the expression of the bias, or {@code None}
     */
    static String text(Conv2d conv, String x, String weight, String bias) {
        String seen = seen(conv, x);
        String last = "torch.movedim(%s, 1, 3)".formatted(seen);
        String pixels = seen.equals(x) ? last : "torch.contiguous(%s)".formatted(last);
        String product =
                conv.getGroups() == 1
                        ? "torch.linear(torch.flatten(%s, 0, 2), torch.flatten(%s, 1), %s)"
                                .formatted(pixels, weight, bias)
                        : grouped(conv.getGroups(), pixels, weight, bias);
        product =
                "torch.reshape(%s, [%s, %s, %s, -1])"
                        .formatted(product, size(seen, 0), size(seen, 2), size(seen, 3));
        return "torch.movedim(%s, 3, 1)".formatted(product);
    }

    /** What of its input the convolution sees: all, or with a stride a pixel of each so many. */
    private static String seen(Conv2d conv, String x) {
        String seen = x;
        for (int axis = 0; axis < 2; axis++) {
            long stride = conv.getStride().get(axis);
            if (stride > 1) {
                seen = "torch.slice(%s, %s, 0, None, %s)".formatted(seen, 2 + axis, stride);
            }
        }
        return seen;
    }

    private static String size(String x, int axis) {
        return "torch.size(%s, %s)".formatted(x, axis);
    }

    /** A product a group: (g, N·H·W, C / g) times (g, C / g, filters / g). */
    private static String grouped(int groups, String pixels, String weight, String bias) {
        String inputs =
                "torch.transpose(torch.flatten(torch.unflatten(%s, 3, [%s, -1]), 0, 2), 0, 1)"
                        .formatted(pixels, groups);
        String weights =
                "torch.transpose(torch.unflatten(torch.flatten(%s, 1), 0, [%s, -1]), 1, 2)"
                        .formatted(weight, groups);
        String products =
                "torch.flatten(torch.transpose(torch.bmm(%s, %s), 0, 1), 1)"
                        .formatted(inputs, weights);
        return bias.equals(ParameterNames.NONE)
                ? products
                : "torch.add(%s, %s)".formatted(products, bias);
    }
}
