package org.efficientzoo.zoo.torchscript;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.zoo.torchscript.Graph.Node;
import org.efficientzoo.zoo.torchscript.Operation.Convolution;
import org.efficientzoo.zoo.torchscript.Operation.Normalization;

/** Batch norms in inference folded into the convolutions before them. */
final class Folding {

    private Folding() {}

    /** A convolution and the batch norm that nobody but it feeds. */
    record Pair(Conv2d conv, BatchNorm norm, double epsilon) {

        /** The weights with the scale, computed in double precision. */
        float[] weight() {
            float[] values = values(conv, Parameter.Type.WEIGHT);
            double[] scale = scale();
            int each = values.length / scale.length;
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (values[i] * scale[i / each]);
            }
            return values;
        }

        /** The shift, and the bias if there was one. */
        float[] bias() {
            double[] scale = scale();
            float[] shift = values(norm, Parameter.Type.BETA);
            float[] mean = values(norm, Parameter.Type.RUNNING_MEAN);
            float[] before =
                    conv.isIncludeBias()
                            ? values(conv, Parameter.Type.BIAS)
                            : new float[shift.length];
            for (int i = 0; i < shift.length; i++) {
                shift[i] = (float) (shift[i] + ((double) before[i] - mean[i]) * scale[i]);
            }
            return shift;
        }

        private double[] scale() {
            float[] gamma = values(norm, Parameter.Type.GAMMA);
            float[] variance = values(norm, Parameter.Type.RUNNING_VAR);
            double[] scale = new double[gamma.length];
            for (int i = 0; i < scale.length; i++) {
                scale[i] = gamma[i] / Math.sqrt(variance[i] + epsilon);
            }
            return scale;
        }

        private static float[] values(Block leaf, Parameter.Type type) {
            return Folding.values(BlockNames.parameter(leaf, type).orElseThrow());
        }
    }

    /** The values of a parameter, in single precision whatever they are stored in. */
    static float[] values(Parameter parameter) {
        NDArray array = parameter.getArray();
        if (array.getDataType() == DataType.FLOAT32) {
            return array.toFloatArray();
        }
        try (NDArray single = array.toType(DataType.FLOAT32, true)) {
            return single.toFloatArray();
        }
    }

    /** The pairs of a graph; a layer that stands in several places is left alone. */
    static List<Pair> pairs(Graph graph) {
        Map<Object, Integer> places = new HashMap<>();
        for (Node node : graph.nodes()) {
            if (node.operation() instanceof Convolution convolution) {
                places.merge(convolution.conv(), 1, Integer::sum);
            } else if (node.operation() instanceof Normalization normalization) {
                places.merge(normalization.norm(), 1, Integer::sum);
            }
        }
        List<Pair> pairs = new ArrayList<>();
        for (Node node : graph.nodes()) {
            int operand = node.operands().get(0);
            if (node.operation() instanceof Normalization normalization
                    && operand != Graph.INPUT
                    && graph.uses(operand) == 1
                    && graph.nodes().get(operand).operation() instanceof Convolution convolution
                    && places.get(normalization.norm()) == 1
                    && places.get(convolution.conv()) == 1) {
                double epsilon = Text.exact(normalization.settings().epsilon());
                pairs.add(new Pair(convolution.conv(), normalization.norm(), epsilon));
            }
        }
        return pairs;
    }

    /** The graph with its pairs joined; the bias goes by the name of the norm's shift. */
    static Graph fold(Graph graph, List<Pair> pairs) {
        Map<Object, Pair> paired = new HashMap<>();
        pairs.forEach(pair -> paired.put(pair.conv, pair));
        pairs.forEach(pair -> paired.put(pair.norm, pair));
        List<Node> nodes = new ArrayList<>();
        int[] numbers = new int[graph.nodes().size()];
        for (int i = 0; i < numbers.length; i++) {
            Node node = graph.nodes().get(i);
            List<Integer> operands =
                    node.operands().stream().map(value -> renumbered(numbers, value)).toList();
            if (node.operation() instanceof Normalization normalization
                    && paired.containsKey(normalization.norm())) {
                numbers[i] = operands.get(0);
                continue;
            }
            Operation operation = node.operation();
            if (operation instanceof Convolution convolution
                    && paired.containsKey(convolution.conv())) {
                operation = new Operation.Folded(paired.get(convolution.conv()));
            }
            numbers[i] = nodes.size();
            nodes.add(new Node(operation, operands));
        }
        return new Graph(nodes, renumbered(numbers, graph.result()));
    }

    private static int renumbered(int[] numbers, int value) {
        return value == Graph.INPUT ? value : numbers[value];
    }
}
