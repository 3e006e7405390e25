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
        boolean verify) {

    /** Folded, permuted, verified; float32 in, logits out, the size of the input fixed. */
    public static final OnnxOptions DEFAULT =
            new OnnxOptions(true, true, false, false, false, false, false, true);

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
                value);
    }
}
