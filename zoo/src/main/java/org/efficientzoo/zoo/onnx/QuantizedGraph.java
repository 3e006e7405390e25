package org.efficientzoo.zoo.onnx;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a graph once more, with pairs of QuantizeLinear and DequantizeLinear around its values.
 */
final class QuantizedGraph {

    private final OnnxMl.GraphProto from;
    private final OnnxMl.GraphProto.Builder to;
    private final Map<String, Quantized> levels;
    private final Map<String, OnnxMl.TensorProto> constants = new LinkedHashMap<>();
    private final Map<String, String> results = new HashMap<>();

    private QuantizedGraph(OnnxMl.GraphProto from, Map<String, Quantized> levels) {
        this.from = from;
        this.levels = levels;
        this.to = from.toBuilder().clearNode().clearInitializer();
        from.getInitializerList().forEach(tensor -> constants.put(tensor.getName(), tensor));
    }

    /**
     * Writes a graph.
     *
     * @param from the graph, with its weights inside
     * @param levels the values that become integers
     */
    static OnnxMl.GraphProto write(OnnxMl.GraphProto from, Map<String, Quantized> levels) {
        return new QuantizedGraph(from, levels).write();
    }

    private OnnxMl.GraphProto write() {
        from.getOutputList().forEach(output -> results.put(output.getName(), output.getName()));
        from.getInputList().forEach(input -> pair(input.getName()));
        for (OnnxMl.NodeProto node : from.getNodeList()) {
            add(node);
            pair(node.getOutput(0));
        }
        Set<String> used = new HashSet<>();
        to.getNodeList().forEach(node -> used.addAll(node.getInputList()));
        constants.keySet().retainAll(used);
        return to.addAllInitializer(constants.values()).build();
    }

    private void add(OnnxMl.NodeProto node) {
        OnnxMl.NodeProto.Builder copy = node.toBuilder();
        for (int i = 0; i < node.getInputCount(); i++) {
            String input = node.getInput(i);
            if (levels.containsKey(input)) {
                copy.setInput(i, restored(input));
            }
        }
        boolean kernel = node.getOpType().equals("Conv") || node.getOpType().equals("Gemm");
        if (kernel && levels.containsKey(node.getInput(0))) {
            quantizeWeights(node, copy);
        }
        String made = node.getOutput(0);
        if (levels.containsKey(made) && results.containsKey(made)) {
            copy.setOutput(0, made + ".exact"); // the result's name is for the restored value
        }
        to.addNode(copy);
    }

    private String restored(String value) {
        return results.containsKey(value) ? value : value + ".restored";
    }

    private void pair(String value) {
        Quantized quantized = levels.get(value);
        if (quantized == null) {
            return;
        }
        String scale = floats(value + ".scale", new float[] {quantized.scale()}, List.of());
        String zero = value + ".zero_point";
        bytes(
                zero,
                OnnxMl.TensorProto.DataType.UINT8,
                new byte[] {(byte) quantized.zeroPoint()},
                List.of());
        boolean result = results.containsKey(value);
        node(
                "QuantizeLinear",
                value + ".quantize",
                List.of(result ? value + ".exact" : value, scale, zero),
                value + ".int8",
                -1);
        node(
                "DequantizeLinear",
                value + ".restore",
                List.of(value + ".int8", scale, zero),
                restored(value),
                -1);
    }

    private void node(String type, String name, List<String> inputs, String output, int axis) {
        OnnxMl.NodeProto.Builder node =
                to.addNodeBuilder().setOpType(type).setName(name).addAllInput(inputs);
        node.addOutput(output);
        if (axis >= 0) {
            Emitter.integer(node, "axis", axis);
        }
    }

    private void quantizeWeights(OnnxMl.NodeProto node, OnnxMl.NodeProto.Builder copy) {
        OnnxMl.TensorProto tensor = constants.get(node.getInput(1));
        List<Long> shape = tensor.getDimsList();
        float[] bias = node.getInputCount() > 2 ? values(node.getInput(2)) : new float[0];
        float inputScale = levels.get(node.getInput(0)).scale();
        boolean depthwise =
                shape.get(1) == 1 && groups(node) == shape.get(0); // one map, one output
        QuantizedWeights quantized =
                QuantizedWeights.of(values(node.getInput(1)), shape, bias, inputScale, depthwise);
        float[] scales = quantized.scales();
        List<Long> outputs = List.of((long) scales.length);
        String weight = node.getName() + ".weight.int8";
        bytes(weight, OnnxMl.TensorProto.DataType.INT8, quantized.values(), shape);
        String zero = node.getName() + ".weight.zero_point";
        bytes(zero, OnnxMl.TensorProto.DataType.INT8, new byte[scales.length], outputs);
        String scale = floats(node.getName() + ".weight.scale", scales, outputs);
        copy.setInput(1, restored(weight, List.of(weight, scale, zero)));
        if (bias.length > 0) {
            String name = node.getName() + ".bias.int32";
            bytes(name, OnnxMl.TensorProto.DataType.INT32, quantized.biases(), outputs);
            float[] products = new float[scales.length];
            for (int o = 0; o < products.length; o++) {
                products[o] = inputScale * scales[o];
            }
            String own = floats(node.getName() + ".bias.scale", products, outputs);
            copy.setInput(2, restored(name, List.of(name, own)));
        }
    }

    private static long groups(OnnxMl.NodeProto node) {
        return node.getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals("group"))
                .mapToLong(OnnxMl.AttributeProto::getI)
                .findFirst()
                .orElse(1);
    }

    /** The floats of a constant with a scale for each output. */
    private String restored(String constant, List<String> inputs) {
        String floats = constant + ".restored";
        node("DequantizeLinear", constant + ".restore", inputs, floats, 0);
        return floats;
    }

    private float[] values(String constant) {
        ByteBuffer raw =
                constants
                        .get(constant)
                        .getRawData()
                        .asReadOnlyByteBuffer()
                        .order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[raw.remaining() / Float.BYTES];
        raw.asFloatBuffer().get(values);
        return values;
    }

    private String floats(String name, float[] values, List<Long> dims) {
        ByteBuffer raw =
                ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        bytes(name, OnnxMl.TensorProto.DataType.FLOAT, raw.array(), dims);
        return name;
    }

    private void bytes(String name, OnnxMl.TensorProto.DataType type, byte[] raw, List<Long> dims) {
        constants.put(
                name,
                OnnxMl.TensorProto.newBuilder()
                        .setName(name)
                        .setDataType(type.getNumber())
                        .addAllDims(dims)
                        .setRawData(ByteString.copyFrom(raw))
                        .build());
    }
}
