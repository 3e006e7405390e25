package org.efficientzoo.blocks;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.ParameterStore;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Arrays;

/**
 * A batch norm in training whose scale and shift are frozen: it normalises by its running
 * statistics and leaves them as they are.
 *
 * <p>DJL's own follows each batch, and MXNet's refuses to do otherwise while gradients are
 * recorded.
 */
final class FrozenNorm {

    private static final int EPSILON = 7; // of the arguments of NDArrayEx.batchNorm
    private static final int AXIS = 5;

    private FrozenNorm() {}

    static boolean is(BatchNorm norm) {
        return !parameter(norm, Parameter.Type.GAMMA).requiresGradient()
                && !parameter(norm, Parameter.Type.BETA).requiresGradient();
    }

    private static Parameter parameter(BatchNorm norm, Parameter.Type type) {
        return norm.getDirectParameters().values().stream()
                .filter(parameter -> parameter.getType() == type)
                .findFirst()
                .orElseThrow();
    }

    static NDArray apply(BatchNorm norm, ParameterStore parameters, NDArray x) {
        Object[] settings = settings(norm);
        NDArray gamma = value(norm, Parameter.Type.GAMMA, parameters, x);
        NDArray beta = value(norm, Parameter.Type.BETA, parameters, x);
        NDArray mean = value(norm, Parameter.Type.RUNNING_MEAN, parameters, x);
        NDArray variance = value(norm, Parameter.Type.RUNNING_VAR, parameters, x);
        NDArray scale = gamma.div(variance.add((float) settings[EPSILON]).sqrt());
        NDArray shift = beta.sub(mean.mul(scale));

        long[] axes = new long[x.getShape().dimension()];
        Arrays.fill(axes, 1);
        axes[Math.floorMod((int) settings[AXIS], axes.length)] = scale.size();
        Shape perChannel = new Shape(axes);
        return x.mul(scale.reshape(perChannel)).add(shift.reshape(perChannel));
    }

    private static NDArray value(
            BatchNorm norm, Parameter.Type type, ParameterStore parameters, NDArray x) {
        NDArray value = parameters.getValue(parameter(norm, type), x.getDevice(), true);
        NDArray own = value.stopGradient();
        own.attach(x.getManager()); // so that what is made of it goes when the step is over
        return own;
    }

    /** What a batch norm hands to the engine, caught by an array without values and engine. */
    private static Object[] settings(BatchNorm norm) {
        Object[][] found = new Object[1][];
        NDArrayEx engine =
                fake(
                        NDArrayEx.class,
                        (self, method, arguments) -> {
                            found[0] = arguments;
                            return new NDList();
                        });
        NDArray array =
                fake(
                        NDArray.class,
                        (self, method, arguments) ->
                                method.getName().equals("getDevice") ? Device.cpu() : engine);
        norm.forward(new NoValues(), new NDList(array), false);
        return found[0];
    }

    private static <T> T fake(Class<T> type, InvocationHandler answers) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, answers));
    }

    /** Gives no arrays. */
    private static final class NoValues extends ParameterStore {

        NoValues() {
            super(fake(NDManager.class, (self, method, arguments) -> Device.cpu()), false);
        }

        @Override
        public NDArray getValue(Parameter parameter, Device device, boolean training) {
            return null;
        }
    }
}
