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

    private final List<TrainedParameter> parameters;
    private final NDManager manager;
    private final List<NDArray> sums = new ArrayList<>();
    private final List<NDArray> latest = new ArrayList<>();
    private boolean summing;

    /**
     * Starts with no gradients.
     *
     * @param parameters the parameters
     * @param manager the manager under which sums live, if there are several parts
     */
    public Gradients(TrainedParameters parameters, NDManager manager) {
        this.parameters = parameters.all();
        this.manager = manager.newSubManager();
    }

    /**
     * Takes what a backward pass left in the arrays of the parameters.
     *
     * @param more whether another pass follows before the step
     */
    public void collect(boolean more) {
        for (TrainedParameter parameter : parameters) {
            latest.add(parameter.array().getGradient());
        }
        if (more || summing) {
            addLatest();
            summing = true;
        }
    }

    /**
     * Takes what was collected on another device, which starts anew.
     *
     * @param other the gradients of the same parameters there
     */
    public void add(Gradients other) {
        if (!summing) {
            addLatest();
            summing = true;
        }
        List<NDArray> others = other.summing ? other.sums : other.latest;
        for (int i = 0; i < others.size(); i++) {
            NDArray sum = sums.get(i);
            NDArray there = others.get(i);
            if (there.getDevice().equals(sum.getDevice())) {
                sum.addi(there);
            } else {
                try (NDArray here = there.toDevice(sum.getDevice(), true)) {
                    sum.addi(here);
                }
            }
        }
        other.startAnew();
    }

    private void addLatest() {
        for (int i = 0; i < latest.size(); i++) {
            NDArray gradient = latest.get(i);
            if (sums.size() == i) {
                sums.add(manager.zeros(gradient.getShape(), gradient.getDataType()));
            }
            sums.get(i).addi(gradient);
        }
        clear(latest);
        closeLatest();
    }

    /**
     * Takes a step with all that was collected and starts anew. Gradients whose length is no number
     * are dropped and no step is taken.
     *
     * @param updater what takes the step, of the same parameters
     * @param clipping how the gradients are limited
     * @param rate the learning rate
     * @return the length of the gradients before, where they are clipped by it, else 0
     */
    public double step(Updater updater, Clipping clipping, double rate) {
        List<NDArray> all = summing ? sums : latest;
        double norm = clipping.apply(all);
        boolean finite = Double.isFinite(norm);
        if (finite) {
            updater.step(all, !summing, rate);
        }
        if (finite) {
            startAnew();
        } else {
            drop();
        }
        return norm;
    }

    private void startAnew() {
        clear(summing ? sums : latest);
        closeLatest();
        summing = false;
    }

    /** Drops what was collected, and what passes left in the arrays of the parameters. */
    public void drop() {
        closeLatest();
        sums.forEach(Gradients::setToZero);
        for (TrainedParameter parameter : parameters) {
            try (NDArray gradient = parameter.array().getGradient()) {
                setToZero(gradient);
            }
        }
        summing = false;
    }

    /** Of infinities, too, which times zero are no numbers. */
    private static void setToZero(NDArray array) {
        array.set(new NDIndex(":"), 0);
    }

    /** Multiplies by zero, which is fast. */
    private void clear(List<NDArray> arrays) {
        if (arrays.isEmpty()) {
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
