package org.efficientzoo.zoo.network;

import java.util.function.Function;
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
        MOBILENET_V2("MobileNetV2", true, false),
        /** ShuffleNetV1. */
        SHUFFLENET_V1("ShuffleNetV1", false, false),
        /** ShuffleNetV2. */
        SHUFFLENET_V2("ShuffleNetV2", false, false),
        /** ResNet. */
        RESNET("ResNet", false, false),
        /** ResNeXt. */
        RESNEXT("ResNeXt", false, false),
        /** DarkNet. */
        DARKNET("DarkNet", false, true);

        private final String title;
        private final boolean hasWidth;
        private final boolean hasLeakySlope;

        Family(String title, boolean hasWidth, boolean hasLeakySlope) {
            this.title = title;
            this.hasWidth = hasWidth;
            this.hasLeakySlope = hasLeakySlope;
        }

        /**
         * The family's name as the field writes it.
         *
         * @return the name
         */
        public String title() {
            return title;
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

    @Override
    public String toString() {
        return name;
    }
}
