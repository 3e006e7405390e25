package org.efficientzoo.zoo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.efficientzoo.zoo.network.NetworkEntry;

/**
 * Weights that are to be added to a repository, but for their values.
 *
 * @param properties the data set and the tag
 * @param arguments what builds the network and its preprocessing
 * @param facts how good they are, and where they are from
 * @param documents files that document them, kept beside them under their own names
 */
record WeightsAddition(
        Map<String, String> properties,
        Map<String, ?> arguments,
        WeightsFacts facts,
        List<Path> documents) {

    private static final Pattern ENDING = Pattern.compile("\\.[^.]*$");

    /**
     * Checks the documents.
     *
     * @throws IllegalArgumentException if one is missing, or two would have one name
     */
    WeightsAddition {
        documents = List.copyOf(documents);
        Set<String> keys = new HashSet<>(Set.of(ArtifactRow.WEIGHTS));
        for (Path document : documents) {
            if (!Files.isRegularFile(document)) {
                throw new IllegalArgumentException("there is no document " + document);
            }
            if (!keys.add(key(document))) {
                throw new IllegalArgumentException(
                        "documents must have different names, none of them weights, found %s"
                                .formatted(document));
            }
        }
    }

    String tag() {
        return properties.get(Weights.TAG);
    }

    /** What the metadata calls a document: {@code recipe} for recipe.json. */
    static String key(Path document) {
        return ENDING.matcher(name(document)).replaceFirst("");
    }

    private static String name(Path document) {
        return String.valueOf(document.getFileName());
    }

    private String stem() {
        return "%s/%s-%s"
                .formatted(ClassPathRepository.VERSION, properties.get(Weights.DATASET), tag());
    }

    /** The place of the values, from the folder of the network. */
    String file() {
        return stem() + ".safetensors";
    }

    /** The place of the copy of a document; so links among the documents stay right. */
    String file(Path document) {
        return stem() + "/" + name(document);
    }

    ArtifactRow row(NetworkEntry network, Map<String, ArtifactRow.Item> files) {
        Map<String, String> texts = new TreeMap<>();
        arguments.forEach((key, value) -> texts.put(key, value.toString()));
        return new ArtifactRow(
                ClassPathRepository.VERSION,
                false,
                network.name(),
                new TreeMap<>(properties),
                texts,
                Map.of(),
                files,
                facts.top1().orElse(null),
                facts.top5().orElse(null),
                facts.source().orElse(null),
                facts.license().orElse(null));
    }
}
