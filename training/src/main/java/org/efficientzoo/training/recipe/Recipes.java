package org.efficientzoo.training.recipe;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.NetworkEntry.Family;

/**
 * Recipes by name and from files.
 *
 * <p>A JSON recipe may leave out what it has in common with another one, which it names as {@code
 * base}: by its name, or by a file beside its own. Objects are taken together key by key; where
 * their {@code type} differs, the recipe's own replaces the base's; null takes a key away.
 */
public final class Recipes {

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
     * The name of the recipe that is usual for the family of a network.
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
        return RecipeFiles.find(nameOrFile);
    }

    /**
     * Changes one value.
     *
     * @param recipe the recipe as JSON
     * @param path the keys that lead to the value: {@code optimizer.momentum}
     * @param value the value as JSON, null to take an optional one away; what is no JSON is taken
     *     for a text
     * @return the changed recipe as JSON
     */
    public static JsonObject with(JsonObject recipe, String path, String value) {
        JsonElement change = RecipeFiles.value(value);
        List<String> keys = List.of(path.split("\\.", -1));
        for (int i = keys.size() - 1; i >= 0; i--) {
            JsonObject parent = new JsonObject();
            parent.add(keys.get(i), change);
            change = parent;
        }
        return RecipeFiles.merged(recipe, change.getAsJsonObject());
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
        return (Recipe) RecordReader.read(json, Recipe.class, "");
    }

    /**
     * Compares the recipe of a run with one that was asked for.
     *
     * @param kept the recipe of a run, in which settings of the network were filled in
     * @param asked another recipe; settings of the network that it leaves open are no difference
     * @return the first value that differs with both values, in words; empty where none does
     */
    public static Optional<String> difference(Recipe kept, Recipe asked) {
        return RecipeDifference.between(kept, asked);
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
