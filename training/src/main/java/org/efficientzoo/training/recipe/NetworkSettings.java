package org.efficientzoo.training.recipe;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is built, but for the number of classes, which the data set gives.
 *
 * @param name the name of the network; a recipe of a paper leaves it to whoever uses it
 * @param width the width multiplier
 * @param stemStride how much the first two halvings make the image smaller: 4 as published, 2 or 1
 * @param leakySlope the slope of the leaky ReLUs
 * @param dropout the dropout before the classifier
 */
public record NetworkSettings(
        Optional<String> name,
        Optional<Double> width,
        Optional<Integer> stemStride,
        Optional<Float> leakySlope,
        Optional<Float> dropout) {

    /** The network as published, whichever it is. */
    public static final NetworkSettings ANY =
            new NetworkSettings(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());

    /**
     * What a look-up built, which may be more than these settings say: weights bring settings of
     * their own.
     *
     * @param arguments the look-up's arguments by name, its own and those of the weights
     * @return the settings, complete
     */
    public NetworkSettings completed(Map<String, String> arguments) {
        return new NetworkSettings(
                name,
                Optional.ofNullable(arguments.get("width")).map(Double::valueOf),
                Optional.ofNullable(arguments.get("stemStride")).map(Integer::valueOf),
                Optional.ofNullable(arguments.get("leakySlope")).map(Float::valueOf),
                Optional.ofNullable(arguments.get("dropout")).map(Float::valueOf));
    }

    /**
     * The settings as arguments of a look-up.
     *
     * @return text by name
     */
    public Map<String, String> arguments() {
        Map<String, String> arguments = new LinkedHashMap<>();
        width.ifPresent(value -> arguments.put("width", value.toString()));
        stemStride.ifPresent(value -> arguments.put("stemStride", value.toString()));
        leakySlope.ifPresent(value -> arguments.put("leakySlope", value.toString()));
        dropout.ifPresent(value -> arguments.put("dropout", value.toString()));
        return arguments;
    }
}
