package org.efficientzoo.zoo.network;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.efficientzoo.blocks.EfficientBlock;

/** A network of the registry: a name, and how to build what it names. */
public final class NetworkEntry {

    private final String name;
    private final Family family;
    private final Function<NetworkOptions, NetworkBuilder<?>> factory;

    NetworkEntry(String name, Family family, Function<NetworkOptions, NetworkBuilder<?>> factory) {
        this.name = name;
        this.family = family;
        this.factory = factory;
    }

    /** The families of networks, and which options they have beyond the common ones. */
    public enum Family {
        /** SqueezeNet. */
        SQUEEZENET("SqueezeNet", false, false),
        /** MobileNetV1. */
        MOBILENET_V1("MobileNetV1", true, false),
        /** MobileNetV2. */
        MOBILENET_V2("MobileNetV2", true, false, MobileNetV2Names.ALL),
        /** ShuffleNetV1. */
        SHUFFLENET_V1("ShuffleNetV1", false, false),
        /** ShuffleNetV2. */
        SHUFFLENET_V2("ShuffleNetV2", false, false),
        /** ResNet. */
        RESNET("ResNet", false, false),
        /** ResNeXt. */
        RESNEXT("ResNeXt", false, false),
        /** DarkNet. */
        DARKNET("DarkNet", true, true);

        private final String title;
        private final boolean hasWidth;
        private final boolean hasLeakySlope;
        private final List<PublishedNames> names;

        Family(String title, boolean hasWidth, boolean hasLeakySlope) {
            this(title, hasWidth, hasLeakySlope, List.of());
        }

        Family(String title, boolean hasWidth, boolean hasLeakySlope, List<PublishedNames> names) {
            this.title = title;
            this.hasWidth = hasWidth;
            this.hasLeakySlope = hasLeakySlope;
            this.names = names;
        }

        /**
         * The family's name as the field writes it.
         *
         * @return the name
         */
        public String title() {
            return title;
        }

        /**
         * Tells whether the networks of the family have a width multiplier.
         *
         * @return whether they have
         */
        public boolean hasWidth() {
            return hasWidth;
        }
    }

    /**
     * The name by which the field knows the network.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * The family.
     *
     * @return the family
     */
    public Family family() {
        return family;
    }

    /**
     * Builds the network, uninitialised.
     *
     * @param options the options
     * @return the network: (N, channels, H, W) to logits (N, classes)
     * @throws IllegalArgumentException if an option is out of range or the family does not have it
     */
    public EfficientBlock build(NetworkOptions options) {
        if (options.width().isPresent() && !family.hasWidth) {
            throw new IllegalArgumentException(
                    name + " has no width multiplier, found width " + options.width().get());
        }
        if (options.leakySlope().isPresent() && !family.hasLeakySlope) {
            throw new IllegalArgumentException(
                    name + " has no leaky ReLU, found leakySlope " + options.leakySlope().get());
        }
        return factory.apply(options).build();
    }

    /**
     * Builds the network as published, uninitialised.
     *
     * @return the network: (N, 3, H, W) to logits (N, 1000)
     */
    public EfficientBlock build() {
        return build(NetworkOptions.DEFAULT);
    }

    /**
     * Tells what this network calls the tensors of a checkpoint, whose publisher may call them
     * otherwise. All names are needed to know the publisher, for a name may mean one layer with the
     * one and another with the other.
     *
     * @param tensors the names of all tensors of the checkpoint
     * @return this network's name by the checkpoint's: the same where the publisher is unknown
     */
    public UnaryOperator<String> renaming(Set<String> tensors) {
        return family.names.stream()
                .filter(names -> tensors.contains(names.mark()))
                .<UnaryOperator<String>>map(names -> names)
                .findFirst()
                .orElseGet(UnaryOperator::identity);
    }

    @Override
    public String toString() {
        return name;
    }
}
