package org.efficientzoo.training.optim;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;

/** What a trained parameter is, as recipes tell parameters apart. */
public enum ParameterKind {
    /** The weights of a convolution that is not depthwise. */
    CONVOLUTION,
    /** The weights of a convolution with one input channel a group and more than one group. */
    DEPTHWISE,
    /** The weights of a linear layer. */
    LINEAR,
    /** The scale or the shift of a normalisation. */
    NORM,
    /** The bias of a convolution or a linear layer. */
    BIAS,
    /** Anything else. */
    OTHER;

    /**
     * Tells the kind of an initialised parameter.
     *
     * @param owner the block that has the parameter itself
     * @param parameter the parameter
     * @return its kind
     */
    static ParameterKind of(Block owner, Parameter parameter) {
        return switch (parameter.getType()) {
            case BIAS -> BIAS;
            case GAMMA, BETA -> NORM;
            case WEIGHT -> ofWeight(owner, parameter);
            default -> OTHER;
        };
    }

    private static ParameterKind ofWeight(Block owner, Parameter parameter) {
        if (owner instanceof Conv2d conv) {
            boolean depthwise = conv.getGroups() > 1 && parameter.getShape().get(1) == 1;
            return depthwise ? DEPTHWISE : CONVOLUTION;
        }
        return owner instanceof Linear ? LINEAR : OTHER;
    }
}
