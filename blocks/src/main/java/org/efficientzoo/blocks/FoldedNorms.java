package org.efficientzoo.blocks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.efficientzoo.blocks.FoldablePairs.Pair;

/**
 * The weights of convolutions with the batch norms behind them folded in, for any engine.
 *
 * <p>DJL does not tell whether an array was changed. So each prediction compares what the weights
 * were made of: the arrays themselves and a fingerprint, which has every value of the vectors and,
 * for each filter, its product with a fixed random vector. An asynchronous engine computes it
 * alongside the prediction, which is thrown away where the fingerprint has changed.
 *
 * <p>Safe for use by several threads.
 */
final class FoldedNorms {

    private static final int SEED = 20;
    private static final FloatBuffer NO_PRINT = FloatBuffer.allocate(0);

    /**
     * How many weights may be compared for each value of the input: on MXNet that took as long as
     * what folding spares of a network whose first maps are three times its input.
     */
    private static final long WEIGHTS_PER_VALUE = 16;

    private final NDManager manager;
    private final List<Pair> pairs;
    private final long weights;
    private final Map<Integer, NDArray> probes = new HashMap<>();
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private Values values;

    /** What stands in place of a convolution's own weights. */
    record Folded(NDArray weight, NDArray bias) {

        NDArray apply(Conv2d conv, NDArray x) {
            return Conv2d.conv2d(
                            x,
                            weight,
                            bias,
                            conv.getStride(),
                            conv.getPadding(),
                            conv.getDilation(),
                            conv.getGroups())
                    .singletonOrThrow();
        }
    }

    private record Values(
            NDManager scope,
            List<NDArray> arrays,
            FloatBuffer fingerprint,
            Map<Block, Folded> folded) {}

    /**
     * Prepares to fold.
     *
     * @param pairs at least one pair
     * @param manager what the folded weights live with
     */
    FoldedNorms(List<Pair> pairs, NDManager manager) {
        this.pairs = List.copyOf(pairs);
        this.manager = manager;
        this.weights =
                pairs.stream()
                        .mapToLong(
                                pair ->
                                        parameter(pair.conv(), Parameter.Type.WEIGHT)
                                                .getShape()
                                                .size())
                        .sum();
        this.values = new Values(manager.newSubManager(), List.of(), NO_PRINT, Map.of());
    }

    /** Whether folding spares more than it takes to see that the parameters are what they were. */
    boolean pays(NDArray x) {
        return x.getDataType() == DataType.FLOAT32 && weights <= WEIGHTS_PER_VALUE * x.size();
    }

    /**
     * Predicts with the values that the parameters have now.
     *
     * @param x the input
     * @param find looks up the array of a parameter
     * @param pass computes the output with folded weights
     */
    NDArray predict(
            NDArray x,
            Function<Parameter, NDArray> find,
            Function<Map<Block, Folded>, NDArray> pass) {
        List<NDArray> arrays = arrays(find);
        lock.readLock().lock();
        try {
            if (isSame(arrays, values.arrays)) {
                try (NDArray now = fingerprint(arrays)) {
                    NDArray y = pass.apply(values.folded);
                    if (values.fingerprint.equals(FloatBuffer.wrap(now.toFloatArray()))) {
                        return y;
                    }
                    if (y != x) {
                        y.close();
                    }
                }
            }
        } finally {
            lock.readLock().unlock();
        }
        lock.writeLock().lock();
        try {
            values.scope.close();
            values = new Values(values.scope, List.of(), NO_PRINT, Map.of()); // if folding fails
            values = fold(arrays);
            lock.readLock().lock(); // before the other is given up, so that nobody folds between
        } finally {
            lock.writeLock().unlock();
        }
        try {
            return pass.apply(values.folded);
        } finally {
            lock.readLock().unlock();
        }
    }

    private static boolean isSame(List<NDArray> some, List<NDArray> others) {
        for (int i = 0; i < some.size(); i++) {
            if (i >= others.size() || some.get(i) != others.get(i)) {
                return false;
            }
        }
        return true;
    }

