package org.efficientzoo.training.run;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.norm.BatchNorm;
import org.efficientzoo.blocks.LeafSettings;
import org.efficientzoo.blocks.ShapeOps;
import org.efficientzoo.training.recipe.Recipe;

/** Finds batch norms that would get a single value of a channel, of which there is no variance. */
final class SingleValues extends ShapeOps {

    private boolean ofAnImage;

    private SingleValues() {}

    /**
     * Makes sure that there is none, on one device.
     *
     * @param network the network
     * @param recipe the recipe
     * @param images the images of the training set
     * @throws IllegalArgumentException if there is one
     */
    static void check(Block network, Recipe recipe, int images) {
        int height = recipe.augmentation().cropHeight();
        int width = recipe.augmentation().cropWidth();
        SingleValues values = new SingleValues();
        values.call(network, new Shape(1, 3, height, width));
        if (values.ofAnImage && leastAtOnce(recipe, images) == 1) {
            throw new IllegalArgumentException(
                    "batch norms of maps of one pixel need 2 images or more at once, found 1: %d images in batches of %d%s; choose another batch or part, or dropLast"
                            .formatted(
                                    images,
                                    recipe.batch(),
                                    recipe.part() > 0 ? " in parts of " + recipe.part() : ""));
        }
    }

    @Override
    public Shape batchNorm(BatchNorm norm, Shape x) {
        ofAnImage |= x.size() == x.get(1) && !LeafSettings.isFrozen(norm);
        return super.batchNorm(norm, x);
    }

    private static int leastAtOnce(Recipe recipe, int images) {
        int least = leastPart(recipe.batch(), recipe.part());
        int last = images % recipe.batch();
        return last == 0 || recipe.dropLast()
                ? least
                : Math.min(least, leastPart(last, recipe.part()));
    }

    private static int leastPart(int batch, int part) {
        return part == 0 ? batch : batch / ((batch - 1) / part + 1);
    }
}
