package org.efficientzoo.training.recipe;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.zoo.network.NetworkOption;
import org.efficientzoo.zoo.network.NetworkOptions;

/**
 * What is built, but for what the data set says.
 *
 * @param name the name of the network; a recipe of a paper leaves it to whoever uses it
 * @param options the options of the network, {@link #OPTIONS} alone; in JSON each has its own key
 */
public record NetworkSettings(Optional<String> name, NetworkOptions options) {

    /** The options that a recipe may say. */
    public static final List<NetworkOption> OPTIONS =
            Arrays.stream(NetworkOption.values()).filter(option -> !option.isOfTheData()).toList();

    /** The network as published, whichever it is. */
    public static final NetworkSettings ANY =
            new NetworkSettings(Optional.empty(), NetworkOptions.DEFAULT);

    /**
     * Checks the options.
     *
     * @throws IllegalArgumentException if one is for the data set to say
     */
    public NetworkSettings {
        for (NetworkOption option : options.values().keySet()) {
            if (!OPTIONS.contains(option)) {
                throw new IllegalArgumentException("the data set says " + option.key());
            }
        }
    }

    /**
     * What a look-up built, which may be more than these settings say: weights bring settings of
     * their own.
     *
     * @param arguments the look-up's arguments by name, its own and those of the weights
     * @return the settings, complete
     */
    public NetworkSettings completed(Map<String, String> arguments) {
        NetworkOptions complete = NetworkOptions.DEFAULT;
        for (NetworkOption option : OPTIONS) {
            String text = arguments.get(option.key());
            if (text != null) {
                complete = complete.with(option, option.parse(text));
            }
        }
        return new NetworkSettings(name, complete);
    }

    /**
     * The settings as arguments of a look-up.
     *
     * @return text by name
     */
    public Map<String, String> arguments() {
        return options.arguments();
    }
}
