package org.efficientzoo.zoo;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The shape of an artifact in a {@code metadata.json}: DJL's part of it, and what else is known of
 * the weights. What may be missing there is null.
 */
record ArtifactRow(
        String version,
        boolean snapshot,
        String name,
        Map<String, String> properties,
        Map<String, String> arguments,
        Map<String, String> options,
        Map<String, Item> files,
        Double top1,
        Double top5,
        String source,
        String license) {

    /** The file that has the values; all others of an artifact document them. */
    static final String WEIGHTS = "weights";

    /**
     * A file.
     *
     * @param uri its path from the folder of the metadata
     * @param sha256 its SHA-256 in hexadecimal digits
     * @param size its bytes
     */
    record Item(String uri, String sha256, long size) {}

    /** A {@code metadata.json}, as far as it has artifacts. */
    record Metadata(List<ArtifactRow> artifacts) {}

    @Override
    public Map<String, Item> files() {
        return Objects.requireNonNullElse(files, Map.of());
    }

    /** The file that has the values; none for the untrained network. */
    Optional<Item> weights() {
        return Optional.ofNullable(files().get(WEIGHTS));
    }

    /** Whether nothing that a look-up needs is missing. */
    boolean isComplete() {
        return isComplete(properties)
                && isComplete(arguments)
                && files().values().stream().allMatch(item -> item != null && item.uri() != null);
    }

    private static boolean isComplete(Map<String, String> map) {
        return map != null && map.values().stream().noneMatch(Objects::isNull);
    }

    WeightsFacts facts() {
        return new WeightsFacts(
                Optional.ofNullable(top1),
                Optional.ofNullable(top5),
                Optional.ofNullable(source),
                Optional.ofNullable(license));
    }
}
