package org.efficientzoo.zoo;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.efficientzoo.zoo.network.NetworkOptions;

/** The arguments of a look-up, {@code Criteria.optArgument}, checked without one. */
public final class LookUpArguments {

    private LookUpArguments() {}

    /**
     * All arguments that the zoo knows.
     *
     * @return their names, sorted
     */
    public static Set<String> names() {
        return new TreeSet<>(ModelArguments.KNOWN);
    }

    /**
     * What arguments say of how a network is built.
     *
     * @param network the name of the network
     * @param arguments arguments of a look-up
     * @return the options of the network
     * @throws IllegalArgumentException if a name is mistyped or a value is out of its range
     */
    public static NetworkOptions networkOptions(String network, Map<String, String> arguments) {
        Map<String, String> all = new LinkedHashMap<>(arguments);
        all.put(ModelArguments.NETWORK, network);
        return ModelArguments.of(all).options();
    }
}
