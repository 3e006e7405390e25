package org.efficientzoo.blocks;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.ParameterStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.blocks.FoldedNorms.Folded;
import org.efficientzoo.blocks.LastUses.Fate;

/**
 * The computing reading of one forward pass in inference, which releases each array at its last
 * use, and uses weights with batch norms folded in where it is given them.
 *
 * <p>Memory that is given back at once is used again by the next operation while it is still in the
 * processor's caches; memory held until the end of the call has to be fetched from the operating
 * system, page by page.
 */
final class InferenceOps extends EagerOps {

    private final LastUses lastUses;
    private final boolean ownsInput;
    private final Pass pass;
    private int operation;

    /** What all blocks of one forward pass share. */
    static final class Pass {

        private final Map<Block, Folded> folded;
        private final Bounds bounds;
        private final boolean inPlace;
        private Optional<NDArray> fresh = Optional.empty();

        /**
         * Starts a pass.
         *
         * @param folded what to use in place of a convolution's weights; also holds the batch norms
         *     that are done with that
         * @param bounds of ReLU6
         * @param inPlace whether a sum may overwrite an operand
         */
        Pass(Map<Block, Folded> folded, Bounds bounds, boolean inPlace) {
            this.folded = folded;
            this.bounds = bounds;
            this.inPlace = inPlace;
        }

        /** Whether an array was made by the last operation, so that no other one has its memory. */
        private boolean owns(NDArray x) {
            return inPlace && fresh.isPresent() && fresh.get() == x;
        }
    }

    /**
     * Creates the reading of one block.
     *
     * @param ownsInput whether the block's input may be released, too
     * @param pass what the whole forward pass shares
     */
    InferenceOps(ParameterStore parameters, LastUses lastUses, boolean ownsInput, Pass pass) {
        super(parameters, false);
        this.lastUses = lastUses;
        this.ownsInput = ownsInput;
        this.pass = pass;
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
        pass.fresh = Optional.empty();
        return result;
    }

    private NDArray fresh(NDArray result, NDArray x) {
        NDArray made = done(result, x);
        pass.fresh = Optional.of(made);
        return made;
    }

    private NDArray done(NDArray result, List<NDArray> operands) {
        for (int i = 0; i < operands.size(); i++) {
            if (isDone(i)) {
                operands.get(i).close();
            }
        }
        operation++;
        pass.fresh = Optional.empty();
        return result;
    }

    @Override
    public NDArray conv(Conv2d conv, NDArray x) {
        Folded own = pass.folded.get(conv);
        return fresh(own == null ? super.conv(conv, x) : own.apply(conv, x), x);
    }

    @Override
    public NDArray batchNorm(BatchNorm norm, NDArray x) {
        if (pass.folded.containsKey(norm)) {
            operation++;
            return x; // normalised already; this was its only use
        }
        return fresh(super.batchNorm(norm, x), x);
    }

    @Override
    public NDArray linear(Linear linear, NDArray x) {
        return done(super.linear(linear, x), x);
    }

    @Override
    public NDArray activation(Nonlinearity function, NDArray x) {
        return switch (function.kind()) {
            case NONE -> x;
            case RELU6 -> done(pass.bounds.relu6(x), x);
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
        if (pass.owns(b) && isDone(1)) {
            return addTo(b, a, isDone(0));
        }
        if (pass.owns(a) && isDone(0)) {
            return addTo(a, b, isDone(1));
        }
        return done(super.add(a, b), List.of(a, b));
    }

    private NDArray addTo(NDArray sum, NDArray addend, boolean done) {
        sum.addi(addend);
        if (done) {
            addend.close();
        }
        operation++;
        return sum;
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
        NDArray y = block.read(new InferenceOps(parameters(), block.lastUses(), done, pass), x);
        return y == x && !done ? x.duplicate() : y;
    }

    @Override
    public NDArray sequence(SequentialBlock blocks, NDArray x) {
        return nested(new Sequence(blocks.getChildren().values()), x);
    }

    @Override
    public NDArray other(Block block, NDArray x) {
        NDArray y = super.other(block, x);
        if (isParameter(y, block)) { // which whoever uses it last must not close
            y = y.duplicate();
            y.attach(x.getManager());
        }
        boolean done = isDone(0);
        operation++;
        pass.fresh = Optional.empty();
        if (y == x) {
            return done ? x : x.duplicate();
        }
        if (done) {
            x.close();
        }
        return y;
    }

    private boolean isParameter(NDArray y, Block block) {
        return block.getParameters().values().stream()
                .filter(Parameter::isInitialized)
                .anyMatch(found -> parameters().getValue(found, y.getDevice(), false) == y);
    }
}
