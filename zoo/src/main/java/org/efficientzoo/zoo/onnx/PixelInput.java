package org.efficientzoo.zoo.onnx;

import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.stream.IntStream;
import org.efficientzoo.zoo.image.ChannelOrder;
import org.efficientzoo.zoo.image.EvaluationTransform;

/**
 * How a graph takes pixels, (N, H, W, 3) of uint8, red first, in place of normalized planes.
 *
 * <p>The factors of the normalization go into the convolutions that see the input. What is
 * subtracted goes into their biases where they have no padding; where they have, the padding must
 * be zeros behind the subtraction, which therefore stays an operation of its own.
 */
final class PixelInput {

    private static final double WHITE = 255;
    private static final int COLORS = 3;

    private final Node input;
    private final ChannelOrder planes;
    private final List<Double> shift;
    private final List<Double> scale;
    private final boolean shifts;
    private final boolean scales;

    /**
     * Decides what goes into convolutions.
     *
     * @param graph the graph of the network, which takes planes
     * @param transform how planes are made of pixels
     * @throws IllegalArgumentException if the graph does not take three planes
     */
    PixelInput(Graph graph, EvaluationTransform transform) {
        this.input = graph.input();
        Shape shape = input.shape();
        if (shape.dimension() != 4 || shape.get(1) != COLORS) {
            throw new IllegalArgumentException(
                    "pixels have 3 channels, found a network whose input is " + shape);
        }
        this.planes = transform.channelOrder();
        this.shift = transform.mean().stream().map(m -> m * WHITE).toList();
        this.scale = transform.std().stream().map(s -> 1 / (s * WHITE)).toList();
        List<Node> users =
                graph.nodes().stream().filter(node -> node.inputs().contains(input)).toList();
        this.scales =
                graph.output() != input
                        && users.stream()
                                .allMatch(user -> user.operation().convolution().isPresent());
        this.shifts =
                scales
                        && users.stream()
                                .map(
                                        user ->
                                                user.operation()
                                                        .convolution()
                                                        .orElseThrow()
                                                        .getPadding())
                                .allMatch(p -> p.get(0) == 0 && p.get(1) == 0);
    }

    /** What is subtracted from red, green and blue by an operation of its own; may be empty. */
    List<Double> subtrahend() {
        return shifts ? List.of() : shift;
    }

    /** What red, green and blue are multiplied by, by an operation of its own; may be empty. */
    List<Double> factor() {
        return scales ? List.of() : scale;
    }

    /** Which plane of the network stands at the places of red, green and blue. */
    Order order() {
        return Order.of(IntStream.range(0, COLORS).mapToObj(planes::colour).toList());
    }

    /** The weights of a layer with what of the normalization goes into them. */
    Kernel normalizing(Node node, Kernel kernel) {
        if (!scales || !node.inputs().contains(input)) {
            return kernel;
        }
        Kernel scaled = kernel.precededBy(ofPlanes(scale));
        return shifts ? scaled.precededByMinus(ofPlanes(shift)) : scaled;
    }

    /** The values of the planes, from those of red, green and blue. */
    private double[] ofPlanes(List<Double> colors) {
        return IntStream.range(0, COLORS).mapToDouble(p -> colors.get(planes.colour(p))).toArray();
    }
}
