package org.efficientzoo.zoo.onnx;

import ai.onnx.proto.OnnxMl;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which values of a graph become integers.
 *
 * <p>Those do that a convolution or a matrix product reads, those that a convolution makes, and
 * what lies between them where ONNX Runtime has integer kernels for it. An activation behind a
 * kernel disappears into the rounding of its result: the levels then start at 0.
 */
final class QuantizationPlan {

    private static final Set<String> KERNELS = Set.of("Conv", "Gemm");

    /** What has an integer kernel, or needs none since it only moves values. */
    private static final Set<String> PASSING =
            Set.of(
                    "Add",
                    "AveragePool",
                    "Clip",
                    "Concat",
                    "Flatten",
                    "Gather",
                    "GlobalAveragePool",
                    "LeakyRelu",
                    "MaxPool",
                    "Relu",
                    "Reshape",
                    "Sigmoid",
                    "Slice",
                    "Transpose");

    /**
     * What gives levels that it was given; a concatenation does so where all parts have the same.
     */
    private static final Set<String> SAME_LEVELS =
            Set.of("Concat", "Flatten", "Gather", "MaxPool", "Reshape", "Slice", "Transpose");

    private final Set<String> constants = new HashSet<>();
    private final Map<String, OnnxMl.NodeProto> makers = new HashMap<>();
    private final Map<String, List<OnnxMl.NodeProto>> users = new HashMap<>();
    private final Set<String> results = new HashSet<>();
    private final Set<String> values = new LinkedHashSet<>();
    private final Map<String, String> groups = new HashMap<>();

    QuantizationPlan(OnnxMl.GraphProto graph) {
        graph.getInitializerList().forEach(tensor -> constants.add(tensor.getName()));
        graph.getOutputList().forEach(output -> results.add(output.getName()));
        for (OnnxMl.NodeProto node : graph.getNodeList()) {
            makers.put(node.getOutput(0), node);
            for (String input : node.getInputList()) {
                users.computeIfAbsent(input, key -> new ArrayList<>()).add(node);
            }
        }
        List<OnnxMl.NodeProto> nodes = graph.getNodeList();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            choose(nodes.get(i));
        }
        nodes.forEach(this::group);
    }

    private void choose(OnnxMl.NodeProto node) {
        String result = afterActivation(node.getOutput(0));
        String type = node.getOpType();
        if (type.equals("Conv")) {
            values.add(result);
        }
        boolean passes = PASSING.contains(type) && values.contains(result);
        boolean vanishes = isActivation(node) && vanishes(node);
        if (KERNELS.contains(type) || (passes && !vanishes)) {
            inputs(node).forEach(values::add);
        }
    }

    private static boolean isActivation(OnnxMl.NodeProto node) {
        return node.getOpType().equals("Relu") || node.getOpType().equals("Clip");
    }

    /** Whether what makes the input of an activation can do without the activation. */
    private boolean vanishes(OnnxMl.NodeProto activation) {
        String input = activation.getInput(0);
        OnnxMl.NodeProto maker = makers.get(input);
        boolean only = users.get(input).size() == 1 && !results.contains(input);
        return only
                && maker != null
                && (KERNELS.contains(maker.getOpType()) || PASSING.contains(maker.getOpType()));
    }

    /** The value, or that of the activation that only it goes into. */
    private String afterActivation(String value) {
        List<OnnxMl.NodeProto> all = users.getOrDefault(value, List.of());
        boolean vanishes = all.size() == 1 && isActivation(all.get(0)) && vanishes(all.get(0));
        return vanishes ? all.get(0).getOutput(0) : value;
    }

    /** The values that a node computes with: all but weights and constants. */
    List<String> inputs(OnnxMl.NodeProto node) {
        return node.getInputList().stream().filter(input -> !constants.contains(input)).toList();
    }

    private void group(OnnxMl.NodeProto node) {
        String result = node.getOutput(0);
        if (SAME_LEVELS.contains(node.getOpType()) && values.contains(result)) {
            for (String input : inputs(node)) {
                if (values.contains(input)) {
                    groups.put(group(input), group(result));
                }
            }
        }
    }

    /** Stands for all values that have the same levels. */
    String group(String value) {
        String group = value;
        while (groups.containsKey(group) && !groups.get(group).equals(group)) {
            group = groups.get(group);
        }
        return group;
    }

    /** The values that become integers. */
    Set<String> values() {
        return values;
    }

    /** Whether a value holds nothing but what others hold that have the same levels. */
    boolean isMoved(String value) {
        OnnxMl.NodeProto maker = makers.get(value);
        return maker != null
                && SAME_LEVELS.contains(maker.getOpType())
                && values.containsAll(inputs(maker));
    }

    /** The values by the group of those that have the same levels. */
    Map<String, List<String>> groups() {
        Map<String, List<String>> all = new LinkedHashMap<>();
        for (String value : values) {
            all.computeIfAbsent(group(value), key -> new ArrayList<>()).add(value);
        }
        return all;
    }
}
