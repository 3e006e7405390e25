package org.efficientzoo.zoo.network;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.efficientzoo.zoo.network.NetworkEntry.Family;

/** The registry: every network of the zoo by name. */
public final class Networks {

    private static final Map<String, NetworkEntry> ALL = new LinkedHashMap<>();

    static {
        add("squeezenet1_0", Family.SQUEEZENET, () -> SqueezeNet.builder(SqueezeNet.Version.V1_0));
        add("squeezenet1_1", Family.SQUEEZENET, () -> SqueezeNet.builder(SqueezeNet.Version.V1_1));
        add("mobilenet_v1", Family.MOBILENET_V1, MobileNetV1::builder);
        add("mobilenet_v2", Family.MOBILENET_V2, MobileNetV2::builder);
        for (int groups : List.of(1, 2, 3, 4, 8)) {
            for (ShuffleNetV1.Scale scale : ShuffleNetV1.Scale.values()) {
                add(
                        "shufflenet_v1_g" + groups + "_" + lowerCase(scale),
                        Family.SHUFFLENET_V1,
                        () -> ShuffleNetV1.builder(groups, scale));
            }
        }
        for (ShuffleNetV2.Scale scale : ShuffleNetV2.Scale.values()) {
            add(
                    "shufflenet_v2_" + lowerCase(scale),
                    Family.SHUFFLENET_V2,
                    () -> ShuffleNetV2.builder(scale));
        }
        for (ResNet.Variant variant : ResNet.Variant.values()) {
            String name = lowerCase(variant);
            add(
                    name,
                    name.startsWith("resnext") ? Family.RESNEXT : Family.RESNET,
                    () -> ResNet.builder(variant));
        }
        add("darknet19", Family.DARKNET, DarkNet19::builder);
        add("darknet53", Family.DARKNET, DarkNet53::builder);
    }

    private Networks() {}

    /**
     * All networks, family by family.
     *
     * @return an unmodifiable collection
     */
    public static Collection<NetworkEntry> all() {
        return Collections.unmodifiableCollection(ALL.values());
    }

    /**
     * Finds a network.
     *
     * @param name its name
     * @return the network
     * @throws IllegalArgumentException if there is none of that name; the message offers the
     *     nearest ones
     */
    public static NetworkEntry get(String name) {
        NetworkEntry entry = ALL.get(name);
        if (entry == null) {
            throw new IllegalArgumentException(
                    "unknown network %s; did you mean %s?"
                            .formatted(
                                    name,
                                    String.join(" or ", Spelling.nearest(name, ALL.keySet(), 3))));
        }
        return entry;
    }

    /**
     * Tells whether there is a network of a name.
     *
     * @param name the name
     * @return whether there is one
     */
    public static boolean contains(String name) {
        return ALL.containsKey(name);
    }

    private static void add(String name, Family family, Supplier<NetworkBuilder<?>> factory) {
        ALL.put(name, new NetworkEntry(name, family, factory));
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
