package org.efficientzoo.training.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.efficientzoo.blocks.BlockNames;

/**
 * The parameters of a network that are trained, in the order of the state dict.
 *
 * <p>Making them prepares the network: the arrays of trained parameters record gradients from then
 * on, which those of a model from the zoo do not, and those of frozen ones do not. A batch norm
 * whose scale and shift are both frozen also keeps its running statistics, and normalises by them.
 *
 * <p>Whoever gives the network other arrays afterwards has to make these anew; values may be
 * written into the arrays at any time.
 */
public final class TrainedParameters {

    private final List<TrainedParameter> all;

    private TrainedParameters(List<TrainedParameter> all) {
        this.all = List.copyOf(all);
    }

    /**
     * Prepares a network whose parameters are all trained alike.
     *
     * @param network the network, initialised
     * @return its trained parameters
     */
    public static TrainedParameters of(Block network) {
        return of(network, List.of(), List.of());
    }

    /**
     * Prepares a network.
     *
     * @param network the network, initialised; what it has frozen stays frozen
     * @param rules what some parameters get otherwise
     * @param frozen patterns on the names of parameters to freeze, in which {@code *} stands for
     *     any characters: {@code features.*}
     * @return its trained parameters
     * @throws IllegalArgumentException if a pattern matches no parameter, or none is left to train
     */
    public static TrainedParameters of(
            Block network, List<ParameterRule> rules, List<String> frozen) {
        Map<String, Parameter> parameters = BlockNames.parameters(network);
        rules.forEach(rule -> new NamePattern(rule.names()).among(parameters.keySet()));
        frozen.stream()
                .flatMap(text -> new NamePattern(text).among(parameters.keySet()).stream())
                .forEach(name -> parameters.get(name).freeze(true));
        IdentityHashMap<Parameter, Block> owners = owners(network);
        List<TrainedParameter> all = new ArrayList<>();
        parameters.forEach(
                (name, parameter) -> {
                    if (parameter.requiresGradient()) {
                        Block owner = owners.get(parameter);
                        all.add(
                                trained(
                                        name,
                                        ParameterKind.of(owner, parameter),
                                        parameter,
                                        rules));
                    }
                });
        if (all.isEmpty()) {
            throw new IllegalArgumentException(
                    "a network must have a parameter to train, found all of them frozen");
        }
        return new TrainedParameters(all);
    }

    private static IdentityHashMap<Parameter, Block> owners(Block network) {
        IdentityHashMap<Parameter, Block> owners = new IdentityHashMap<>();
        BlockNames.of(network)
                .keySet()
                .forEach(
                        block ->
                                block.getDirectParameters()
                                        .values()
                                        .forEach(parameter -> owners.put(parameter, block)));
        return owners;
    }

    private static TrainedParameter trained(
            String name, ParameterKind kind, Parameter parameter, List<ParameterRule> rules) {
        double rate = 1;
        double decay = 1;
        for (ParameterRule rule : rules) {
            if (rule.holdsFor(name, kind)) {
                rate *= rule.rate();
                decay *= rule.decay();
            }
        }
        NDArray array = parameter.getArray();
        array.setRequiresGradient(true);
        return new TrainedParameter(name, kind, rate, decay, array);
    }

    /**
     * The parameters.
     *
     * @return at least one, unmodifiable
     */
    public List<TrainedParameter> all() {
        return all;
    }
}
