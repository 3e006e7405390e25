package org.efficientzoo.training.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.efficientzoo.blocks.BlockNames;

/**
 * The exponential moving average of all parameters and running statistics of a network, as
 * torchvision's {@code ExponentialMovingAverage} keeps it: the first update copies, each later one
 * gives {@code decay · average + (1 - decay) · value}.
 */
public final class WeightAverage implements AutoCloseable {

    private final Averaging settings;
    private final Map<String, Parameter> parameters;
    private final Map<String, NDArray> averages = new LinkedHashMap<>();
    private final NDManager manager;
    private long updates;
    private boolean applied;

    /**
     * Starts before the first update.
     *
     * @param settings decay and rhythm
     * @param network the network, initialised
     * @param manager the manager under which the averages live
     */
    public WeightAverage(Averaging settings, Block network, NDManager manager) {
        this.settings = settings;
        this.parameters = BlockNames.parameters(network);
        this.manager = manager.newSubManager();
        parameters.forEach(
                (name, parameter) -> {
                    NDArray like = parameter.getArray();
                    averages.put(name, this.manager.zeros(like.getShape(), like.getDataType()));
                });
        copyValues();
    }

    private void copyValues() {
        averages.forEach((name, average) -> Copies.copy(parameters.get(name).getArray(), average));
    }

    /**
     * Follows a step: updates the average in the first step and then in each so many.
     *
     * @param step the number of the step, from 1
     * @throws IllegalStateException if the network has the averages at present
     */
    public void follow(long step) {
        if ((step - 1) % settings.every() == 0) {
            update();
        }
    }

    private void update() {
        if (applied) {
            throw new IllegalStateException("the network has the averages; swap back first");
        }
        if (updates == 0) {
            copyValues();
        } else {
            DataType type = averages.values().iterator().next().getDataType();
            try (Scalars scalars = new Scalars(manager, type)) {
                NDArray share = scalars.of(1 - settings.decay());
                averages.forEach((name, average) -> approach(average, name, share));
            }
        }
        updates++;
    }

    private void approach(NDArray average, String name, NDArray share) {
        try (NDArray values = parameters.get(name).getArray().stopGradient();
                NDArray difference = values.sub(average)) {
            difference.muli(share);
            average.addi(difference);
        }
    }

    /** Exchanges the values of the network and the averages; a second call undoes the first. */
    public void swap() {
        averages.forEach(
                (name, average) -> {
                    NDArray array = parameters.get(name).getArray();
                    try (NDArray values = array.stopGradient();
                            NDArray copy = values.duplicate()) {
                        Copies.copy(average, array);
                        Copies.copy(copy, average);
                    }
                });
        applied = !applied;
    }

    /**
     * The averages by the names of the state dict.
     *
     * @return the arrays themselves, which the next update changes
     */
    public Map<String, NDArray> state() {
        return Collections.unmodifiableMap(averages);
    }

    /**
     * How many updates there were.
     *
     * @return the number of updates
     */
    public long updates() {
        return updates;
    }

    /**
     * Goes on from saved averages.
     *
     * @param saved the averages by name, which are copied
     * @param updatesDone the updates that led there
     * @throws IllegalArgumentException if a name is missing, unknown, or of another shape; nothing
     *     is changed then
     */
    public void load(Map<String, NDArray> saved, long updatesDone) {
        Copies.copyAll(saved, averages, "the average of the weights");
        updates = updatesDone;
    }

    /** Frees the averages. */
    @Override
    public void close() {
        manager.close();
    }
}