    /** Of each pair: weight, scale, shift, mean, variance and the bias if there is one. */
    private List<NDArray> arrays(Function<Parameter, NDArray> find) {
        List<NDArray> arrays = new ArrayList<>(6 * pairs.size());
        for (Pair pair : pairs) {
            arrays.add(find.apply(parameter(pair.conv(), Parameter.Type.WEIGHT)));
            arrays.add(find.apply(parameter(pair.norm(), Parameter.Type.GAMMA)));
            arrays.add(find.apply(parameter(pair.norm(), Parameter.Type.BETA)));
            arrays.add(find.apply(parameter(pair.norm(), Parameter.Type.RUNNING_MEAN)));
            arrays.add(find.apply(parameter(pair.norm(), Parameter.Type.RUNNING_VAR)));
            if (pair.conv().isIncludeBias()) {
                arrays.add(find.apply(parameter(pair.conv(), Parameter.Type.BIAS)));
            }
        }
        return arrays;
    }

    private static Parameter parameter(Block leaf, Parameter.Type type) {
        return BlockNames.parameter(leaf, type).orElseThrow();
    }

    private NDArray fingerprint(List<NDArray> arrays) {
        NDList parts = new NDList(arrays.size());
        List<NDArray> products = new ArrayList<>(pairs.size());
        for (NDArray array : arrays) {
            if (array.getShape().dimension() == 1) {
                parts.add(array);
                continue;
            }
            int filters = Math.toIntExact(array.getShape().get(0));
            int each = Math.toIntExact(array.size() / filters);
            try (NDArray rows = array.reshape(new Shape(filters, each));
                    NDArray row = Linear.linear(probe(each), rows).singletonOrThrow()) {
                NDArray product = row.reshape(filters);
                products.add(product);
                parts.add(product);
            }
        }
        NDArray all = NDArrays.concat(parts, 0);
        products.forEach(NDArray::close);
        return all;
    }

    private NDArray probe(int length) {
        synchronized (probes) {
            return probes.computeIfAbsent(
                    length,
                    n -> {
                        SplittableRandom random = new SplittableRandom(SEED);
                        float[] probe = new float[n];
                        for (int i = 0; i < n; i++) {
                            probe[i] = (float) random.nextDouble(0.5, 1.5);
                        }
                        return manager.create(probe, new Shape(1, n));
                    });
        }
    }

    private Values fold(List<NDArray> arrays) {
        NDManager scope = manager.newSubManager();
        try {
            return fold(arrays, scope);
        } catch (RuntimeException e) {
            scope.close();
            throw e;
        }
    }

    private Values fold(List<NDArray> arrays, NDManager scope) {
        FloatBuffer print;
        try (NDArray now = fingerprint(arrays)) {
            print = FloatBuffer.wrap(now.toFloatArray());
        }
        Map<Block, Folded> folded = new HashMap<>();
        int next = 0;
        try (NDManager work = scope.newSubManager()) {
            for (Pair pair : pairs) {
                NDArray weight = own(arrays.get(next), work);
                NDArray gamma = own(arrays.get(next + 1), work);
                NDArray beta = own(arrays.get(next + 2), work);
                NDArray mean = own(arrays.get(next + 3), work);
                NDArray variance = own(arrays.get(next + 4), work);
                next += 5;
                NDArray scale = gamma.div(variance.add(pair.epsilon()).sqrt());
                NDArray centre = mean.neg();
                if (pair.conv().isIncludeBias()) {
                    centre = own(arrays.get(next), work).sub(mean);
                    next++;
                }
                NDArray product = weight.mul(scale.reshape(new Shape(scale.size(), 1, 1, 1)));
                NDArray shift = beta.add(centre.mul(scale));
                product.attach(scope);
                shift.attach(scope);
                Folded made = new Folded(product, shift);
                folded.put(pair.conv(), made);
                folded.put(pair.norm(), made);
            }
        }
        return new Values(scope, List.copyOf(arrays), print, folded);
    }

    /** Another array of the same values, so that what is made of it lives with the manager. */
    private static NDArray own(NDArray array, NDManager manager) {
        NDArray own = array.stopGradient();
        own.attach(manager);
        return own;
    }
}
