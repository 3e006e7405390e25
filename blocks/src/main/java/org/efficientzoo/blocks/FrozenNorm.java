package org.efficientzoo.blocks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.ParameterStore;
import java.lang.reflect.Field;
import java.util.Arrays;

/**
 * A batch norm in training whose scale and shift are frozen: it normalises by its running
 * statistics and leaves them as they are.
 *
 * <p>DJL's own follows each batch, and MXNet's refuses to do otherwise while gradients are
 * recorded.
 */
final class FrozenNorm {

    private FrozenNorm() {}

    static boolean is(BatchNorm norm) {
        return !parameter(norm, Parameter.Type.GAMMA).requiresGradient()
                && !parameter(norm, Parameter.Type.BETA).requiresGradient()
                && isTrainable(norm);
    }

    /**
     * Whether it was built with a scale or a shift to train. One without either has nothing that
     * could be frozen, and always normalises by the batch, as PyTorch's without affine values.
     */
    private static boolean isTrainable(BatchNorm norm) {
        return hasOption(norm, "scale") || hasOption(norm, "center");
    }

    /** DJL keeps these to itself, and freezing overwrites the only trace of them. */
    private static boolean hasOption(BatchNorm norm, String name) {
        try {
            Field field = BatchNorm.class.getDeclaredField(name);
            field.setAccessible(true);
            return field.getBoolean(norm);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return true; // as it is by default
        }
    }

    static NDArray apply(BatchNorm norm, ParameterStore parameters, NDArray x) {
        LeafSettings.Norm settings = LeafSettings.of(norm);
        NDArray gamma = value(norm, Parameter.Type.GAMMA, parameters, x);
        NDArray beta = value(norm, Parameter.Type.BETA, parameters, x);
        NDArray mean = value(norm, Parameter.Type.RUNNING_MEAN, parameters, x);
        NDArray variance = value(norm, Parameter.Type.RUNNING_VAR, parameters, x);
        NDArray scale = gamma.div(variance.add(settings.epsilon()).sqrt());
        NDArray shift = beta.sub(mean.mul(scale));

        long[] axes = new long[x.getShape().dimension()];
        Arrays.fill(axes, 1);
        axes[Math.floorMod(settings.axis(), axes.length)] = scale.size();
        Shape perChannel = new Shape(axes);
        return x.mul(scale.reshape(perChannel)).add(shift.reshape(perChannel));
    }

    private static Parameter parameter(BatchNorm norm, Parameter.Type type) {
        return BlockNames.parameter(norm, type).orElseThrow();
    }

    private static NDArray value(
            BatchNorm norm, Parameter.Type type, ParameterStore parameters, NDArray x) {
        NDArray value = parameters.getValue(parameter(norm, type), x.getDevice(), true);
        NDArray own = value.stopGradient();
        own.attach(x.getManager()); // so that what is made of it goes when the step is over
        return own;
    }
}
