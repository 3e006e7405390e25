package org.efficientzoo.zoo.onnx;

import ai.onnx.proto.OnnxMl;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** The nodes of an ONNX graph; each makes one value, which has the node's name. */
final class Emitter {

    private final List<OnnxMl.NodeProto.Builder> nodes = new ArrayList<>();
    private final Map<String, String> made = new HashMap<>();
    private final Set<String> taken = new HashSet<>();

    /**
     * Reserves a name that no node may have.
     *
     * @param name the name of an input or output
     */
    void reserve(String name) {
        taken.add(name);
    }

    /**
     * Adds a node, or finds the one that does the same.
     *
     * @param type the operator
     * @param name the name, which gets a number if it is taken
     * @param inputs the names of the values and constants that it takes
     * @param attributes sets its attributes
     * @return the name of its value
     */
    String add(
            String type,
            String name,
            List<String> inputs,
            Consumer<OnnxMl.NodeProto.Builder> attributes) {
        OnnxMl.NodeProto.Builder node =
                OnnxMl.NodeProto.newBuilder().setOpType(type).addAllInput(inputs);
        attributes.accept(node);
        String same = made.get(node.build().toString());
        if (same != null) {
            return same;
        }
        String key = node.build().toString();
        String unique = name;
        for (int i = 2; !taken.add(unique); i++) {
            unique = name + "_" + i;
        }
        made.put(key, unique);
        nodes.add(node.setName(unique).addOutput(unique));
        return unique;
    }

    String add(String type, String name, List<String> inputs) {
        return add(type, name, inputs, node -> {});
    }

    static void integer(OnnxMl.NodeProto.Builder node, String name, long value) {
        node.addAttributeBuilder().setName(name).setType(AttributeType.INT).setI(value);
    }

    static void integers(OnnxMl.NodeProto.Builder node, String name, List<Long> values) {
        node.addAttributeBuilder().setName(name).setType(AttributeType.INTS).addAllInts(values);
    }

    static void number(OnnxMl.NodeProto.Builder node, String name, float value) {
        node.addAttributeBuilder().setName(name).setType(AttributeType.FLOAT).setF(value);
    }

    /** The nodes, with another name for one of the values. */
    List<OnnxMl.NodeProto> nodes(String value, String otherName) {
        for (OnnxMl.NodeProto.Builder node : nodes) {
            for (int i = 0; i < node.getInputCount(); i++) {
                if (node.getInput(i).equals(value)) {
                    node.setInput(i, otherName);
                }
            }
            if (node.getOutput(0).equals(value)) {
                node.setOutput(0, otherName);
            }
        }
        return nodes.stream().map(OnnxMl.NodeProto.Builder::build).toList();
    }
}
