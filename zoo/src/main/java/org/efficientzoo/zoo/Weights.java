package org.efficientzoo.zoo;

import ai.djl.repository.Artifact;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.efficientzoo.zoo.ModelCard.Checkpoint;
import org.efficientzoo.zoo.ModelCard.Published;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.NetworkOption;

/**
 * Weights of a network that a look-up can choose, with all that belongs to them.
 *
 * @param network the name of the network
 * @param properties what the filters of a {@code Criteria} are compared with: dataset and weights
 * @param arguments what builds the network, and its preprocessing
 * @param published where they come from, if they are published ones
 * @param facts how good they are, and where they are from
 * @param file the file on this machine, if there is one
 */
public record Weights(
        String network,
        Map<String, String> properties,
        Map<String, Object> arguments,
        Optional<Published> published,
        WeightsFacts facts,
        Optional<Path> file) {

    static final String TAG = "weights";
    static final String DATASET = "dataset";
    static final String UNTRAINED = "none";
    static final String IMAGENET = "imagenet";

    /** Copies the maps. */
    public Weights {
        properties = Map.copyOf(properties);
        arguments = Map.copyOf(arguments);
    }

    /**
     * All weights of a network: the untrained ones, the published ones, the ones that ship with the
     * zoo, the imported ones. Imported ones replace those of the same data set and tag that ship.
     *
     * @param network the network
     * @return the weights, the untrained ones first
     * @throws UncheckedIOException if a repository cannot be read
     */
    public static List<Weights> of(NetworkEntry network) {
        return of(network, new ClassPathRepository());
    }

    static List<Weights> of(NetworkEntry network, ClassPathRepository repository) {
        try {
            List<ArtifactRow> rows = repository.artifacts(network.name());
            ArtifactRow base = rows.get(0);
            List<Weights> all = new ArrayList<>();
            all.add(stored(network, base, Optional.empty()));
            for (Published row : ModelCard.of(network, repository).published()) {
                row.weights()
                        .ifPresent(
                                checkpoint -> all.add(published(network, base, row, checkpoint)));
            }
            List<Weights> imported = new ArrayList<>();
            for (Path folder : Folders.repositories()) {
                imported.addAll(new WeightsRepository(folder).weights(network));
            }
            Set<Map<String, String>> replaced =
                    imported.stream().map(Weights::properties).collect(Collectors.toSet());
            rows.stream()
                    .filter(row -> row.weights().isPresent())
                    .filter(row -> !replaced.contains(row.properties()))
                    .forEach(row -> all.add(stored(network, row, Optional.empty())));
            all.addAll(imported);
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /** What a row of the metadata describes, and the file of it if it is one. */
    static Weights stored(NetworkEntry network, ArtifactRow row, Optional<Path> file) {
        return new Weights(
                network.name(),
                row.properties(),
                Map.copyOf(row.arguments()),
                Optional.empty(),
                row.facts(),
                file);
    }

    private static Weights published(
            NetworkEntry network, ArtifactRow base, Published row, Checkpoint checkpoint) {
        Map<String, Object> arguments = new LinkedHashMap<>(base.arguments());
        if (row.width() != 1) {
            arguments.put("width", Double.toString(row.width()));
        }
        arguments.putAll(checkpoint.arguments());
        Path file = PublishedFiles.converted(network, row);
        return new Weights(
                network.name(),
                Map.of(DATASET, IMAGENET, TAG, row.tag()),
                arguments,
                Optional.of(row),
                WeightsFacts.of(row),
                Files.exists(file) ? Optional.of(file) : Optional.empty());
    }

    /**
     * The name by which a filter chooses the weights.
     *
     * @return the tag, {@code none} for the untrained network
     */
    public String tag() {
        return properties.getOrDefault(TAG, UNTRAINED);
    }

    /**
     * What the weights were trained on.
     *
     * @return the name of the data set
     */
    public String dataset() {
        return properties.getOrDefault(DATASET, IMAGENET);
    }

    /**
     * Whether these are no weights at all.
     *
     * @return whether the network is initialised and not loaded
     */
    public boolean isUntrained() {
        return tag().equals(UNTRAINED);
    }

    /**
     * Whether they ship with the zoo, inside its jar.
     *
     * @return whether they do
     */
    public boolean isShipped() {
        return !isUntrained() && published.isEmpty() && file.isEmpty();
    }

    /**
     * Whether somebody has imported them on this machine.
     *
     * @return whether they are in a repository of imported weights
     */
    public boolean isImported() {
        return published.isEmpty() && file.isPresent();
    }

    /**
     * Whether they are on this machine, inside the jar or as a file.
     *
     * @return whether a look-up fetches nothing for them; false for the untrained network, which
     *     has none
     */
    public boolean isLocal() {
        return file.isPresent() || isShipped();
    }

    /**
     * Whether a look-up can use them now or after a download.
     *
     * @return false for those that must be downloaded by hand first, and for the untrained network
     */
    public boolean isAvailable() {
        return isLocal()
                || published.flatMap(Published::weights).flatMap(Checkpoint::address).isPresent();
    }

    /**
     * The width multiplier that the weights need.
     *
     * @return the width, 1 where none is named
     */
    public double width() {
        return Double.parseDouble(value(NetworkOption.WIDTH));
    }

    /**
     * The value that the weights need of an option that makes another network.
     *
     * @param option the option
     * @return the value as text, the usual one where none is named
     */
    public String value(NetworkOption option) {
        return arguments.getOrDefault(option.key(), option.usual().orElseThrow()).toString();
    }

    /** DJL's view of the same. */
    Artifact artifact() {
        Artifact artifact = new Artifact();
        artifact.setVersion(ClassPathRepository.VERSION);
        artifact.setName(network);
        artifact.setProperties(properties);
        artifact.setArguments(new LinkedHashMap<>(arguments));
        artifact.setOptions(Map.of());
        artifact.setFiles(Map.of());
        return artifact;
    }
}
