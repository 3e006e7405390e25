package org.efficientzoo.zoo.weights;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.blocks.analysis.Complexity;
import org.efficientzoo.blocks.analysis.LayerCost;
import org.efficientzoo.zoo.network.DarkNet19;
import org.efficientzoo.zoo.network.DarkNet53;

/**
 * The tensors of a Darknet file in their order, which is that of the convolutions.
 *
 * @param body the tensors of all layers but the classifier
 * @param head the name of the classifier
 * @param headWeight the shape of its weights
 */
record DarknetLayout(Map<String, Shape> body, String head, Shape headWeight) {

    /** Whether Darknet has such a network. */
    static boolean exists(Block network) {
        return network instanceof DarkNet19 || network instanceof DarkNet53;
    }

    static DarknetLayout of(Block network, Shape input) {
        Map<String, Shape> shapes = ParameterShapes.of(network, input);
        String head = StateDict.head(network, input);
        Map<String, Shape> body = new LinkedHashMap<>();
        String conv = "";
        for (LayerCost layer : Complexity.of(network, input).layers()) {
            if (layer.type().equals("BatchNorm")) {
                for (String name : List.of("bias", "weight", "running_mean", "running_var")) {
                    put(body, shapes, layer.name() + "." + name);
                }
                put(body, shapes, conv + ".weight");
            } else if (layer.activations() > 0) {
                conv = layer.name();
            }
        }
        return new DarknetLayout(body, head, shapes.get(head + ".weight"));
    }

    private static void put(Map<String, Shape> body, Map<String, Shape> shapes, String name) {
        body.put(name, shapes.get(name));
    }

    private long bodyFloats() {
        return body.values().stream().mapToLong(Shape::size).sum();
    }

    /** A bias and a row of the weights. */
    private long floatsPerClass() {
        return 1 + headWeight.size() / headWeight.get(0);
    }

    /** What {@link #shapes} takes. */
    String expected() {
        return "it must have %d floats and, where it has a classifier, %d more for each class"
                .formatted(bodyFloats(), floatsPerClass());
    }

    /** What to do with a file of another size. */
    String advice(long floats) {
        return floats < bodyFloats()
                ? "it is cut short or of another network"
                : "it is cut short or of a detector as YOLOv3, whose backbone alone is"
                        + " darknet53.conv.74";
    }

    /**
     * The shapes of the tensors of a file, in their order.
     *
     * @param floats how many values the file has
     * @return the shapes, or nothing if no number of classes makes so many
     */
    Optional<Map<String, Shape>> shapes(long floats) {
        long rest = floats - bodyFloats();
        if (rest < 0 || rest % floatsPerClass() != 0) {
            return Optional.empty();
        }
        Map<String, Shape> all = new LinkedHashMap<>(body);
        long classes = rest / floatsPerClass();
        if (classes > 0) {
            all.put(head + ".bias", new Shape(classes));
            all.put(head + ".weight", new Shape(classes).addAll(headWeight.slice(1)));
        }
        return Optional.of(all);
    }
}
