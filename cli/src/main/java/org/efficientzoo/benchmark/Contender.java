package org.efficientzoo.benchmark;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What is measured: a network of the zoo, or a file that an engine runs.
 *
 * @param model the name of the network or of the file
 * @param engine the engine that runs it
 * @param variant how the engine runs it
 * @param arguments the arguments of the look-up; of a file inputChannels alone, if not 3
 * @param file the file, if it is one
 * @param height the height of the input in pixels
 * @param width the width of the input
 */
public record Contender(
        String model,
        String engine,
        Variant variant,
        Map<String, String> arguments,
        Optional<Path> file,
        int height,
        int width) {

    /** Ways to run a network. */
    public enum Variant {
        /** As a look-up does. */
        USUAL,
        /** Layer by layer, as it is written, each batch norm by itself. */
        PLAIN,
        /** In integers of eight bits. */
        INT8,
        /** A file that was there before. */
        FILE;

        /** The name as tables show it. */
        @Override
        public String toString() {
            return this == USUAL ? "" : name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Copies the arguments.
     *
     * @throws IllegalArgumentException if the input has no size
     */
    public Contender {
        arguments = Map.copyOf(arguments);
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "an input must have at least 1x1 pixels, found %dx%d".formatted(height, width));
        }
    }

    /**
     * What it is called in messages.
     *
     * @return model, engine and variant
     */
    public String title() {
        return "%s on %s%s"
                .formatted(model, engine, variant == Variant.USUAL ? "" : ", " + variant);
    }

    /** Whether it is a network for an engine that runs files alone. */
    boolean needsFile() {
        return file.isEmpty() && !Engines.hasPlain(engine);
    }

    Contender with(Path written) {
        return new Contender(
                model, engine, variant, arguments, Optional.of(written), height, width);
    }
}
