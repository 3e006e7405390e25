package org.efficientzoo.zoo.torchscript;

import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.LeafSettings;
import org.efficientzoo.blocks.NamedFunction;
import org.efficientzoo.blocks.Nonlinearity;
import org.efficientzoo.blocks.Pooling;
import org.efficientzoo.blocks.Reading;

/**
 * The reading that writes the operations down. A value is the number of the operation that made it;
 * the input is {@link #INPUT}.
 */
final class Graph {

    static final int INPUT = -1;

    private final List<Node> nodes;
    private final int result;

    Graph(List<Node> nodes, int result) {
        this.nodes = List.copyOf(nodes);
        this.result = result;
    }

    /** An operation and the values it takes. */
    record Node(Operation operation, List<Integer> operands) {}

    /**
     * Reads a block.
     *
     * @throws IllegalArgumentException if there is a block inside that has no script; it is named
     */
    static Graph of(Block root) {
        Recorder recorder = new Recorder(root);
        int result = recorder.call(root, INPUT);
        return new Graph(recorder.nodes, result);
    }

    /** Whether a convolution is in it, which takes arrays of four axes alone. */
    boolean hasConvolution() {
        return nodes.stream()
                .anyMatch(
                        node ->
                                node.operation() instanceof Operation.Convolution
                                        || node.operation() instanceof Operation.Folded);
    }

    List<Node> nodes() {
        return nodes;
    }

    int result() {
        return result;
    }

    /** How often a value is used, as an operand or as the result. */
    long uses(int value) {
        long asOperand =
                nodes.stream()
                        .flatMap(node -> node.operands.stream())
                        .filter(operand -> operand == value)
                        .count();
        return asOperand + (value == result ? 1 : 0);
    }

    private static final class Recorder implements Reading<Integer> {

        private final Block root;
        private final Map<Block, String> names;
        private final List<Node> nodes = new ArrayList<>();

        Recorder(Block root) {
            this.root = root;
            this.names = BlockNames.of(root);
        }

        private Integer node(Operation operation, List<Integer> operands) {
            nodes.add(new Node(operation, List.copyOf(operands)));
            return nodes.size() - 1;
        }

        private Integer node(Operation operation, Integer x) {
            return node(operation, List.of(x));
        }

        @Override
        public Integer conv(Conv2d conv, Integer x) {
            return node(new Operation.Convolution(conv), x);
        }

        @Override
        public Integer batchNorm(BatchNorm norm, Integer x) {
            LeafSettings.Norm settings = LeafSettings.of(norm);
            if (settings.axis() != 1) {
                throw new IllegalArgumentException(
                        "a script normalises axis 1, found axis %d in %s"
                                .formatted(settings.axis(), names.get(norm)));
            }
            return node(new Operation.Normalization(norm, settings), x);
        }

        @Override
        public Integer linear(Linear linear, Integer x) {
            return node(new Operation.Affine(linear), x);
        }

        @Override
        public Integer dropout(Dropout dropout, Integer x) {
            return node(new Operation.Drop(LeafSettings.rate(dropout)), x);
        }

        @Override
        public Integer activation(Nonlinearity function, Integer x) {
            return function.kind() == Nonlinearity.Kind.NONE
                    ? x
                    : node(new Operation.Activation(function), x);
        }

        @Override
        public Integer maxPool(Pooling window, Integer x) {
            return node(new Operation.MaxPooling(window), x);
        }

        @Override
        public Integer avgPool(Pooling window, Integer x) {
            return node(new Operation.MeanPooling(window), x);
        }

        @Override
        public Integer globalAvgPool(Integer x) {
            return node(new Operation.GlobalMean(), x);
        }

        @Override
        public Integer add(Integer a, Integer b) {
            return node(new Operation.Sum(), List.of(a, b));
        }

        @Override
        public Integer concat(List<Integer> maps) {
            return node(new Operation.Concatenation(), maps);
        }

        @Override
        public Integer slice(int from, int to, Integer x) {
            return node(new Operation.ChannelRange(from, to), x);
        }

        @Override
        public Integer shuffle(int groups, Integer x) {
            return node(new Operation.Transposition(groups, -1), x);
        }

        @Override
        public Integer unshuffle(int groups, Integer x) {
            return node(new Operation.Transposition(-1, groups), x);
        }

        @Override
        public Integer other(Block block, Integer x) {
            NamedFunction function =
                    NamedFunction.of(block, root).orElseThrow(() -> unknown(block));
            return switch (function) {
                case IDENTITY -> x;
                case RELU -> activation(Nonlinearity.RELU, x);
                case RELU6 -> activation(Nonlinearity.RELU6, x);
                case SIGMOID -> node(new Operation.Named("sigmoid"), x);
                case TANH -> node(new Operation.Named("tanh"), x);
                case SELU -> node(new Operation.Named("selu"), x);
                case GLOBAL_AVG_POOL -> globalAvgPool(x);
            };
        }

        private IllegalArgumentException unknown(Block block) {
            return new IllegalArgumentException(
                    ("the block %s, a %s, has no script; known are this project's blocks and DJL's"
                                    + " Conv2d, BatchNorm, Linear, Dropout, SequentialBlock and"
                                    + " activations without settings")
                            .formatted(names.get(block), describe(block)));
        }

        private static String describe(Block block) {
            String type = block.getClass().getSimpleName();
            return block instanceof LambdaBlock lambda ? type + " " + lambda.getName() : type;
        }
    }
}
