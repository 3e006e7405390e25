package org.efficientzoo.training.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import java.util.ArrayList;
import java.util.List;

/**
 * The gradients of the parts of a batch, added up whatever the engine does: PyTorch adds a backward
 * pass to what it finds, MXNet overwrites it, so each part is taken out and its place set to zero.
 */
public final class Gradients implements AutoCloseable {

    private final Updater updater;
    private final NDManager manager;
    private final List<NDArray> sums = new ArrayList<>();
    private final List<NDArray> latest = new ArrayList<>();
    private boolean summing;

    /**
     * Starts with no gradients.
     *
     * @param updater what takes the steps
     * @param manager the manager under which sums live, if there are several parts
     */
    public Gradients(Updater updater, NDManager manager) {
        this.updater = updater;
        this.manager = manager.newSubManager();
    }

    /**
     * Takes what a backward pass left in the arrays of the parameters.
     *
     * @param more whether another pass follows before the step
     */
    public void collect(boolean more) {
        for (TrainedParameter parameter : updater.parameters()) {
            latest.add(parameter.array().getGradient());
        }
        if (more || summing) {
            addLatest();
            summing = true;
        }
    }

    private void addLatest() {
        for (int i = 0; i < latest.size(); i++) {
            NDArray gradient = latest.get(i);
            if (sums.size() == i) {
                sums.add(manager.zeros(gradient.getShape(), gradient.getDataType()));
            }
            sums.get(i).addi(gradient);
        }
        clear(latest, true);
        closeLatest();
    }

    /**
     * Takes a step with all that was collected and starts anew. Gradients whose length is no number
     * are dropped and no step is taken.
     *
     * @param clipping how the gradients are limited
     * @param rate the learning rate
     * @return the length of the gradients before, where they are clipped by it, else 0
     */
    public double step(Clipping clipping, double rate) {
        List<NDArray> all = summing ? sums : latest;
        double norm = clipping.apply(all);
        boolean finite = Double.isFinite(norm);
        if (finite) {
            updater.step(all, !summing, rate);
        }
        clear(all, finite);
        closeLatest();
        summing = false;
        return norm;
    }

    /** Drops what was collected. */
    public void drop() {
        clear(latest, false);
        clear(sums, false);
        closeLatest();
        summing = false;
    }

    /** Multiplying by zero is fast, but zero times infinity is not zero. */
    private void clear(List<NDArray> arrays, boolean finite) {
        if (arrays.isEmpty()) {
            return;
        }
        if (!finite) {
            arrays.forEach(array -> array.set(new NDIndex(":"), 0));
            return;
        }
        try (Scalars scalars = new Scalars(manager, arrays.get(0).getDataType())) {
            arrays.forEach(array -> array.muli(scalars.of(0)));
        }
    }

    private void closeLatest() {
        latest.forEach(NDArray::close);
        latest.clear();
    }

    /** Frees the sums. */
    @Override
    public void close() {
        closeLatest();
        manager.close();
    }
}
