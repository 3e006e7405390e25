package org.efficientzoo.blocks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A block whose forward pass is written once, over {@link Ops}.
 *
 * <p>A subclass names its children in the constructor and writes {@link #forward}; what DJL asks of
 * a block (computing, shapes, initialisation) follows from that. It takes one array and returns
 * one.
 */
public abstract class EfficientBlock extends AbstractBlock {

    private static final byte VERSION = 1;

    private final Map<String, Block> namedChildren = new LinkedHashMap<>();
    private final Predictions predictions = new Predictions(this);
    private final ReentrantReadWriteLock passes = new ReentrantReadWriteLock();

    /** Creates a block without children. */
    protected EfficientBlock() {
        super(VERSION);
    }

    /**
     * Adds a child under the name that it has in the reference checkpoint.
     *
     * @param name the name, which may contain dots: {@code downsample.0}
     * @param block the child
     * @param <B> the child's type
     * @return the child
     * @throws IllegalArgumentException if the name is taken
     */
    protected final <B extends Block> B child(String name, B block) {
        if (namedChildren.putIfAbsent(name, block) != null) {
            throw new IllegalArgumentException("two children have the name " + name);
        }
        return addChildBlock(name, block);
    }

    /**
     * The children by their names in the reference checkpoint, in the order of their declaration.
     *
     * @return an unmodifiable view
     */
    public final Map<String, Block> namedChildren() {
        return Collections.unmodifiableMap(namedChildren);
    }

    /**
     * Describes the forward pass.
     *
     * @param ops the operations of the reading
     * @param x the input
     * @param <T> what the reading carries
     * @return the output
     */
    protected abstract <T> T forward(Ops<T> ops, T x);

    /**
     * Reads the forward pass.
     *
     * @param ops the operations of the reading
     * @param x the input
     * @param <T> what the reading carries
     * @return the output
     */
    public final <T> T read(Ops<T> ops, T x) {
        return forward(ops, x);
    }

    /** The forward pass in inference as it is described, one operation after the other. */
    final NDArray predictOneByOne(ParameterStore store, NDArray x) {
        return predictions.oneByOne(store, x, false);
    }

    /** {@inheritDoc} */
    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        NDArray x = inputs.get(only(inputs.size()));
        Lock pass = passes.readLock();
        pass.lock();
        try {
            if (training) {
                return new NDList(forward(new EagerOps(parameterStore, true), x));
            }
            return new NDList(predictions.predict(parameterStore, x));
        } finally {
            pass.unlock();
        }
    }

    /**
     * Runs an action while no other thread runs a forward pass of this block: passes that are
     * running end first, and others begin when the action is done. For actions that free what a
     * pass uses, such as the arrays of parameters, under which native code would crash.
     *
     * @param action what to do
     */
    public final void runIdle(Runnable action) {
        if (passes.getReadHoldCount() > 0) {
            action.run(); // a pass of this thread cannot be waited for
            return;
        }
        Lock idle = passes.writeLock();
        idle.lock();
        try {
            action.run();
        } finally {
            idle.unlock();
        }
    }

    /** {@inheritDoc} */
    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {forward(new ShapeOps(), inputShapes[only(inputShapes.length)])};
    }

    /** {@inheritDoc} */
    @Override
    protected void initializeChildBlocks(
            NDManager manager, DataType dataType, Shape... inputShapes) {
        forward(new InitializingOps(manager, dataType), inputShapes[only(inputShapes.length)]);
    }

    /** The index of the only input. */
    private int only(int inputs) {
        if (inputs != 1) {
            throw new IllegalArgumentException(
                    "a %s takes one input, found %d".formatted(getClass().getSimpleName(), inputs));
        }
        return 0;
    }
}
