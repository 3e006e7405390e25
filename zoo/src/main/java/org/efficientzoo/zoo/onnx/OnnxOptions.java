package org.efficientzoo.zoo.onnx;

/**
 * How a network is written as an ONNX file. The batch is always free.
 *
 * @param foldNorms whether a batch norm behind a convolution or a linear layer disappears into its
 *     weights; exact but for one rounding of each weight
 * @param permuteChannels whether the weights' channels are reordered so that channel shuffles and
 *     splits cost less; exact
 * @param dynamicSize whether height and width are free, too
 * @param softmax whether the graph ends with a softmax over the classes
 * @param pixelInput whether the graph takes pixels, (N, H, W, 3) of uint8, red first, and
 *     normalises them itself; needs the preprocessing in the {@link OnnxMetadata}
 * @param halfWeights whether the weights of convolutions and linear layers are stored as float16;
 *     the runtime widens them when it loads the file and computes in float32
 * @param externalWeights whether the weights lie in a file of their own beside the graph, as they
 *     do in any case where they would pass the 2 GB that an ONNX file may have
 * @param opset the version of ONNX's operators, 11 to 22; integers take 13
 * @param verify whether the file is run in ONNX Runtime and compared with the network before it is
 *     kept; needs DJL's engine {@code OnnxRuntime} on the class path
 */
public record OnnxOptions(
        boolean foldNorms,
        boolean permuteChannels,
        boolean dynamicSize,
        boolean softmax,
        boolean pixelInput,
        boolean halfWeights,
        boolean externalWeights,
        int opset,
        boolean verify) {

    /** The oldest operators that a network can be written with: clipping between inputs. */
    public static final int FIRST_OPSET = 11;

    /** The newest that ONNX Runtime 1.21 knows, which verifies what is written. */
    public static final int LAST_OPSET = 22;

    /** The oldest operators that integers can be written with: a scale for each channel. */
    public static final int FIRST_OPSET_OF_INTEGERS = 13;

    private static final int USUAL_OPSET = 17;

    /** Folded, permuted, verified; float32 in, logits out, the size of the input fixed. */
    public static final OnnxOptions DEFAULT =
            new OnnxOptions(true, true, false, false, false, false, false, USUAL_OPSET, true);

    /**
     * Checks the opset.
     *
     * @throws IllegalArgumentException if there is no such opset here
     */
    public OnnxOptions {
        if (opset < FIRST_OPSET || opset > LAST_OPSET) {
            throw new IllegalArgumentException(
                    "the opset must be %d to %d, found %d"
                            .formatted(FIRST_OPSET, LAST_OPSET, opset));
        }
    }

    /**
     * Changes whether batch norms are folded.
     *
     * @param value whether they are
     * @return the changed options
     */
    public OnnxOptions withFoldNorms(boolean value) {
        return new OnnxOptions(
                value,
                permuteChannels,
                dynamicSize,
                softmax,
                pixelInput,
                halfWeights,
                externalWeights,
                opset,
                verify);
    }

    /**
     * Changes whether channels are reordered.
     *
     * @param value whether they are
     * @return the changed options
     */
    public OnnxOptions withPermuteChannels(boolean value) {
        return new OnnxOptions(
                foldNorms,
                value,
                dynamicSize,
                softmax,
                pixelInput,
                halfWeights,
                externalWeights,
                opset,
                verify);
    }

    /**
     * Changes whether height and width are free.
     *
     * @param value whether they are
     * @return the changed options
     */
    public OnnxOptions withDynamicSize(boolean value) {
        return new OnnxOptions(
                foldNorms,
                permuteChannels,
                value,
                softmax,
                pixelInput,
                halfWeights,
                externalWeights,
                opset,
                verify);
    }

    /**
     * Changes whether the graph ends with a softmax.
     *
     * @param value whether it does
     * @return the changed options
     */
    public OnnxOptions withSoftmax(boolean value) {
        return new OnnxOptions(
                foldNorms,
                permuteChannels,
                dynamicSize,
                value,
                pixelInput,
                halfWeights,
                externalWeights,
                opset,
                verify);
    }

    /**
     * Changes whether the graph takes pixels.
     *
     * @param value whether it does
     * @return the changed options
     */
    public OnnxOptions withPixelInput(boolean value) {
        return new OnnxOptions(
                foldNorms,
                permuteChannels,
                dynamicSize,
                softmax,
                value,
                halfWeights,
                externalWeights,
                opset,
                verify);
    }

    /**
     * Changes whether weights are stored as float16.
     *
     * @param value whether they are
     * @return the changed options
     */
    public OnnxOptions withHalfWeights(boolean value) {
        return new OnnxOptions(
                foldNorms,
                permuteChannels,
                dynamicSize,
                softmax,
                pixelInput,
                value,
                externalWeights,
                opset,
                verify);
    }

    /**
     * Changes whether the weights lie beside the graph.
     *
     * @param value whether they do
     * @return the changed options
     */
    public OnnxOptions withExternalWeights(boolean value) {
        return new OnnxOptions(
                foldNorms,
                permuteChannels,
                dynamicSize,
                softmax,
                pixelInput,
                halfWeights,
                value,
                opset,
                verify);
    }

    /**
     * Changes the version of the operators.
     *
     * @param value the opset
     * @return the changed options
     * @throws IllegalArgumentException if there is no such opset here
     */
    public OnnxOptions withOpset(int value) {
        return new OnnxOptions(
                foldNorms,
                permuteChannels,
                dynamicSize,
                softmax,
                pixelInput,
                halfWeights,
                externalWeights,
                value,
                verify);
    }

    /**
     * Changes whether the file is compared with the network.
     *
     * @param value whether it is
     * @return the changed options
     */
    public OnnxOptions withVerify(boolean value) {
        return new OnnxOptions(
                foldNorms,
                permuteChannels,
                dynamicSize,
                softmax,
                pixelInput,
                halfWeights,
                externalWeights,
                opset,
                value);
    }
}
