package org.efficientzoo.zoo.weights;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.FloatBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors of several files, which an index lists as Hugging Face's libraries write it: {@code
 * {"weight_map": {"conv1.weight": "model-00001-of-00002.safetensors", ...}}}. The files lie in the
 * folder of the index.
 */
final class IndexedFiles implements TensorSource {

    private static final int LONGEST_INDEX = 16 << 20;
    private static final int MOST_FILES = 256;

    private final Path index;
    private final Map<String, TensorSource> sources = new LinkedHashMap<>();
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final List<TensorSource> open = new ArrayList<>();

    private IndexedFiles(Path index) {
        this.index = index;
    }

    /** The files of an index, without opening them. */
    static List<Path> parts(Path index) throws IOException {
        return weightMap(index).values().stream()
                .distinct()
                .map(name -> index.resolveSibling(name))
                .toList();
    }

    static TensorSource open(Path index) throws IOException {
        IndexedFiles all = new IndexedFiles(index);
        try {
            all.openAll(weightMap(index));
            return all;
        } catch (IOException | RuntimeException e) {
            all.close();
            throw e;
        }
    }

    private void openAll(Map<String, String> weightMap) throws IOException {
        Map<String, TensorSource> files = new LinkedHashMap<>();
        for (Map.Entry<String, String> entry : weightMap.entrySet()) {
            String name = Malformed.line(entry.getKey());
            TensorSource file = files.get(entry.getValue());
            if (file == null) {
                file = part(entry.getValue());
                open.add(file);
                files.put(entry.getValue(), file);
            }
            TensorInfo tensor = file.tensors().get(entry.getKey());
            if (tensor == null) {
                throw new IOException(
                        "%s must have the tensor %s that %s names, found none"
                                .formatted(file.description(), name, index));
            }
            sources.put(entry.getKey(), file);
            tensors.put(entry.getKey(), tensor);
        }
        for (TensorSource file : open) {
            for (String tensor : file.tensors().keySet()) {
                if (sources.get(tensor) != file) {
                    throw new IOException(
                            "%s must name all tensors of %s, found %s"
                                    .formatted(index, file.description(), Malformed.line(tensor)));
                }
            }
        }
    }

    private TensorSource part(String name) throws IOException {
        Path file = index.resolveSibling(name);
        if (!Files.isRegularFile(file)) {
            throw new IOException(
                    "%s names %s, which must be a file beside it, found none"
                            .formatted(index, Malformed.line(name)));
        }
        return switch (CheckpointFormat.of(file)) {
            case SAFETENSORS -> SafetensorsFile.open(file);
            case PYTORCH, PYTORCH_STREAM -> PyTorchFile.open(file);
            case INDEX, DARKNET, DJL ->
                    throw new IOException(
                            "%s names %s, which must be a safetensors or PyTorch file, found %s"
                                    .formatted(index, name, CheckpointFormat.of(file).title()));
        };
    }

    /** The file of each tensor. */
    private static Map<String, String> weightMap(Path index) throws IOException {
        try (FileBytes bytes = FileBytes.open(index, "an index of weights")) {
            if (bytes.size() > LONGEST_INDEX) {
                throw new Malformed(
                        "it must have at most %d bytes, found %d"
                                .formatted(LONGEST_INDEX, bytes.size()));
            }
            String text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(bytes.range(0, bytes.size()))
                            .toString();
            try (JsonReader reader = new JsonReader(new StringReader(text))) {
                return weightMap(reader);
            }
        } catch (MalformedJsonException
                | CharacterCodingException
                | EOFException
                | IllegalStateException e) {
            throw new IOException(
                    index + " is not an index of weights: it is not the JSON it should be", e);
        } catch (Malformed e) {
            throw new IOException(index + " is not an index of weights: " + e.getMessage(), e);
        }
    }

    private static Map<String, String> weightMap(JsonReader reader) throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        reader.beginObject();
        while (reader.hasNext()) {
            if (!reader.nextName().equals("weight_map")) {
                reader.skipValue();
                continue;
            }
            reader.beginObject();
            while (reader.hasNext()) {
                String tensor = reader.nextName();
                String file = reader.nextString();
                if (!isName(file)) {
                    throw new Malformed(
                            "it must name files of its own folder, found %s".formatted(file));
                }
                if (files.put(tensor, file) != null) {
                    throw new Malformed("the tensor %s is there twice".formatted(tensor));
                }
                StoredTensors.checkNumber(files.size());
            }
            reader.endObject();
        }
        reader.endObject();
        long count = files.values().stream().distinct().count();
        if (count == 0 || count > MOST_FILES) {
            throw new Malformed(
                    "it must name 1 to %d files, found %d".formatted(MOST_FILES, count));
        }
        return files;
    }

    /** Whether a text is the name of a file and no path. */
    private static boolean isName(String file) {
        return !file.isEmpty()
                && !file.equals(".")
                && !file.equals("..")
                && file.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ');
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    @Override
    public FloatBuffer read(String name) throws IOException {
        TensorSource source = sources.get(name);
        if (source == null) {
            throw new IllegalArgumentException("there is no tensor " + name + " in " + index);
        }
        return source.read(name);
    }

    /** What the first file says. */
    @Override
    public Map<String, String> metadata() {
        return open.get(0).metadata();
    }

    @Override
    public String description() {
        return index.toString();
    }

    @Override
    public void close() throws IOException {
        for (TensorSource file : open) {
            file.close();
        }
    }
}
