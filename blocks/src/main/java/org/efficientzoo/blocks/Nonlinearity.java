package org.efficientzoo.blocks;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An activation function, applied to each value. {@link Kind} is the table of all of them: what a
 * row says is all there is to know of a function.
 *
 * @param kind which function
 * @param slope the factor of negative values, used by leaky ReLU alone and 0 for the others
 */
public record Nonlinearity(Kind kind, float slope) {

    /** The linear case: the values pass unchanged. */
    public static final Nonlinearity NONE = new Nonlinearity(Kind.NONE, 0f);

    /** {@code max(x, 0)}. */
    public static final Nonlinearity RELU = new Nonlinearity(Kind.RELU, 0f);

    /** {@code min(max(x, 0), 6)}. */
    public static final Nonlinearity RELU6 = new Nonlinearity(Kind.RELU6, 0f);

    /** The functions. */
    public enum Kind {
        /** {@code x}. */
        NONE(
                Optional.of("identity"),
                (v, slope) -> v,
                (x, slope) -> x,
                "{x}",
                (onnx, x, slope) -> onnx.node("Identity", Map.of(), x)),
        /** {@code max(x, 0)}. */
        RELU(
                Optional.of("ReLU"),
                (v, slope) -> Math.max(v, 0),
                (x, slope) -> Activation.relu(x),
                "torch.relu{_}({x})",
                (onnx, x, slope) -> onnx.node("Relu", Map.of(), x)),
        /** {@code min(max(x, 0), 6)}. */
        RELU6(
                Optional.of("ReLU6"),
                (v, slope) -> Math.min(Math.max(v, 0), 6),
                (x, slope) -> x.clip(0, 6),
                "torch.hardtanh{_}({x}, 0., 6.)",
                (onnx, x, slope) ->
                        onnx.node(
                                "Clip",
                                Map.of(),
                                x,
                                onnx.constant("relu6.min", 0),
                                onnx.constant("relu6.max", 6))),
        /** {@code x} where positive, {@code slope * x} elsewhere. */
        LEAKY_RELU(
                Optional.empty(),
                (v, slope) -> v > 0 ? v : slope * v,
                Activation::leakyRelu,
                "torch.leaky_relu{_}({x}, {slope})",
                (onnx, x, slope) -> onnx.node("LeakyRelu", Map.of("alpha", slope), x)),
        /** {@code 1 / (1 + exp(-x))}. */
        SIGMOID(
                Optional.of("sigmoid"),
                (v, slope) -> 1 / (1 + Math.exp(-v)),
                (x, slope) -> Activation.sigmoid(x),
                "torch.sigmoid({x})",
                (onnx, x, slope) -> onnx.node("Sigmoid", Map.of(), x)),
        /** The hyperbolic tangent. */
        TANH(
                Optional.of("Tanh"),
                (v, slope) -> Math.tanh(v),
                (x, slope) -> Activation.tanh(x),
                "torch.tanh({x})",
                (onnx, x, slope) -> onnx.node("Tanh", Map.of(), x)),
        /** The scaled exponential linear unit (arXiv:1706.02515, section 2). */
        SELU(
                Optional.of("SELU"),
                (v, slope) -> 1.0507009873554805 * (v > 0 ? v : 1.6732632423543772 * Math.expm1(v)),
                (x, slope) -> Activation.selu(x),
                "torch.selu({x})",
                (onnx, x, slope) -> onnx.node("Selu", Map.of(), x));

        private static final String IN_PLACE = "{_}";

        private final Optional<String> djlName;
        private final OfNumber value;
        private final OfArray arrays;
        private final String torchScript;
        private final AsOnnx onnx;

        /**
         * A row.
         *
         * @param djlName the name of DJL's block of this function, if there is one
         * @param value the function of one number
         * @param arrays the function on an engine
         * @param torchScript the expression: {@code {x}} is the operand, {@code {slope}} the slope,
         *     and {@code {_}} stands where an underscore makes the operation overwrite its operand,
         *     which the backward pass must then be able to do without
         * @param onnx the nodes of ONNX
         */
        Kind(
                Optional<String> djlName,
                OfNumber value,
                OfArray arrays,
                String torchScript,
                AsOnnx onnx) {
            this.djlName = djlName;
            this.value = value;
            this.arrays = arrays;
            this.torchScript = torchScript;
            this.onnx = onnx;
        }

