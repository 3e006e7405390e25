package org.efficientzoo.zoo;

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
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.efficientzoo.zoo.file.Directories;
import org.efficientzoo.zoo.file.FileLock;
import org.efficientzoo.zoo.file.Sha256;
import org.efficientzoo.zoo.file.SmallFile;
import org.efficientzoo.zoo.file.WholeFile;
import org.efficientzoo.zoo.network.NetworkEntry;

/**
 * A folder of imported checkpoints in the layout of DJL's model repositories. The folder {@code
 * models/} of this project, which ships inside its jar, is one, too.
 */
final class WeightsRepository {

    private static final int LARGEST_DOCUMENT = 64 << 20; // bytes

    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private final Path root;

    WeightsRepository(Path root) {
        this.root = root;
    }

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
            ArtifactRow row = row(network, element);
            Optional<ArtifactRow.Item> item = row.weights();
            if (item.isPresent()) {
                Path file = file(network, item.get().uri());
                all.add(Weights.stored(network, row, Optional.of(file)));
            }
        }
        return all;
    }

    /**
     * Makes sure that imported weights are what their repository says.
     *
     * @param file the file of some weights
     * @throws IOException if it has another size or SHA-256 than the metadata names
     */
    static void check(NetworkEntry network, Path file) throws IOException {
        for (Path folder : Folders.repositories()) {
            WeightsRepository repository = new WeightsRepository(folder);
            for (JsonElement element : artifacts(repository.read(network))) {
                Optional<ArtifactRow.Item> item = repository.row(network, element).weights();
                if (item.isPresent() && repository.file(network, item.get().uri()).equals(file)) {
                    check(item.get(), file, repository.metadata(network));
                    return;
                }
            }
        }
    }

    /** Metadata that others wrote may leave out size and hash. */
    private static void check(ArtifactRow.Item item, Path file, Path metadata) throws IOException {
        if (Files.notExists(file)) {
            return; // which the reader of checkpoints says
        }
        long size = Files.size(file);
        if (item.size() > 0 && item.size() != size) {
            throw new IOException(
                    "%s must have %d bytes, as %s says, found %d; import it again"
                            .formatted(file, item.size(), metadata, size));
        }
        String hash = item.sha256() == null ? "" : Sha256.remembered(file);
        if (!hash.equalsIgnoreCase(Objects.requireNonNullElse(item.sha256(), ""))) {
            throw new IOException(
                    "%s must have the SHA-256 %s, as %s says, found %s; import it again"
                            .formatted(file, item.sha256(), metadata, hash));
        }
    }

    private ArtifactRow row(NetworkEntry network, JsonElement element) throws IOException {
        try {
            ArtifactRow row = GSON.fromJson(element, ArtifactRow.class);
            if (row == null || !row.isComplete()) {
                throw malformed(metadata(network), null);
            }
            row.facts();
            if (row.weights().isPresent()) {
                ModelArguments.of(row.arguments());
            }
            return row;
        } catch (JsonParseException e) {
            throw malformed(metadata(network), e);
        } catch (IllegalArgumentException e) {
            throw new IOException("%s: %s".formatted(metadata(network), e.getMessage()), e);
        }
    }

    private Path file(NetworkEntry network, String uri) throws IOException {
        Path folder = folder(network);
        try {
            Path file = folder.resolve(uri).normalize();
            if (file.startsWith(folder)) {
                return file;
            }
        } catch (InvalidPathException e) {
            throw new IOException(
                    "%s must name files, found %s".formatted(metadata(network), uri), e);
        }
        throw new IOException(
                "%s must name files inside its folder, found %s".formatted(metadata(network), uri));
    }

    /** Writes a converted checkpoint to a path and tells what it wrote. */
    interface Converter {
        Conversion.Result write(Path path) throws IOException, MalformedModelException;
    }

    /**
     * Adds weights.
     *
     * @param addition what there is to add
     * @param replace whether weights with these properties may be there already
     * @throws IOException if writing fails or the weights are there already
     * @throws MalformedModelException if the writer finds that the tensors do not fit
     */
    CheckpointImport.Result add(
            NetworkEntry network, WeightsAddition addition, boolean replace, Converter writer)
            throws IOException, MalformedModelException {
        Path folder = Directories.make(folder(network));
        try (FileLock lock = FileLock.take(folder.resolve(".lock"))) {
            assert lock.isHeld();
            JsonObject metadata = read(network);
            JsonArray artifacts = artifacts(metadata);
            int before = find(network, artifacts, addition.properties());
            if (before >= 0 && !replace) {
                throw taken(network, addition.tag());
            }
            // One that cannot be read is found out before anything is written.
            Map<Path, byte[]> documents = contents(addition.documents());
            Path file = folder.resolve(addition.file());
            Directories.make(file.getParent());
            List<Path> fresh = new ArrayList<>();
            try {
                noteIfNew(file, fresh);
                Conversion.Result written = writer.write(file);
                Map<String, ArtifactRow.Item> files = new LinkedHashMap<>();
                files.put(ArtifactRow.WEIGHTS, item(folder, addition.file()));
                for (Map.Entry<Path, byte[]> document : documents.entrySet()) {
                    String name = addition.file(document.getKey());
                    noteIfNew(folder.resolve(name), fresh);
                    write(document.getValue(), folder.resolve(name));
                    files.put(WeightsAddition.key(document.getKey()), item(folder, name));
                }
                ArtifactRow row = addition.row(network, files);
                if (before < 0) {
                    artifacts.add(GSON.toJsonTree(row));
                    write(network, metadata, artifacts);
                    fresh.clear(); // they have names now
                } else {
                    JsonElement old = artifacts.set(before, GSON.toJsonTree(row));
                    write(network, metadata, artifacts);
                    fresh.clear();
                    deleteUnnamed(network, GSON.fromJson(old, ArtifactRow.class), row);
                }
                String hash = files.get(ArtifactRow.WEIGHTS).sha256();
                return new CheckpointImport.Result(file, written.tensors(), hash, written.notes());
            } finally {
                for (Path unnamed : fresh) {
                    Files.deleteIfExists(unnamed);
                }
            }
        }
    }

    private static void noteIfNew(Path file, List<Path> fresh) {
        if (Files.notExists(file)) {
            fresh.add(file);
        }
    }

    private static Map<Path, byte[]> contents(List<Path> files) throws IOException {
        Map<Path, byte[]> contents = new LinkedHashMap<>();
        for (Path file : files) {
            contents.put(file, SmallFile.bytes(file, LARGEST_DOCUMENT));
        }
        return contents;
    }

    /** What to say where a tag is not free. */
    static IOException taken(NetworkEntry network, String tag) {
        return new IOException(
                "%s has weights %s already; choose another tag, or replace them (--force)"
                        .formatted(network, tag));
    }

    private static ArtifactRow.Item item(Path folder, String uri) throws IOException {
        Path file = folder.resolve(uri);
        return new ArtifactRow.Item(uri, Sha256.of(file), Files.size(file));
    }

    private static void write(byte[] content, Path to) throws IOException {
        Directories.make(to.getParent());
        try (WholeFile file = WholeFile.replacing(to)) {
            file.stream().write(content);
            file.commit();
        }
    }

    /** Deletes what replaced weights had and their successors have not. */
    private void deleteUnnamed(NetworkEntry network, ArtifactRow before, ArtifactRow after)
            throws IOException {
        List<String> kept = after.files().values().stream().map(ArtifactRow.Item::uri).toList();
        for (ArtifactRow.Item item : before.files().values()) {
            if (!kept.contains(item.uri())) {
                Files.deleteIfExists(file(network, item.uri()));
            }
        }
    }

    /** The index of the artifact that has the properties, -1 if there is none. */
    private int find(NetworkEntry network, JsonArray artifacts, Map<String, String> properties)
            throws IOException {
        for (int i = 0; i < artifacts.size(); i++) {
            if (row(network, artifacts.get(i)).properties().equals(properties)) {
                return i;
            }
        }
        return -1;
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
        try {
            // null for an empty file
            JsonElement all = GSON.fromJson(SmallFile.text(file), JsonElement.class);
            if (all instanceof JsonObject metadata && hasArtifacts(metadata)) {
                return metadata;
            }
            throw malformed(file, null);
        } catch (JsonParseException e) {
            throw malformed(file, e);
        }
    }

    private static IOException malformed(Path file, Exception cause) {
        return new IOException(file + " is not the JSON that it should be", cause);
    }

    private static boolean hasArtifacts(JsonObject metadata) {
        return !metadata.has("artifacts") || metadata.get("artifacts").isJsonArray();
    }

    private static JsonArray artifacts(JsonObject metadata) {
        return metadata.has("artifacts") ? metadata.getAsJsonArray("artifacts") : new JsonArray();
    }
}
