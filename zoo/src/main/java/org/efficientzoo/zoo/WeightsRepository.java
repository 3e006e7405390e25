package org.efficientzoo.zoo;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import ai.djl.Application;
import ai.djl.MalformedModelException;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.weights.Sha256;
import org.efficientzoo.zoo.weights.WholeFile;

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

    /** Writes a converted checkpoint to a path and tells how many tensors it has. */
    interface Converter {
        int write(Path path) throws IOException, MalformedModelException;
    }

    /**
     * Adds weights.
     *
     * @param properties the data set and the tag
     * @param arguments what builds the network and its preprocessing
     * @param replace whether weights with these properties may be there already
     * @throws IOException if writing fails or the weights are there already
     * @throws MalformedModelException if the writer finds that the tensors do not fit
     */
    CheckpointImport.Result add(
            NetworkEntry network,
            Map<String, String> properties,
            Map<String, ?> arguments,
            boolean replace,
            Converter writer)
            throws IOException, MalformedModelException {
        Path folder = Files.createDirectories(folder(network));
        try (FileChannel channel = FileChannel.open(folder.resolve(".lock"), CREATE, WRITE);
                FileLock lock = channel.lock()) {
            assert lock.isValid();
            JsonObject metadata = read(network);
            JsonArray artifacts = artifacts(metadata);
            Optional<JsonElement> before = find(artifacts, properties);
            if (before.isPresent() && !replace) {
                throw new IOException(
                        "%s has weights %s already; choose another tag, or replace them (--force)"
                                .formatted(network, properties.get(Weights.TAG)));
            }
            String name = ClassPathRepository.VERSION + "/" + fileName(properties);
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            int tensors = writer.write(file);
            String hash = Sha256.of(file);
            before.ifPresent(artifacts::remove);
            Map<String, String> texts = new TreeMap<>();
            arguments.forEach((key, value) -> texts.put(key, value.toString()));
            artifacts.add(
                    GSON.toJsonTree(
                            new Row(
                                    ClassPathRepository.VERSION,
                                    false,
                                    network.name(),
                                    new TreeMap<>(properties),
                                    texts,
                                    Map.of(),
                                    Map.of("weights", new Item(name, hash, Files.size(file))))));
            write(network, metadata, artifacts);
            return new CheckpointImport.Result(file, tensors, hash);
        }
    }

    private static String fileName(Map<String, String> properties) {
        return "%s-%s.safetensors"
                .formatted(properties.get(Weights.DATASET), properties.get(Weights.TAG));
    }

    private static Optional<JsonElement> find(JsonArray artifacts, Map<String, String> properties) {
        return artifacts.asList().stream()
                .filter(element -> properties.equals(GSON.fromJson(element, Row.class).properties))
                .findFirst();
    }

    private void write(NetworkEntry network, JsonObject before, JsonArray artifacts)
            throws IOException {
        JsonObject metadata = before;
        if (metadata.size() == 0) {
            metadata.addProperty("metadataVersion", "0.2");
            metadata.addProperty("resourceType", "model");
            metadata.addProperty("application", Application.CV.IMAGE_CLASSIFICATION.getPath());
            metadata.addProperty("groupId", EfficientModelZoo.GROUP_ID);
            metadata.addProperty("artifactId", network.name());
            metadata.addProperty("name", network.family().title());
        }
        metadata.add("artifacts", artifacts);
        try (WholeFile file = WholeFile.replacing(metadata(network));
                Writer text = new OutputStreamWriter(file.stream(), StandardCharsets.UTF_8)) {
            GSON.toJson(metadata, text);
            text.write("\n");
            text.flush();
            file.commit();
        }
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
