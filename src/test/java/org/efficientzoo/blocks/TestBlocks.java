package org.efficientzoo.blocks;

import ai.djl.MalformedModelException;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.zoo.weights.StateDict;

/** Blocks of one operation, and what it takes to run a block in a test. */
public final class TestBlocks {

    private static final long SALT = 5;

    private TestBlocks() {}

    /** Gives a block the values of the formula; it does not record gradients. */
    public static <B extends Block> B filled(B block, Shape input, NDManager manager) {
        try (Formula formula = new Formula(ParameterShapes.of(block, input), SALT, List.of())) {
            new StateDict(block, input, false).load(formula, manager);
            return block;
        } catch (IOException | MalformedModelException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An input between -2 and 2. */
    public static NDArray input(Shape shape, NDManager manager) {
        return manager.create(Formula.input(shape, SALT), shape);
    }

    /** Runs a block in inference. */
    public static NDArray predict(Block block, NDArray x) {
        ParameterStore store = new ParameterStore(x.getManager(), false);
        return block.forward(store, new NDList(x), false).singletonOrThrow();
    }

    /** Does something while the engine records gradients. */
    public static void recording(String engine, Consumer<GradientCollector> work) {
        try (GradientCollector collector = Engine.getEngine(engine).newGradientCollector()) {
            work.accept(collector);
        }
    }

    /** Overwrites a parameter with one value. */
    public static void set(Block block, String name, float value) {
        NDArray array = BlockNames.parameters(block).get(name).getArray();
        try (NDArray values = array.getManager().full(array.getShape(), value)) {
            values.copyTo(array);
        }
    }

    /** One leaf under the name that it has in a checkpoint. */
    public static EfficientBlock leaf(String name, Block leaf) {
        return new Leaf(name, leaf);
    }

    public static EfficientBlock activation(Nonlinearity function) {
        return new EfficientBlock() {
            @Override
            protected <T> T forward(Ops<T> ops, T x) {
                return ops.activation(function, x);
            }
        };
    }

    public static EfficientBlock maxPool(Pooling window) {
        return new EfficientBlock() {
            @Override
            protected <T> T forward(Ops<T> ops, T x) {
                return ops.maxPool(window, x);
            }
        };
    }

    public static EfficientBlock avgPool(Pooling window) {
        return new EfficientBlock() {
            @Override
            protected <T> T forward(Ops<T> ops, T x) {
                return ops.avgPool(window, x);
            }
        };
    }

    public static EfficientBlock globalAvgPool() {
        return new EfficientBlock() {
            @Override
            protected <T> T forward(Ops<T> ops, T x) {
                return ops.globalAvgPool(x);
            }
        };
    }

    private static final class Leaf extends EfficientBlock {

        private final Block leaf;

        Leaf(String name, Block leaf) {
            this.leaf = child(name, leaf);
        }

        @Override
        protected <T> T forward(Ops<T> ops, T x) {
            return ops.call(leaf, x);
        }
    }
}
