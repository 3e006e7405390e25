package org.efficientzoo.training.recipe;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.NetworkEntry.Family;
import org.efficientzoo.zoo.network.Spelling;

/**
 * Recipes by name and from files.
 *
 * <p>A JSON recipe may leave out what it has in common with another one, which it names as {@code
 * base}. Objects are taken together key by key; where their {@code type} differs, the recipe's own
 * replaces the base's.
 */
public final class Recipes {

    private static final String FOLDER = "/org/efficientzoo/recipes/";
    private static final String BASE = "base";
    private static final int DEEPEST = 8; // of bases, so that a circle ends

    private static final List<String> NAMES =
            List.of(
                    "cifar10",
                    "darknet",
                    "mobilenet_v1",
                    "mobilenet_v2",
                    "mobilenet_v2_rmsprop",
                    "mobilenet_v2_widths",
                    "resnet",
                    "resnext",
                    "sample",
                    "shufflenet",
                    "squeezenet",
                    "torchvision_v2");

    private static final Map<Family, String> OF_FAMILIES =
            Map.of(
                    Family.SQUEEZENET, "squeezenet",
                    Family.MOBILENET_V1, "mobilenet_v1",
                    Family.MOBILENET_V2, "mobilenet_v2",
                    Family.SHUFFLENET_V1, "shufflenet",
                    Family.SHUFFLENET_V2, "shufflenet",
                    Family.RESNET, "resnet",
                    Family.RESNEXT, "resnext",
                    Family.DARKNET, "darknet");

    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private Recipes() {}

    /**
     * The names of the recipes that come with the project.
     *
     * @return the names, sorted
     */
    public static List<String> names() {
        return NAMES;
    }

    /**
     * The name of the recipe by which a network was trained on ImageNet.
     *
     * @param network the network
     * @return the name
     */
    public static String nameFor(NetworkEntry network) {
        return OF_FAMILIES.get(network.family());
    }

    /**
     * Reads a recipe of the project, or one from a file.
     *
     * @param nameOrFile the name of a recipe, or a path to a JSON file
     * @return the recipe as JSON, complete
     * @throws IOException if there is neither, or it is no JSON object; the message says so
     */
    public static JsonObject find(String nameOrFile) throws IOException {
        return find(nameOrFile, DEEPEST);
    }

    private static JsonObject find(String nameOrFile, int deepest) throws IOException {
        if (NAMES.contains(nameOrFile)) {
            return complete(named(nameOrFile), nameOrFile, deepest);
        }
        Path file = Path.of(nameOrFile);
        if (!Files.exists(file)) {
            throw new IOException(
                    "there is no recipe and no file %s; did you mean %s?"
                            .formatted(
                                    nameOrFile,
                                    String.join(" or ", Spelling.nearest(nameOrFile, NAMES, 2))));
        }
        return complete(parse(text(file), nameOrFile), nameOrFile, deepest);
    }

    private static String text(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new IOException(file + " must be UTF-8 text, found other bytes", e);
        }
    }

    private static JsonObject named(String name) {
        try (InputStream in = Recipes.class.getResourceAsStream(FOLDER + name + ".json")) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks its recipe " + name);
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonObject parse(String text, String name) throws IOException {
        try {
            JsonElement json = JsonParser.parseString(text);
            if (json.isJsonObject()) {
                return json.getAsJsonObject();
            }
        } catch (JsonParseException e) {
            throw new IOException("the recipe %s is no JSON: %s".formatted(name, reason(e)), e);
        }
        throw new IOException("the recipe %s must be a JSON object".formatted(name));
    }

    private static String reason(JsonParseException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("malformed");
    }

    private static JsonObject complete(JsonObject recipe, String name, int deepest)
            throws IOException {
        JsonElement base = recipe.remove(BASE);
        if (base == null) {
            return recipe;
        }
        if (deepest == 0 || !base.isJsonPrimitive()) {
            throw new IOException(
                    "the base of recipe %s must be the name of another recipe, found %s"
                            .formatted(name, base));
        }
        return merged(find(base.getAsString(), deepest - 1), recipe);
    }

    private static JsonObject merged(JsonObject base, JsonObject over) {
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

    /**
     * Changes one value.
     *
     * @param recipe the recipe as JSON
     * @param path the keys that lead to the value: {@code optimizer.momentum}
     * @param value the value as JSON; what is none is taken for a text
     * @return the changed recipe as JSON
     */
    public static JsonObject with(JsonObject recipe, String path, String value) {
        JsonElement change = value(value);
        List<String> keys = List.of(path.split("\\.", -1));
        for (int i = keys.size() - 1; i >= 0; i--) {
            JsonObject parent = new JsonObject();
            parent.add(keys.get(i), change);
            change = parent;
        }
        return merged(recipe, change.getAsJsonObject());
    }

    private static JsonElement value(String text) {
        try {
            return JsonParser.parseString(text);
        } catch (JsonParseException e) {
            return new JsonPrimitive(text);
        }
    }

    /**
     * Makes a recipe of its JSON form.
     *
     * @param json the JSON form, complete
     * @return the recipe
     * @throws IllegalArgumentException if a key is unknown or missing, or a value out of its range;
     *     the message says which
     */
    public static Recipe read(JsonObject json) {
        return (Recipe) RecordJson.read(json, Recipe.class, "");
    }

    /**
     * Gives the JSON form of a recipe.
     *
     * @param recipe the recipe
     * @return the form, which {@link #read} takes back
     */
    public static JsonObject json(Recipe recipe) {
        return RecordJson.write(recipe).getAsJsonObject();
    }

    /**
     * Gives the JSON form as text.
     *
     * @param recipe the recipe
     * @return the text, with a line end
     */
    public static String text(Recipe recipe) {
        return GSON.toJson(json(recipe)) + "\n";
    }
}
