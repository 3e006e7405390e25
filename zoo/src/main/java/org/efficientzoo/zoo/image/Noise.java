package org.efficientzoo.zoo.image;

import ai.djl.ndarray.types.Shape;
import java.util.SplittableRandom;

/** Inputs for measurements and comparisons, for which no photo is needed. */
public final class Noise {

    private Noise() {}

    /**
     * Draws values evenly spread over -2 to 2, about where normalised pixels lie.
     *
     * @param shape the shape of the input
     * @param seed what the values depend on, and on nothing else
     * @return as many values as the shape has
     * @throws ArithmeticException if the shape has more values than a Java array
     */
    public static float[] of(Shape shape, long seed) {
        var random = new SplittableRandom(seed);
        var noise = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) (4 * random.nextDouble() - 2);
        }
        return noise;
    }
}
