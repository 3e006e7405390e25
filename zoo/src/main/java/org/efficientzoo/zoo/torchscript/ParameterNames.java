package org.efficientzoo.zoo.torchscript;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import java.util.Map;
import org.efficientzoo.blocks.BlockNames;

/** The expressions by which the source of a script names the parameters. */
final class ParameterNames {

    /** The expression of a parameter that a leaf does not have. */
    static final String NONE = "None";

    private final Map<Parameter, String> expressions;

    ParameterNames(Map<Parameter, String> expressions) {
        this.expressions = Map.copyOf(expressions);
    }

    String weight(Conv2d conv) {
        return of(conv, Parameter.Type.WEIGHT);
    }

    String bias(Conv2d conv) {
        return of(conv, Parameter.Type.BIAS);
    }

    String weight(Linear linear) {
        return of(linear, Parameter.Type.WEIGHT);
    }

    String bias(Linear linear) {
        return of(linear, Parameter.Type.BIAS);
    }

    String gamma(BatchNorm norm) {
        return of(norm, Parameter.Type.GAMMA);
    }

    String beta(BatchNorm norm) {
        return of(norm, Parameter.Type.BETA);
    }

    String runningMean(BatchNorm norm) {
        return of(norm, Parameter.Type.RUNNING_MEAN);
    }

    String runningVariance(BatchNorm norm) {
        return of(norm, Parameter.Type.RUNNING_VAR);
    }

    private String of(Block leaf, Parameter.Type type) {
        return BlockNames.parameter(leaf, type).map(expressions::get).orElse(NONE);
    }
}
