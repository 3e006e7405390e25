package org.efficientzoo.blocks;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.ParameterStore;
import java.util.List;
import org.efficientzoo.blocks.LastUses.Fate;

/**
 * The computing reading of one forward pass in inference, which releases each array at its last
 * use.
 *
 * <p>Memory that is given back at once is used again by the next operation while it is still in the
 * processor's caches; memory held until the end of the call has to be fetched from the operating
 * system, page by page.
 */
final class InferenceOps extends EagerOps {

    private final LastUses lastUses;
    private final boolean ownsInput;
    private final Bounds bounds;
    private int operation;

    /**
     * Creates the reading of one block.
     *
     * @param ownsInput whether the block's input may be released, too
     * @param bounds what the whole forward pass shares
     */
    InferenceOps(ParameterStore parameters, LastUses lastUses, boolean ownsInput, Bounds bounds) {
        super(parameters, false);
        this.lastUses = lastUses;
        this.ownsInput = ownsInput;
        this.bounds = bounds;
    }

    private boolean isDone(int operand) {
        Fate fate = lastUses.fate(operation, operand);
        return fate == Fate.RELEASE || (fate == Fate.RELEASE_IF_OWNED && ownsInput);
    }

    private NDArray done(NDArray result, NDArray x) {
        if (isDone(0)) {
            x.close();
        }
        operation++;
        return result;
    }

    private NDArray done(NDArray result, List<NDArray> operands) {
        for (int i = 0; i < operands.size(); i++) {
            if (isDone(i)) {
                operands.get(i).close();
            }
        }
        operation++;
        return result;
    }

    @Override
    public NDArray conv(Conv2d conv, NDArray x) {
        return done(super.conv(conv, x), x);
    }

    @Override
    public NDArray batchNorm(BatchNorm norm, NDArray x) {
        return done(super.batchNorm(norm, x), x);
    }

    @Override
    public NDArray linear(Linear linear, NDArray x) {
        return done(super.linear(linear, x), x);
    }

    @Override
    public NDArray activation(Nonlinearity function, NDArray x) {
        return switch (function.kind()) {
            case NONE -> x;
            case RELU6 -> done(bounds.relu6(x), x);
            case RELU, LEAKY_RELU -> done(super.activation(function, x), x);
        };
    }

    @Override
    public NDArray maxPool(Pooling window, NDArray x) {
        return done(super.maxPool(window, x), x);
    }

    @Override
    public NDArray avgPool(Pooling window, NDArray x) {
        return done(super.avgPool(window, x), x);
    }

    @Override
    public NDArray globalAvgPool(NDArray x) {
        return done(super.globalAvgPool(x), x);
    }

    @Override
    public NDArray add(NDArray a, NDArray b) {
        return done(super.add(a, b), List.of(a, b));
    }

    @Override
    public NDArray concat(List<NDArray> maps) {
        return done(super.concat(maps), maps);
    }

    @Override
    public NDArray slice(int from, int to, NDArray x) {
        return done(super.slice(from, to, x), x);
    }

    @Override
    public NDArray shuffle(int groups, NDArray x) {
        return done(super.shuffle(groups, x), x);
    }

    @Override
    public NDArray unshuffle(int groups, NDArray x) {
        return done(super.unshuffle(groups, x), x);
    }

    @Override
    public NDArray nested(EfficientBlock block, NDArray x) {
        boolean done = isDone(0);
        operation++;
        // The inner block releases x itself, as soon as it has no more use for it.
        NDArray y = block.read(new InferenceOps(parameters(), block.lastUses(), done, bounds), x);
        return y == x && !done ? x.duplicate() : y;
    }

    @Override
    public NDArray sequence(SequentialBlock blocks, NDArray x) {
        return nested(new Sequence(blocks.getChildren().values()), x);
    }

    @Override
    public NDArray other(Block block, NDArray x) {
        NDArray y = super.other(block, x);
        boolean done = isDone(0);
        operation++;
        if (y == x) {
            return done ? x : x.duplicate();
        }
        if (done) {
            x.close();
        }
        return y;
    }
}
