package org.efficientzoo.training.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.zoo.torchscript.ScriptedSgd;

/**
 * An optimiser at work on the parameters of a network, with what it keeps between steps.
 *
 * <p>Saving {@link #state} and {@link #steps} and loading them into a fresh updater goes on bit for
 * bit as if nothing had happened.
 */
public final class Updater implements AutoCloseable {

    private final Optimizer optimizer;
    private final TrainedParameters trained;
    private final List<TrainedParameter> parameters;
    private final List<List<NDArray>> kept = new ArrayList<>();
    private final NDManager manager;
    private final Optional<ScriptedSgd> script;
    private long steps;

    /**
     * Starts before the first step.
     *
     * @param optimizer the settings
     * @param parameters the parameters
     * @param manager the manager under which the kept arrays live
     */
    public Updater(Optimizer optimizer, TrainedParameters parameters, NDManager manager) {
        this.optimizer = optimizer;
        this.trained = parameters;
        this.parameters = parameters.all();
        this.manager = manager.newSubManager();
        for (TrainedParameter parameter : this.parameters) {
            kept.add(optimizer.kept().stream().map(array -> fresh(array, parameter)).toList());
        }
        this.script = script();
    }

    /** All parameters in one native call, where optimiser and engine have that. */
    private Optional<ScriptedSgd> script() {
        if (!(optimizer instanceof Sgd sgd)
                || sgd.momentum() == 0
                || sgd.dampening() != 0
                || !ScriptedSgd.runsOn(manager)) {
            return Optional.empty();
        }
        List<ScriptedSgd.Slot> slots = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++) {
            TrainedParameter parameter = parameters.get(i);
            slots.add(
                    new ScriptedSgd.Slot(
                            parameter.array(),
                            kept.get(i).get(0),
                            parameter.rate(),
                            sgd.weightDecay() * parameter.decay()));
        }
        var settings = new ScriptedSgd.Settings(sgd.momentum(), sgd.nesterov());
        return Optional.of(new ScriptedSgd(settings, slots, manager));
    }

    private NDArray fresh(Optimizer.Kept array, TrainedParameter parameter) {
        NDArray like = parameter.array();
        NDArray fresh = manager.zeros(like.getShape(), like.getDataType());
        return array.initial() == 0 ? fresh : fresh.addi(array.initial());
    }

    /**
     * Takes one step.
     *
     * @param gradients the gradients in the order of the parameters; their values are used up
     * @param own whether they are those that the engine keeps with the parameters
     * @param rate the learning rate
     */
    void step(List<NDArray> gradients, boolean own, double rate) {
        steps++;
        if (own && script.isPresent()) {
            script.get().step(rate);
            return;
        }
        try (Scalars scalars = new Scalars(manager, parameters.get(0).array().getDataType())) {
            for (int i = 0; i < parameters.size(); i++) {
                change(i, gradients.get(i), rate, scalars);
            }
        }
    }

    private void change(int index, NDArray gradient, double rate, Scalars scalars) {
        TrainedParameter parameter = parameters.get(index);
        try (NDArray values = parameter.array().stopGradient()) { // the same memory
            optimizer.apply(
                    new Change(
                            values,
                            gradient,
                            kept.get(index),
                            steps,
                            rate * parameter.rate(),
                            optimizer.weightDecay() * parameter.decay(),
                            scalars));
        }
    }

    /**
     * What it works on.
     *
     * @return the parameters
     */
    public TrainedParameters parameters() {
        return trained;
    }

    /**
     * The settings.
     *
     * @return the settings
     */
    public Optimizer optimizer() {
        return optimizer;
    }

    /**
     * How many steps were taken, those before a {@link #load} included.
     *
     * @return the number of steps
     */
    public long steps() {
        return steps;
    }

    /**
     * The kept arrays by name, such as {@code momentum_buffer.features.0.0.weight}.
     *
     * @return the arrays themselves, which the next step changes
     */
    public Map<String, NDArray> state() {
        Map<String, NDArray> state = new LinkedHashMap<>();
        for (int i = 0; i < parameters.size(); i++) {
            List<NDArray> arrays = kept.get(i);
            for (int k = 0; k < arrays.size(); k++) {
                String name = optimizer.kept().get(k).name() + "." + parameters.get(i).name();
                state.put(name, arrays.get(k));
            }
        }
        return state;
    }

    /**
     * Goes on from a saved state.
     *
     * @param saved the arrays by name, which are copied
     * @param stepsTaken the steps that led there
     * @throws IllegalArgumentException if a name is missing, unknown, or of another shape; nothing
     *     is changed then
     */
    public void load(Map<String, NDArray> saved, long stepsTaken) {
        Copies.copyAll(saved, state(), "the optimiser's state");
        steps = stepsTaken;
    }

    /** Frees the kept arrays. */
    @Override
    public void close() {
        script.ifPresent(ScriptedSgd::close);
        manager.close();
    }
}
