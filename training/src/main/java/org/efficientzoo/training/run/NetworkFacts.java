package org.efficientzoo.training.run;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import java.util.LinkedHashMap;
import java.util.Map;
import org.efficientzoo.blocks.LeafSettings;
import org.efficientzoo.blocks.Nonlinearity;
import org.efficientzoo.blocks.ShapeOps;
import org.efficientzoo.training.recipe.Recipe;
import org.efficientzoo.zoo.network.NetworkEntry;

/** What a run has to know of the network that was built for it. */
final class NetworkFacts extends ShapeOps {

    private final NetworkEntry entry;
    private float dropout;
    private float slope;
    private boolean normalizesPixels;

    private NetworkFacts(NetworkEntry entry) {
        this.entry = entry;
    }

    /**
     * Reads a network.
     *
     * @param entry what it is
     * @param network the network
     * @param recipe the recipe, whose crops it takes in training
     */
    static NetworkFacts of(NetworkEntry entry, Block network, Recipe recipe) {
        int height = recipe.augmentation().cropHeight();
        int width = recipe.augmentation().cropWidth();
        NetworkFacts facts = new NetworkFacts(entry);
        facts.call(network, new Shape(1, 3, height, width));
        return facts;
    }

    @Override
    public Shape batchNorm(BatchNorm norm, Shape x) {
        normalizesPixels |= x.size() == x.get(1) && !LeafSettings.isFrozen(norm);
        return super.batchNorm(norm, x);
    }

    @Override
    public Shape dropout(Dropout leaf, Shape x) {
        dropout = LeafSettings.rate(leaf);
        return super.dropout(leaf, x);
    }

    @Override
    public Shape activation(Nonlinearity function, Shape x) {
        if (function.kind() == Nonlinearity.Kind.LEAKY_RELU) {
            slope = function.slope();
        }
        return super.activation(function, x);
    }

    /**
     * The arguments that a look-up was given, and those of the network that nobody had to give.
     *
     * @param given the look-up's arguments by name
     */
    Map<String, String> arguments(Map<String, String> given) {
        Map<String, String> all = new LinkedHashMap<>(given);
        all.putIfAbsent("stemStride", "4");
        all.putIfAbsent("dropout", Float.toString(dropout));
        if (entry.family().hasWidth()) {
            all.putIfAbsent("width", "1.0");
        }
        if (slope != 0) {
            all.putIfAbsent("leakySlope", Float.toString(slope));
        }
        return all;
    }

    /**
     * Makes sure that no batch norm gets a single value of a channel, of which there is no
     * variance.
     *
     * @param recipe the recipe
     * @param images the images of the training set
     * @throws IllegalArgumentException if one would
     */
    void checkBatches(Recipe recipe, int images) {
        if (!normalizesPixels) {
            return;
        }
        int last = images % recipe.batch();
        int least = leastPart(recipe.batch(), recipe.part());
        if (last > 0 && !recipe.dropLast()) {
            least = Math.min(least, leastPart(last, recipe.part()));
        }
        if (least == 1) {
            throw new IllegalArgumentException(
                    "batch norms of maps of one pixel need 2 images or more at once, found 1: %d images in batches of %d%s; choose another batch or part, or dropLast"
                            .formatted(
                                    images,
                                    recipe.batch(),
                                    recipe.part() > 0 ? " in parts of " + recipe.part() : ""));
        }
    }

    private static int leastPart(int batch, int part) {
        return part == 0 ? batch : batch / ((batch - 1) / part + 1);
    }
}
