package org.efficientzoo.zoo.network;

import java.util.Locale;
import java.util.Optional;

/**
 * The options of networks, one row each. The arguments of a look-up, checkpoint cards, recipes, the
 * command line and the choice of weights are read from this table. A new option is a row here, a
 * case in the builder of the networks that have it ({@link NetworkBuilder#set}), and a test.
 */
public enum NetworkOption {
    /** The number of classes, the length of the logits. */
    CLASSES(
            "classes",
            Integer.class,
            Optional.of(1000),
            Use.OF_THE_DATA,
            "N",
            "number of classes",
            "the number of classes"),
    /** The channels of the input. */
    INPUT_CHANNELS(
            "inputChannels",
            Integer.class,
            Optional.of(3),
            Use.OF_THE_DATA,
            "N",
            "choice of input channels",
            "the channels of the input: 3 for colors, as by default, or 1 for brightness; no images"
                    + " have others"),
    /** The dropout before the classifier; that of the reference implementation by default. */
    DROPOUT(
            "dropout",
            Float.class,
            Optional.empty(),
            Use.IN_TRAINING,
            "P",
            "dropout",
            "the dropout before the classifier"),
    /** The width multiplier. */
    WIDTH(
            "width",
            Double.class,
            Optional.of(1.0),
            Use.STRUCTURE,
            "FACTOR",
            "width multiplier",
            "width multiplier of the MobileNets and DarkNets"),
    /** The slope of the leaky ReLUs. */
    LEAKY_SLOPE(
            "leakySlope",
            Float.class,
            Optional.of(0.1f),
            Use.STRUCTURE,
            "SLOPE",
            "leaky ReLU",
            "slope of the leaky ReLUs of the DarkNets; that of the weights, else 0.1, by default"),
    /** By how much the first two halvings reduce the resolution; see {@code optStemStride}. */
    STEM_STRIDE(
            "stemStride",
            Integer.class,
            Optional.of(4),
            Use.STRUCTURE,
            "N",
            "stem stride",
            "by how much the first two halvings reduce the resolution: 4 as published, 2 or 1 for"
                    + " small images");

    private final String key;
    private final Class<? extends Number> type;
    private final Optional<Number> usual;
    private final Use use;
    private final String label;
    private final String noun;
    private final String help;

    /** Where an option matters. */
    private enum Use {
        /** It makes another network, so that weights fit one value alone. */
        STRUCTURE,
        /** The data set says it. */
        OF_THE_DATA,
        /** It changes nothing in a prediction. */
        IN_TRAINING
    }

    /**
     * A row.
     *
     * @param key the name of the argument of a look-up, and in recipes and checkpoint cards
     * @param type Integer, Float or Double
     * @param usual the value where none is said; empty where each network has its own
     * @param use where it matters
     * @param label what stands for the value in the help of a command
     * @param noun what a network has that has the option
     * @param help the help of a command
     */
    NetworkOption(
            String key,
            Class<? extends Number> type,
            Optional<Number> usual,
            Use use,
            String label,
            String noun,
            String help) {
        this.key = key;
        this.type = type;
        this.usual = usual;
        this.use = use;
        this.label = label;
        this.noun = noun;
        this.help = help;
    }

    /**
     * The name of the argument of a look-up, which is the name in recipes and checkpoints, too.
     *
     * @return the name, such as {@code stemStride}
     */
    public String key() {
        return key;
    }

    /**
     * The name of the option of a command.
     *
     * @return the name, such as {@code --stem-stride}
     */
    public String flag() {
        return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The type of its values.
     *
     * @return {@code Integer}, {@code Float} or {@code Double}
     */
    public Class<? extends Number> type() {
        return type;
    }

    /**
     * The value where none is said.
     *
     * @return the value, or nothing where each network has its own
     */
    public Optional<Number> usual() {
        return usual;
    }

    /**
     * Tells whether it makes another network, so that weights fit one value alone.
     *
     * @return whether it does
     */
    public boolean isStructure() {
        return use == Use.STRUCTURE;
    }

    /**
     * Tells whether the data set says it, so that a recipe does not.
     *
     * @return whether it does
     */
    public boolean isOfTheData() {
        return use == Use.OF_THE_DATA;
    }

    /**
     * Tells whether it changes nothing in a prediction.
     *
     * @return whether that is so
     */
    public boolean isForTrainingAlone() {
        return use == Use.IN_TRAINING;
    }

    /**
     * What stands for the value in the help of a command.
     *
     * @return a short word
     */
    public String label() {
        return label;
    }

    /**
     * The help of a command.
     *
     * @return what the option is
     */
    public String help() {
        return help;
    }

    /** What a network has that has the option. */
    String noun() {
        return noun;
    }

    /**
     * Reads a value.
     *
     * @param text the value as text
     * @return the value, of this option's type
     * @throws IllegalArgumentException if the text is not a number of that type
     */
    public Number parse(String text) {
        try {
            if (type == Integer.class) {
                return Integer.valueOf(text);
            }
            return type == Float.class ? (Number) Float.valueOf(text) : Double.valueOf(text);
        } catch (NumberFormatException e) {
            String kind = type == Integer.class ? "whole number" : "number";
            throw new IllegalArgumentException(
                    "%s must be a %s, found %s".formatted(key, kind, text), e);
        }
    }
}
