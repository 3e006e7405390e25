package org.efficientzoo.zoo.network;

import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What another publisher calls the layers of a network.
 *
 * @param mark a tensor that the checkpoints of this publisher have and no others
 * @param layers this network's name of a layer by the publisher's
 */
record PublishedNames(String mark, Map<String, String> layers) implements UnaryOperator<String> {

    PublishedNames {
        layers = Map.copyOf(layers);
    }

    /** This network's name of a tensor, {@code layer.weight}; an unknown one keeps its name. */
    @Override
    public String apply(String tensor) {
        int dot = tensor.lastIndexOf('.');
        String layer = dot < 0 ? null : layers.get(tensor.substring(0, dot));
        return layer == null ? tensor : layer + tensor.substring(dot);
    }
}
