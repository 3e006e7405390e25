package org.efficientzoo.reference;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.efficientzoo.zoo.weights.TensorInfo;
import org.efficientzoo.zoo.weights.TensorSource;

/** The deterministic tensor values of {@code reference/formula.py}. */
public final class Formula implements TensorSource {

    /** The last batch norm of each residual: without them the deep networks reach 1e13. */
    public static final List<ScaleRule> DAMPING =
            List.of(
                    new ScaleRule(".conv2.bn.weight", 0.25),
                    new ScaleRule(".conv.3.weight", 0.5),
                    new ScaleRule(".bn3.weight", 0.25),
                    new ScaleRule(".branch_main_2.1.weight", 0.25),
                    new ScaleRule(".branch1.1.weight", 0.5),
                    new ScaleRule(".branch2.4.weight", 0.5));

    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final long salt;
    private final List<ScaleRule> rules;

    /** Values of tensors whose key ends with a suffix are multiplied by a factor. */
    public record ScaleRule(String ends_with, double scale) {}

    /** A network's tensors, from the shapes of its state dict. */
    public Formula(Map<String, Shape> shapes, long salt, List<ScaleRule> rules) {
        shapes.forEach((name, shape) -> tensors.put(name, new TensorInfo(DataType.FLOAT32, shape)));
        this.salt = salt;
        this.rules = rules;
    }

    /** The kinds of tensors, each with its distribution. */
    public enum Kind {
        MATRIX,
        BIAS,
        BN_W,
        BN_B,
        BN_M,
        BN_V,
        INPUT;

        double value(double u, Shape shape) {
            return switch (this) {
                case MATRIX ->
                        (2 * u - 1) * Math.sqrt(6.0 / ((double) shape.size() / shape.get(0)));
                case BIAS -> (2 * u - 1) * 0.1;
                case BN_W, BN_V -> 0.5 + u;
                case BN_B, BN_M -> (2 * u - 1) * 0.2;
                case INPUT -> (2 * u - 1) * 2;
            };
        }
    }

    static long seed(String name, long salt) {
        long hash = 0xCBF29CE484222325L;
        for (byte b : (name + "#" + salt).getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
        }
        return hash;
    }

    public static float[] values(String name, Shape shape, long salt, Kind kind, double scale) {
        SplittableRandom random = new SplittableRandom(seed(name, salt));
        float[] values = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (kind.value(random.nextDouble(), shape) * scale);
        }
        return values;
    }

    public static float[] input(Shape shape, long salt) {
        return values("input", shape, salt, Kind.INPUT, 1);
    }

    private Kind kind(String name) {
        int dot = name.lastIndexOf('.');
        String last = name.substring(dot + 1);
        boolean isNorm = tensors.containsKey(name.substring(0, dot) + ".running_mean");
        if (tensors.get(name).shape().dimension() >= 2) {
            return Kind.MATRIX;
        }
        return switch (last) {
            case "running_mean" -> Kind.BN_M;
            case "running_var" -> Kind.BN_V;
            case "weight" -> Kind.BN_W;
            case "bias" -> isNorm ? Kind.BN_B : Kind.BIAS;
            default -> throw new IllegalArgumentException("no rule for tensor " + name);
        };
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    @Override
    public FloatBuffer read(String name) throws IOException {
        double scale =
                rules.stream()
                        .filter(rule -> name.endsWith(rule.ends_with))
                        .mapToDouble(ScaleRule::scale)
                        .findFirst()
                        .orElse(1);
        return FloatBuffer.wrap(values(name, tensors.get(name).shape(), salt, kind(name), scale));
    }

    @Override
    public String description() {
        return "the formula";
    }

    @Override
    public void close() {}
}
