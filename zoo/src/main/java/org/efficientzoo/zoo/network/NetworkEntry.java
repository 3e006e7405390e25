package org.efficientzoo.zoo.network;

import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.efficientzoo.blocks.EfficientBlock;

/** A network of the registry: a name, and how to build what it names. */
public final class NetworkEntry {

    private final String name;
    private final Family family;
    private final Supplier<NetworkBuilder<?>> factory;

    NetworkEntry(String name, Family family, Supplier<NetworkBuilder<?>> factory) {
        this.name = name;
        this.family = family;
        this.factory = factory;
    }

    /** The families of networks. */
    public enum Family {
        /** SqueezeNet. */
        SQUEEZENET("SqueezeNet"),
        /** MobileNetV1. */
        MOBILENET_V1("MobileNetV1"),
        /** MobileNetV2. */
        MOBILENET_V2("MobileNetV2", MobileNetV2Names.ALL),
        /** ShuffleNetV1. */
        SHUFFLENET_V1("ShuffleNetV1"),
        /** ShuffleNetV2. */
        SHUFFLENET_V2("ShuffleNetV2"),
        /** ResNet. */
        RESNET("ResNet"),
        /** ResNeXt. */
        RESNEXT("ResNeXt"),
        /** DarkNet. */
        DARKNET("DarkNet");

        private final String title;
        private final List<PublishedNames> names;

        Family(String title) {
            this(title, List.of());
        }

        Family(String title, List<PublishedNames> names) {
            this.title = title;
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
        NetworkBuilder<?> builder = factory.get();
        options.values()
                .forEach(
                        (option, value) -> {
                            if (!builder.set(option, value)) {
                                throw new IllegalArgumentException(
                                        "%s has no %s, found %s %s"
                                                .formatted(
                                                        name, option.noun(), option.key(), value));
                            }
                        });
        return builder.build();
    }

    /**
     * Tells whether the network has an option.
     *
     * @param option the option
     * @return whether it has
     */
    public boolean has(NetworkOption option) {
        return option.usual().isEmpty() || factory.get().set(option, option.usual().get());
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
