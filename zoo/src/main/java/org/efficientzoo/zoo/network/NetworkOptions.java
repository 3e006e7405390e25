package org.efficientzoo.zoo.network;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is asked of a network: values of {@link NetworkOption}s. What is not said is as published.
 *
 * @param values the values that are said, each of its option's type; not the usual number of
 *     classes or input channels, which is the same as none
 */
public record NetworkOptions(Map<NetworkOption, Number> values) {

    /** The network as published. */
    public static final NetworkOptions DEFAULT = new NetworkOptions(Map.of());

    /**
     * Copies the values.
     *
     * @throws IllegalArgumentException if one is not of its option's type
     */
    public NetworkOptions {
        Map<NetworkOption, Number> copy = new EnumMap<>(NetworkOption.class);
        values.forEach(
                (option, value) -> {
                    if (!option.type().isInstance(value)) {
                        throw new IllegalArgumentException(
                                "%s takes values of the type %s, found %s"
                                        .formatted(
                                                option.key(),
                                                option.type().getSimpleName(),
                                                value));
                    }
                    boolean isUsual = option.usual().filter(value::equals).isPresent();
                    if (!isUsual || !option.isOfTheData()) { // else it says nothing
                        copy.put(option, value);
                    }
                });
        values = Collections.unmodifiableMap(copy);
    }

    /**
     * Changes an option.
     *
     * @param option the option
     * @param value its value
     * @return the changed options
     * @throws IllegalArgumentException if the value is not of the option's type
     */
    public NetworkOptions with(NetworkOption option, Number value) {
        Map<NetworkOption, Number> changed = new LinkedHashMap<>(values);
        changed.put(option, value);
        return new NetworkOptions(changed);
    }

    /**
     * Changes the number of classes.
     *
     * @param classes the number of classes
     * @return the changed options
     */
    public NetworkOptions withClasses(int classes) {
        return with(NetworkOption.CLASSES, classes);
    }

    /**
     * Changes the channels of the input.
     *
     * @param channels the channels
     * @return the changed options
     */
    public NetworkOptions withInputChannels(int channels) {
        return with(NetworkOption.INPUT_CHANNELS, channels);
    }

    /**
     * Changes the width multiplier.
     *
     * @param factor the width multiplier
     * @return the changed options
     */
    public NetworkOptions withWidth(double factor) {
        return with(NetworkOption.WIDTH, factor);
    }

    /**
     * Changes the slope of the leaky ReLUs.
     *
     * @param slope the slope
     * @return the changed options
     */
    public NetworkOptions withLeakySlope(float slope) {
        return with(NetworkOption.LEAKY_SLOPE, slope);
    }

    /**
     * Changes by how much the first two halvings reduce the resolution.
     *
     * @param stride 1, 2 or 4
     * @return the changed options
     * @see NetworkBuilder#optStemStride
     */
    public NetworkOptions withStemStride(int stride) {
        return with(NetworkOption.STEM_STRIDE, stride);
    }

    /**
     * Finds what is said of an option.
     *
     * @param option the option
     * @return the value, or nothing where it is as published
     */
    public Optional<Number> find(NetworkOption option) {
        return Optional.ofNullable(values.get(option));
    }

    /**
     * The number of classes.
     *
     * @return the length of the logits
     */
    public int classes() {
        return whole(NetworkOption.CLASSES);
    }

    /**
     * The channels of the input.
     *
     * @return their number
     */
    public int inputChannels() {
        return whole(NetworkOption.INPUT_CHANNELS);
    }

    private int whole(NetworkOption option) {
        return find(option).or(option::usual).orElseThrow().intValue();
    }

    /**
     * What is said, as arguments of a look-up.
     *
     * @return text by the name of the argument
     */
    public Map<String, String> arguments() {
        Map<String, String> arguments = new LinkedHashMap<>();
        values.forEach((option, value) -> arguments.put(option.key(), value.toString()));
        return arguments;
    }
}
