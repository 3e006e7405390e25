package org.efficientzoo.zoo;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.zoo.network.NetworkEntry;

/** A folder of imported checkpoints in the layout of DJL's model repositories. */
final class WeightsRepository {

    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private final Path root;

    WeightsRepository(Path root) {
        this.root = root;
    }

    /** The shape of an artifact in the metadata. */
    private record Row(
            String version,
            boolean snapshot,
            String name,
            Map<String, String> properties,
            Map<String, String> arguments,
            Map<String, String> options,
            Map<String, Item> files) {}

    private record Item(String uri, String sha256, long size) {}

    private Path folder(NetworkEntry network) {
        return root.resolve("model/cv/image_classification/org/efficientzoo")
                .resolve(network.name());
    }

    private Path metadata(NetworkEntry network) {
        return folder(network).resolve("metadata.json");
    }

    /**
     * What there is for a network.
     *
     * @throws IOException if the metadata cannot be read or is not what it should be
     */
    List<Weights> weights(NetworkEntry network) throws IOException {
        List<Weights> all = new ArrayList<>();
        for (JsonElement element : artifacts(read(network))) {
            Row row = GSON.fromJson(element, Row.class);
            Item item = row.files == null ? null : row.files.get("weights");
            if (item != null) {
                all.add(weights(network, row, item));
            }
        }
        return all;
    }

    private Weights weights(NetworkEntry network, Row row, Item item) throws IOException {
        Path folder = folder(network);
        Path file = folder.resolve(item.uri).normalize();
        if (!file.startsWith(folder)) {
            throw new IOException(
                    "%s must name files inside its folder, found %s"
                            .formatted(metadata(network), item.uri));
        }
        return new Weights(
                network.name(),
                row.properties,
                Map.copyOf(row.arguments),
                Optional.empty(),
                Optional.of(file));
    }

    private JsonObject read(NetworkEntry network) throws IOException {
        Path file = metadata(network);
        if (!Files.exists(file)) {
            return new JsonObject();
        }
        try (Reader reader = Files.newBufferedReader(file)) {
            return GSON.fromJson(reader, JsonObject.class);
        } catch (JsonParseException e) {
            throw new IOException(file + " is not the JSON that it should be", e);
        }
    }

    private static JsonArray artifacts(JsonObject metadata) {
        return metadata.has("artifacts") ? metadata.getAsJsonArray("artifacts") : new JsonArray();
    }
}
