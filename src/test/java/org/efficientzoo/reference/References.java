package org.efficientzoo.reference;

import ai.djl.ndarray.types.Shape;
import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** Reads the files of {@code reference/}. */
public final class References {

    private static final Gson GSON = new Gson();

    private References() {}

    /** Reads {@code reference/NAME}. */
    public static JsonObject json(String name) {
        try (InputStream in = References.class.getResourceAsStream("/reference/" + name)) {
            if (in == null) {
                throw new IllegalArgumentException("no reference file " + name);
            }
            Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8);
            return GSON.fromJson(reader, JsonObject.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where {@code reference/NAME} lies. */
    public static Path path(String name) {
        return Path.of(System.getProperty("project.root"), "src/test/resources/reference", name)
                .normalize();
    }

    public static List<JsonObject> objects(JsonElement array) {
        return StreamSupport.stream(array.getAsJsonArray().spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .toList();
    }

    public static double[] doubles(JsonElement array) {
        return GSON.fromJson(array, double[].class);
    }

    public static Shape shape(JsonElement array) {
        return new Shape(GSON.fromJson(array, long[].class));
    }

    /** The rows {@code [name, shape, …]} of a table of tensors. */
    public static Map<String, Shape> shapes(JsonElement table) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        for (JsonElement element : table.getAsJsonArray()) {
            JsonArray row = element.getAsJsonArray();
            shapes.put(row.get(0).getAsString(), shape(row.get(1)));
        }
        return shapes;
    }

    public static List<Formula.ScaleRule> scaleRules(JsonObject file) {
        return objects(file.get("scale_rules")).stream()
                .map(rule -> GSON.fromJson(rule, Formula.ScaleRule.class))
                .toList();
    }
}
