package org.efficientzoo.training.optim;

import java.util.List;

/**
 * What some parameters get otherwise than the rest. The factors of all rules that hold for a
 * parameter are multiplied.
 *
 * @param kinds the kinds that the rule holds for; empty for every kind
 * @param names a pattern on names in which {@code *} stands for any characters: {@code
 *     classifier.*}
 * @param rate a factor of the learning rate, at least 0
 * @param decay a factor of the weight decay, at least 0
 */
public record ParameterRule(List<ParameterKind> kinds, String names, double rate, double decay) {

    /**
     * Checks the pattern and the factors.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public ParameterRule {
        kinds = List.copyOf(kinds);
        new NamePattern(names);
        Numbers.atLeastZero("the factor of the learning rate", rate);
        Numbers.atLeastZero("the factor of the weight decay", decay);
    }

    /**
     * No weight decay on some kinds.
     *
     * @param kinds the kinds
     * @return the rule
     */
    public static ParameterRule withoutDecay(ParameterKind... kinds) {
        return new ParameterRule(List.of(kinds), "*", 1, 0);
    }

    /**
     * Another learning rate for some names, such as a fresh head.
     *
     * @param names the pattern
     * @param factor the factor of the learning rate
     * @return the rule
     */
    public static ParameterRule withRate(String names, double factor) {
        return new ParameterRule(List.of(), names, factor, 1);
    }

    boolean holdsFor(String name, ParameterKind kind) {
        return (kinds.isEmpty() || kinds.contains(kind)) && new NamePattern(names).matches(name);
    }
}
