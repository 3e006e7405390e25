package org.efficientzoo.blocks;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.ParameterStore;
import java.lang.reflect.Proxy;
import java.util.Optional;

/**
 * What DJL's leaves were built with and do not tell.
 *
 * <p>A leaf hands its settings to the engine when it computes. So it is given an array without
 * values and without an engine, which keeps what it is handed.
 */
public final class LeafSettings {

    private LeafSettings() {}

    /**
     * The settings of a batch norm.
     *
     * @param axis the axis of the channels
     * @param momentum the share that the running statistics keep a step
     * @param epsilon what is added to the variance
     */
    public record Norm(int axis, float momentum, float epsilon) {

        /**
         * The epsilon as the decimal number that its author wrote: 1e-5 as in Python, and not the
         * 9.99999974e-6 that {@code 1e-5f} is.
         *
         * @return the number in double precision
         */
        public double exactEpsilon() {
            return Double.parseDouble(Float.toString(epsilon));
        }
    }

    /**
     * Reads the settings of a batch norm, initialised or not.
     *
     * @param norm the batch norm
     * @return its settings
     * @throws IllegalStateException if the leaf does not tell
     */
    public static Norm of(BatchNorm norm) {
        Object[] call = settings(norm, "batchNorm");
        return new Norm((int) call[5], (float) call[6], (float) call[7]);
    }

    /**
     * Tells whether a batch norm is frozen as a whole: then it normalises by its running statistics
     * and keeps them, in training, too.
     *
     * @param norm the batch norm
     * @return whether neither its scale nor its shift is trained; false for one that was built
     *     without either
     */
    public static boolean isFrozen(BatchNorm norm) {
        return FrozenNorm.is(norm);
    }

    /**
     * Reads the rate of a dropout.
     *
     * @param dropout the dropout
     * @return the share of values that it drops in training
     * @throws IllegalStateException if the leaf does not tell
     */
    public static float rate(Dropout dropout) {
        return (float) settings(dropout, "dropout")[1];
    }

    private static Object[] settings(Block leaf, String operation) {
        Probe probe = new Probe(operation);
        leaf.forward(new NoArrays(), new NDList(probe.array()), false); // else it initialises
        return probe.found.orElseThrow(
                () ->
                        new IllegalStateException(
                                "the settings of a %s cannot be read, it never called %s"
                                        .formatted(leaf.getClass().getName(), operation)));
    }

    /** An array that keeps the arguments of one operation. */
    private static final class Probe {

        private final String operation;
        private Optional<Object[]> found = Optional.empty();

        Probe(String operation) {
            this.operation = operation;
        }

        NDArray array() {
            NDArrayEx engine = fake(NDArrayEx.class, this::compute);
            return fake(NDArray.class, (name, arguments) -> answer(engine, name));
        }

        private Object compute(String name, Object[] arguments) {
            if (!name.equals(operation)) {
                throw new UnsupportedOperationException(name);
            }
            found = Optional.of(arguments);
            return new NDList();
        }

        private static Object answer(NDArrayEx engine, String name) {
            return switch (name) {
                case "getNDArrayInternal" -> engine;
                case "getDevice" -> Device.cpu();
                default -> throw new UnsupportedOperationException(name);
            };
        }
    }

    private interface Answer {
        Object to(String method, Object[] arguments);
    }

    private static <T> T fake(Class<T> type, Answer answer) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (self, method, arguments) -> answer.to(method.getName(), arguments)));
    }

    /** A store for blocks that may have no parameters yet. */
    private static final class NoArrays extends ParameterStore {

        NoArrays() {
            super(fake(NDManager.class, (name, arguments) -> Device.cpu()), false);
        }

        @Override
        public NDArray getValue(Parameter parameter, Device device, boolean training) {
            return null;
        }
    }
}
