package org.efficientzoo.training.recipe;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Where two recipes are not the same, by their JSON forms. */
final class RecipeDifference {

    private static final String NETWORK = "network.";

    private RecipeDifference() {}

    /** The first value that differs, in words. */
    static Optional<String> between(Recipe kept, Recipe asked) {
        return between(Recipes.json(kept), Recipes.json(asked), "");
    }

    private static Optional<String> between(JsonObject kept, JsonObject asked, String path) {
        Set<String> keys = new LinkedHashSet<>(kept.keySet());
        keys.addAll(asked.keySet());
        for (String key : keys) {
            Optional<String> found = between(kept.get(key), asked.get(key), path, path + key);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> between(
            JsonElement kept, JsonElement asked, String path, String key) {
        if (kept != null && kept.equals(asked)) {
            return Optional.empty();
        }
        if (asked == null && path.equals(NETWORK)) {
            return Optional.empty(); // the weights or the network itself gave the kept value
        }
        if (kept instanceof JsonObject from && asked instanceof JsonObject to) {
            return between(from, to, key + ".");
        }
        return Optional.of("%s is %s, found %s".formatted(key, text(kept), text(asked)));
    }

    private static String text(JsonElement value) {
        return value == null || value instanceof JsonNull ? "not set" : value.toString();
    }
}