        /**
         * The name of DJL's block without settings that computes this function.
         *
         * @return the name, or nothing where DJL has no such block
         */
        Optional<String> djlName() {
            return djlName;
        }
    }

    private interface OfNumber {
        double at(double v, float slope);
    }

    private interface OfArray {
        NDArray apply(NDArray x, float slope);
    }

    private interface AsOnnx {
        String write(OnnxNodes nodes, String x, float slope);
    }

    /** Takes the nodes of an ONNX graph, whose values go by their names. */
    public interface OnnxNodes {

        /**
         * Adds a node of one output.
         *
         * @param operator the type of the node
         * @param attributes its attributes
         * @param inputs the names of its inputs
         * @return the name of its output
         */
        String node(String operator, Map<String, Float> attributes, String... inputs);

        /**
         * Adds a constant.
         *
         * @param name its name
         * @param value the value
         * @return the name that it got
         */
        String constant(String name, float value);
    }

    /**
     * Checks the slope.
     *
     * @throws IllegalArgumentException if the slope is not finite, or given to a function without
     *     one
     */
    public Nonlinearity {
        if (!Float.isFinite(slope)) {
            throw new IllegalArgumentException("leaky slope must be finite, found " + slope);
        }
        if (kind != Kind.LEAKY_RELU && slope != 0f) {
            throw new IllegalArgumentException(
                    "only a leaky ReLU has a slope, found slope " + slope + " with " + kind);
        }
    }

    /**
     * Returns the leaky ReLU.
     *
     * @param slope the factor of negative values
     * @return the function
     * @throws IllegalArgumentException if the slope is not finite
     */
    public static Nonlinearity leakyRelu(float slope) {
        return new Nonlinearity(Kind.LEAKY_RELU, slope);
    }

    /** All functions without a slope. */
    static List<Nonlinearity> withoutSlope() {
        return Arrays.stream(Kind.values())
                .filter(kind -> kind != Kind.LEAKY_RELU)
                .map(kind -> new Nonlinearity(kind, 0f))
                .toList();
    }

    /**
     * Computes one value.
     *
     * @param v the argument
     * @return the value
     */
    public double value(double v) {
        return kind.value.at(v, slope);
    }

    /**
     * Computes with the engine of an array.
     *
     * @param x the argument, of any shape
     * @return the values, of the same shape
     */
    public NDArray apply(NDArray x) {
        return kind.arrays.apply(x, slope);
    }

    /**
     * Tells whether TorchScript's operation may overwrite its operand, and the backward pass can do
     * without what was there.
     *
     * @return whether it may
     */
    public boolean worksInPlace() {
        return kind.torchScript.contains(Kind.IN_PLACE)
                && slope >= 0; // else the sign of the result does not tell the input's
    }

    /**
     * Writes the function as an expression of TorchScript.
     *
     * @param x the expression of the operand
     * @param inPlace whether it overwrites its operand
     * @return the expression
     */
    public String torchScript(String x, boolean inPlace) {
        return kind.torchScript
                .replace(Kind.IN_PLACE, inPlace ? "_" : "")
                .replace("{slope}", Float.toString(slope))
                .replace("{x}", x);
    }

    /**
     * Writes the function as nodes of ONNX.
     *
     * @param nodes takes them
     * @param x the name of the operand
     * @return the name of the result
     */
    public String onnx(OnnxNodes nodes, String x) {
        return kind.onnx.write(nodes, x, slope);
    }

    /**
     * The name of the function in the names of layers.
     *
     * @return the kind in small letters, such as {@code leakyrelu}
     */
    public String label() {
        return kind.name().toLowerCase(Locale.ROOT).replace("_", "");
    }
}
