package org.efficientzoo.blocks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.initializer.Initializer;
import ai.djl.training.initializer.NormalInitializer;
import java.util.function.ToDoubleFunction;

/**
 * The weight initialisers of the reference implementations, in terms of a weight of shape (out,
 * in/groups, kernel height, kernel width) or (out, in).
 *
 * <p>{@code fan_in} is the product of all but the first dimension, {@code fan_out} the product of
 * all but the second, as PyTorch counts them: the groups of a convolution do not lower {@code
 * fan_out}.
 */
public final class Initializers {

    private Initializers() {}

    /**
     * Normal with variance 2 / fan_out, for ReLU networks: what ResNet, MobileNetV2 and DarkNet
     * start from.
     *
     * @return the initialiser
     * @see <a href="https://arxiv.org/abs/1502.01852">He et al., section 2.2</a>
     */
    public static Initializer kaimingNormalFanOut() {
        return normal(weight -> Math.sqrt(2 / fanOut(weight)));
    }

    /**
     * Uniform with variance 2 / fan_in, bounds ±√(6 / fan_in): what SqueezeNet starts from.
     *
     * @return the initialiser
     * @see <a href="https://arxiv.org/abs/1502.01852">He et al., section 2.2</a>
     */
    public static Initializer kaimingUniformFanIn() {
        return uniform(weight -> Math.sqrt(6 / fanIn(weight)));
    }

    /**
     * Uniform within ±1 / √fan_in: the default of PyTorch's layers, which ShuffleNetV2 and the
     * linear layers of ResNet start from.
     *
     * @return the initialiser
     */
    public static Initializer uniformFanIn() {
        return uniform(weight -> 1 / Math.sqrt(fanIn(weight)));
    }

    /**
     * Uniform within ±1 / √fan_out: what timm gives the linear layer of MobileNetV1.
     *
     * @return the initialiser
     */
    public static Initializer uniformFanOut() {
        return uniform(weight -> 1 / Math.sqrt(fanOut(weight)));
    }

    /**
     * Normal with variance 2 / (fan_out / groups): what the TensorFlow MobileNets start from.
     *
     * @param groups the groups of the convolution
     * @return the initialiser
     */
    public static Initializer normalFanOutByGroups(int groups) {
        return normal(weight -> Math.sqrt(2 * groups / fanOut(weight)));
    }

    /**
     * Normal with standard deviation groups / in: what ShuffleNetV1's authors start their units
     * from.
     *
     * @return the initialiser
     */
    public static Initializer normalByInputs() {
        return normal(weight -> 1.0 / weight.get(1));
    }

    /**
     * Normal with a given standard deviation.
     *
     * @param std the standard deviation
     * @return the initialiser
     */
    public static Initializer normal(float std) {
        return new NormalInitializer(std);
    }

    private static Initializer normal(ToDoubleFunction<Shape> std) {
        return new Scaled(Scaled.Distribution.NORMAL, std);
    }

    private static Initializer uniform(ToDoubleFunction<Shape> bound) {
        return new Scaled(Scaled.Distribution.UNIFORM, bound);
    }

    private static double fanIn(Shape weight) {
        return (double) weight.size() / weight.get(0);
    }

    private static double fanOut(Shape weight) {
        return (double) weight.size() / weight.get(1);
    }

    /** A distribution whose width depends on the shape of the weight. */
    private record Scaled(Distribution distribution, ToDoubleFunction<Shape> width)
            implements Initializer {

        enum Distribution {
            NORMAL,
            UNIFORM
        }

        @Override
        public NDArray initialize(NDManager manager, Shape shape, DataType dataType) {
            float scale = (float) width.applyAsDouble(shape);
            return switch (distribution) {
                case NORMAL -> manager.randomNormal(0f, scale, shape, dataType);
                case UNIFORM -> manager.randomUniform(-scale, scale, shape, dataType);
            };
        }
    }
}
