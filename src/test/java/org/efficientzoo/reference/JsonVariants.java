package org.efficientzoo.reference;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** JSON that is not what a program has written. */
public final class JsonVariants {

    private JsonVariants() {}

    /**
     * A document in which each value is once missing, null and of every other type.
     *
     * @param sound what is right
     */
    public static List<String> of(JsonElement sound) {
        List<String> variants =
                new ArrayList<>(List.of("", "null", "[]", "{", "\u0000", "5", "{}"));
        vary(sound, sound, variants, value -> {});
        return variants;
    }

    private static void vary(
            JsonElement root, JsonElement at, List<String> variants, Consumer<JsonElement> set) {
        List<JsonElement> others =
                List.of(
                        JsonNull.INSTANCE,
                        new JsonPrimitive("x\u0000"),
                        new JsonPrimitive(-1),
                        new JsonPrimitive(1e99),
                        new JsonPrimitive(true),
                        new JsonArray(),
                        JsonParser.parseString("[null]"),
                        new JsonObject());
        for (JsonElement other : others) {
            set.accept(other);
            variants.add(root.toString());
        }
        set.accept(at);
        if (at.isJsonObject()) {
            JsonObject object = at.getAsJsonObject();
            for (String key : List.copyOf(object.keySet())) {
                JsonElement value = object.get(key);
                object.remove(key);
                variants.add(root.toString());
                object.add(key, value);
                vary(root, value, variants, other -> object.add(key, other));
            }
        } else if (at.isJsonArray()) {
            JsonArray array = at.getAsJsonArray();
            for (int i = 0; i < array.size(); i++) {
                int index = i;
                vary(root, array.get(i), variants, other -> array.set(index, other));
            }
        }
    }
}
