package org.efficientzoo.training.recipe;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.efficientzoo.zoo.file.SmallFile;
import org.efficientzoo.zoo.network.Spelling;

/** Recipes as JSON: found by name or in files, completed by what they are based on. */
final class RecipeFiles {

    private static final String FOLDER = "/org/efficientzoo/recipes/";
    private static final String BASE = "base";

    private RecipeFiles() {}

    /**
     * Finds a recipe and completes it.
     *
     * @param nameOrFile the name of a recipe of the project, or a path
     * @throws IOException if there is neither, or it is no recipe; the message says so in one line
     */
    static JsonObject find(String nameOrFile) throws IOException {
        return find(nameOrFile, new ArrayList<>());
    }

    /**
     * Finds a recipe.
     *
     * @param above the recipes that led here, each one based on the next
     */
    private static JsonObject find(String nameOrFile, List<String> above) throws IOException {
        if (above.contains(nameOrFile)) {
            throw new IOException(
                    "a recipe must not be based on itself, found %s, %s"
                            .formatted(String.join(", ", above), nameOrFile));
        }
        JsonObject recipe =
                Recipes.names().contains(nameOrFile)
                        ? parse(named(nameOrFile), nameOrFile)
                        : parse(text(nameOrFile, above), nameOrFile);
        JsonElement base = recipe.remove(BASE);
        if (base == null) {
            return recipe;
        }
        if (!base.isJsonPrimitive() || !base.getAsJsonPrimitive().isString()) {
            throw new IOException(
                    "the base of %s must be the name or the file of another recipe, found %s"
                            .formatted(nameOrFile, base));
        }
        above.add(nameOrFile);
        return merged(find(beside(nameOrFile, base.getAsString()), above), recipe);
    }

    /** A file that is a base lies relative to the file that names it. */
    private static String beside(String nameOrFile, String base) {
        return Recipes.names().contains(base)
                ? base
                : Path.of(nameOrFile).resolveSibling(base).normalize().toString();
    }

    private static String named(String name) throws IOException {
        try (InputStream in = RecipeFiles.class.getResourceAsStream(FOLDER + name + ".json")) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks its recipe " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String text(String name, List<String> above) throws IOException {
        Path file = Path.of(name);
        if (!Files.exists(file)) {
            String what = above.isEmpty() ? name : name + ", the base of " + last(above);
            String typed = String.valueOf(file.getFileName()).replaceFirst("\\.json$", "");
            List<String> nearest = Spelling.nearest(typed, Recipes.names(), 2);
            throw new IOException(
                    "there is no recipe and no file %s; did you mean %s?"
                            .formatted(what, String.join(" or ", nearest)));
        }
        if (Files.isDirectory(file)) {
            throw new IOException("a recipe must be a JSON file, found the folder " + name);
        }
        return SmallFile.text(file);
    }

    private static String last(List<String> names) {
        return names.get(names.size() - 1);
    }

    private static JsonObject parse(String text, String name) throws IOException {
        JsonElement json;
        try {
            json = strictly(text);
        } catch (IOException | JsonParseException e) {
            throw new IOException("the recipe %s is no JSON: %s".formatted(name, reason(e)), e);
        }
        if (!json.isJsonObject()) {
            throw new IOException("the recipe %s must be a JSON object".formatted(name));
        }
        return json.getAsJsonObject();
    }

    private static JsonElement strictly(String text) throws IOException {
        try (JsonReader reader = new JsonReader(new StringReader(text))) {
            reader.setStrictness(Strictness.STRICT);
            JsonElement json = JsonParser.parseReader(reader);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new JsonParseException("something follows its end");
            }
            return json;
        }
    }

    /** Gson's first line, without its advice to programmers. */
    private static String reason(Exception e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        String line = String.valueOf(cause.getMessage()).lines().findFirst().orElse("malformed");
        return line.replaceFirst("^Use JsonReader.* to accept malformed JSON", "a mistake");
    }

    /**
     * A value that was typed.
     *
     * @param text JSON; what is none is taken for a text
     */
    static JsonElement value(String text) {
        try {
            return text.isBlank() ? new JsonPrimitive(text) : strictly(text);
        } catch (IOException | JsonParseException e) {
            return new JsonPrimitive(text);
        }
    }

    /**
     * Takes two objects together key by key.
     *
     * @param over what replaces or, where it is null, takes away
     */
    static JsonObject merged(JsonObject base, JsonObject over) {
        JsonObject merged = base.deepCopy();
        for (Map.Entry<String, JsonElement> entry : over.entrySet()) {
            JsonElement before = merged.get(entry.getKey());
            JsonElement now = entry.getValue();
            boolean both = before != null && before.isJsonObject() && now.isJsonObject();
            if (now.isJsonNull()) {
                merged.remove(entry.getKey());
            } else if (both && sameType(before.getAsJsonObject(), now.getAsJsonObject())) {
                merged.add(entry.getKey(), merged(before.getAsJsonObject(), now.getAsJsonObject()));
            } else {
                merged.add(entry.getKey(), now.deepCopy());
            }
        }
        return merged;
    }

    private static boolean sameType(JsonObject before, JsonObject now) {
        return !now.has(RecordJson.TYPE)
                || now.get(RecordJson.TYPE).equals(before.get(RecordJson.TYPE));
    }
}
