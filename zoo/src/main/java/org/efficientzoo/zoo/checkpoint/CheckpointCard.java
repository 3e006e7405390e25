package org.efficientzoo.zoo.checkpoint;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.reflect.TypeToken;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.efficientzoo.zoo.network.NetworkOption;

/**
 * What a checkpoint says of itself in its metadata: which network, for which classes, with which
 * preprocessing, and where it is from. What describes the network has the names and the text forms
 * of the arguments of a look-up.
 *
 * @param arguments the arguments of a look-up, of {@link #ARGUMENTS} alone
 * @param classNames the names of the classes in the order of the outputs; empty where they have
 *     none of their own
 * @param license under which the weights may be used, if known
 * @param source where the weights are from, if known
 * @param producer the program that wrote the file, if known
 */
public record CheckpointCard(
        Map<String, String> arguments,
        List<String> classNames,
        Optional<String> license,
        Optional<String> source,
        Optional<String> producer) {

    /** The arguments of a look-up that a checkpoint may carry. */
    public static final Set<String> ARGUMENTS =
            Stream.concat(
                            Arrays.stream(NetworkOption.values()).map(NetworkOption::key),
                            Stream.of(
                                    "network",
                                    "resize",
                                    "crop",
                                    "cropHeight",
                                    "cropWidth",
                                    "interpolation",
                                    "channelOrder",
                                    "mean",
                                    "std"))
                    .collect(Collectors.toUnmodifiableSet());

    private static final String FORMAT = "format";
    private static final String PYTORCH = "pt"; // the tensors are laid out as PyTorch's
    private static final String CLASS_NAMES = "classNames";
    private static final String LICENSE = "license";
    private static final String LICENCE = "licence"; // in the first files of this project
    private static final String SOURCE = "source";
    private static final String PRODUCER = "producer";
    private static final TypeToken<List<String>> NAMES = new TypeToken<>() {};
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

    /**
     * Checks the names of the arguments, and that there are as many names of classes as classes.
     *
     * @throws IllegalArgumentException if one is unknown or the numbers differ
     */
    public CheckpointCard {
        arguments = Collections.unmodifiableMap(new TreeMap<>(arguments));
        classNames = List.copyOf(classNames);
        for (String key : arguments.keySet()) {
            if (!ARGUMENTS.contains(key)) {
                throw new IllegalArgumentException("a checkpoint carries no argument " + key);
            }
        }
        String classes = arguments.getOrDefault("classes", "");
        if (!classNames.isEmpty() && !classes.equals(Integer.toString(classNames.size()))) {
            throw new IllegalArgumentException(
                    "a checkpoint must have a name for each class, found %d names, classes %s"
                            .formatted(classNames.size(), classes.isEmpty() ? "unknown" : classes));
        }
    }

    /**
     * Reads a card from the metadata of a file or the properties of a model; other keys are passed
     * over.
     *
     * @param metadata text by key
     * @return the card
     * @throws IllegalArgumentException if the names of the classes are no JSON list of texts, one
     *     for each class
     */
    public static CheckpointCard fromMap(Map<String, String> metadata) {
        Map<String, String> arguments = new TreeMap<>(metadata);
        arguments.keySet().retainAll(ARGUMENTS);
        return new CheckpointCard(
                arguments,
                Optional.ofNullable(metadata.get(CLASS_NAMES))
                        .map(CheckpointCard::names)
                        .orElseGet(List::of),
                Optional.ofNullable(metadata.get(LICENSE))
                        .or(() -> Optional.ofNullable(metadata.get(LICENCE))),
                Optional.ofNullable(metadata.get(SOURCE)),
                Optional.ofNullable(metadata.get(PRODUCER)));
    }

    private static List<String> names(String json) {
        try {
            List<String> names = GSON.fromJson(json, NAMES);
            if (names != null && !names.contains(null)) {
                return names;
            }
        } catch (JsonParseException e) {
            throw malformed(json, e);
        }
        throw malformed(json, null);
    }

    private static IllegalArgumentException malformed(String json, Exception cause) {
        return new IllegalArgumentException(
                "%s must be a JSON list of texts, found %s".formatted(CLASS_NAMES, json), cause);
    }

    /**
     * Writes the card as the metadata of a file.
     *
     * @return text by key
     */
    public Map<String, String> toMap() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(FORMAT, PYTORCH);
        metadata.putAll(arguments);
        if (!classNames.isEmpty()) {
            metadata.put(CLASS_NAMES, GSON.toJson(classNames));
        }
        license.ifPresent(text -> metadata.put(LICENSE, text));
        source.ifPresent(text -> metadata.put(SOURCE, text));
        producer.ifPresent(text -> metadata.put(PRODUCER, text));
        return Collections.unmodifiableMap(metadata);
    }
}
