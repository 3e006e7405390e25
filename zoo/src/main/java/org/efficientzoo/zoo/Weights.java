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
import org.efficientzoo.zoo.ModelCard.Checkpoint;
import org.efficientzoo.zoo.ModelCard.Published;
import org.efficientzoo.zoo.network.NetworkEntry;

/**
 * Weights of a network that a look-up can choose, with all that belongs to them.
 *
 * @param network the name of the network
 * @param properties what the filters of a {@code Criteria} are compared with: dataset and weights
 * @param arguments what builds the network, and its preprocessing
 * @param published where they come from, if they are published ones
 * @param file the file on this machine, if there is one
 */
public record Weights(
        String network,
        Map<String, String> properties,
        Map<String, Object> arguments,
        Optional<Published> published,
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
     * All weights of a network: the untrained ones, the published ones, the imported ones.
     *
     * @param network the network
     * @return the weights, the untrained ones first
     * @throws UncheckedIOException if a repository cannot be read
     */
    public static List<Weights> of(NetworkEntry network) {
        try {
            Artifact base = new ClassPathRepository().base(network.name());
            List<Weights> all = new ArrayList<>();
            all.add(
                    new Weights(
                            network.name(),
                            base.getProperties(),
                            base.getArguments(),
                            Optional.empty(),
                            Optional.empty()));
            for (Published row : ModelCard.of(network).published()) {
                row.weights()
                        .ifPresent(
                                checkpoint -> all.add(published(network, base, row, checkpoint)));
            }
            for (Path folder : Folders.repositories()) {
                all.addAll(new WeightsRepository(folder).weights(network));
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    private static Weights published(
            NetworkEntry network, Artifact base, Published row, Checkpoint checkpoint) {
        Map<String, Object> arguments = new LinkedHashMap<>(base.getArguments());
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
     * Whether a look-up can use them now or after a download.
     *
     * @return false for those that must be downloaded by hand first
     */
    public boolean isAvailable() {
        return file.isPresent()
                || published.flatMap(Published::weights).flatMap(Checkpoint::address).isPresent();
    }

    /**
     * The width multiplier that the weights need.
     *
     * @return the width, 1 where none is named
     */
    double width() {
        return Double.parseDouble(arguments.getOrDefault("width", "1").toString());
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
