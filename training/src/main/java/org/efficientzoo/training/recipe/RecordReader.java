package org.efficientzoo.training.recipe;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.efficientzoo.zoo.network.NetworkOption;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Spelling;

/**
 * Reads records that {@link RecordJson} writes, strictly: each component must be there, and nothing
 * else.
 */
final class RecordReader {

    private static final int LONGEST = 60; // characters of a wrong value in a message

    private RecordReader() {}

    /**
     * Reads a value.
     *
     * @param path where it stands, for messages
     * @throws IllegalArgumentException if it is not what it should be; the message says where
     */
    static Object read(JsonElement json, Type type, String path) {
        if (type instanceof ParameterizedType generic) {
            return generic.getRawType() == Optional.class
                    ? Optional.of(read(json, RecordJson.inner(type), path))
                    : readList(json, RecordJson.inner(type), path);
        }
        Class<?> known = (Class<?>) type;
        if (known.isRecord()) {
            return readRecord(object(json, path), known, path, Set.of());
        } else if (known.isSealed()) {
            return readSealed(json, known, path);
        } else if (known.isEnum()) {
            return readConstant(json, known, path);
        }
        return readPrimitive(json, known, path);
    }

    private static List<Object> readList(JsonElement json, Type inner, String path) {
        if (!json.isJsonArray()) {
            throw wrong(path, "a list", json);
        }
        List<Object> list = new ArrayList<>();
        for (JsonElement element : json.getAsJsonArray()) {
            list.add(read(element, inner, path + "[" + list.size() + "]"));
        }
        return list;
    }

    private static JsonObject object(JsonElement json, String path) {
        if (!json.isJsonObject()) {
            throw wrong(path, "an object", json);
        }
        return json.getAsJsonObject();
    }

    private static Object readSealed(JsonElement json, Class<?> type, String path) {
        List<Class<?>> kinds = List.of(type.getPermittedSubclasses());
        String names = kinds.stream().map(RecordJson::name).collect(Collectors.joining(", "));
        if (!json.isJsonObject()) {
            throw wrong(path, "an object whose type is one of " + names, json);
        }
        JsonObject object = json.getAsJsonObject();
        String given = object.has(RecordJson.TYPE) ? plain(object.get(RecordJson.TYPE)) : "none";
        Class<?> kind =
                kinds.stream()
                        .filter(candidate -> RecordJson.name(candidate).equals(given))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "%s must be one of %s, found %s"
                                                        .formatted(
                                                                at(path, RecordJson.TYPE),
                                                                names,
                                                                given)));
        return readRecord(object, kind, path, Set.of(RecordJson.TYPE));
    }

    private static Object readRecord(
            JsonObject json, Class<?> type, String path, Set<String> beside) {
        RecordComponent[] components = type.getRecordComponents();
        Set<String> known = new LinkedHashSet<>();
        for (RecordComponent component : components) {
            if (component.getType() == NetworkOptions.class) {
                NetworkSettings.OPTIONS.forEach(option -> known.add(option.key()));
            } else {
                known.add(component.getName());
            }
        }
        for (String key : json.keySet()) {
            if (!known.contains(key) && !beside.contains(key)) {
                throw unknown(path, key, known);
            }
        }
        List<String> missing = missing(json, components, path);
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(
                    "a recipe or its base must have " + String.join(", ", missing));
        }
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            String key = components[i].getName();
            if (components[i].getType() == NetworkOptions.class) {
                values[i] = readOptions(json, path);
                continue;
            }
            values[i] =
                    isThere(json, key)
                            ? read(json.get(key), components[i].getGenericType(), at(path, key))
                            : Optional.empty();
        }
        return make(type, components, values, path);
    }

    private static NetworkOptions readOptions(JsonObject json, String path) {
        NetworkOptions options = NetworkOptions.DEFAULT;
        for (NetworkOption option : NetworkSettings.OPTIONS) {
            if (isThere(json, option.key())) {
                Object value =
                        readPrimitive(
                                json.get(option.key()), option.type(), at(path, option.key()));
                options = options.with(option, (Number) value);
            }
        }
        return options;
    }

    private static boolean isThere(JsonObject json, String key) {
        return json.has(key) && !json.get(key).isJsonNull();
    }

    private static List<String> missing(
            JsonObject json, RecordComponent[] components, String path) {
        return Arrays.stream(components)
                .filter(component -> component.getType() != Optional.class)
                .filter(component -> component.getType() != NetworkOptions.class)
                .map(RecordComponent::getName)
                .filter(key -> !isThere(json, key))
                .map(key -> at(path, key))
                .toList();
    }

    private static IllegalArgumentException unknown(String path, String key, Set<String> known) {
        String owner = path.isEmpty() ? "a recipe" : path;
        String hint =
                nearest(key, known)
                        .map(near -> "did you mean %s?".formatted(at(path, near)))
                        .orElse(
                                "%s has %s"
                                        .formatted(
                                                owner,
                                                known.isEmpty()
                                                        ? "none"
                                                        : String.join(", ", known)));
        return new IllegalArgumentException(
                "unknown recipe key %s; %s".formatted(at(path, key), hint));
    }

    /** The key that was meant, if one is near enough. */
    private static Optional<String> nearest(String key, Set<String> known) {
        return Spelling.nearest(key, known, 1).stream()
                .filter(
                        near ->
                                Spelling.distance(key, near) <= key.length() / 2
                                        || (!key.isEmpty() && near.startsWith(key)))
                .findFirst();
    }

    private static Object make(
            Class<?> type, RecordComponent[] components, Object[] values, String path) {
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException broken) {
                String where = path.isEmpty() ? "" : " (" + path + " of the recipe)";
                throw new IllegalArgumentException(broken.getMessage() + where, broken);
            }
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object readConstant(JsonElement json, Class<?> type, String path) {
        String given = plain(json);
        for (Object constant : type.getEnumConstants()) {
            if (RecordJson.name((Enum<?>) constant).equals(given)) {
                return constant;
            }
        }
        String names =
                Arrays.stream(type.getEnumConstants())
                        .map(constant -> RecordJson.name((Enum<?>) constant))
                        .collect(Collectors.joining(", "));
        throw new IllegalArgumentException(
                "%s must be one of %s, found %s".formatted(path, names, given));
    }

    private static Object readPrimitive(JsonElement json, Class<?> type, String path) {
        JsonPrimitive value = json.isJsonPrimitive() ? json.getAsJsonPrimitive() : null;
        if (type == boolean.class || type == Boolean.class) {
            if (value == null || !value.isBoolean()) {
                throw wrong(path, "true or false", json);
            }
            return value.getAsBoolean();
        } else if (type == String.class) {
            if (value == null || !value.isString()) {
                throw wrong(path, "a text", json);
            }
            return value.getAsString();
        }
        if (value == null || !value.isNumber()) {
            throw wrong(path, "a number", json);
        }
        return readNumber(value, type, path);
    }

    private static Number readNumber(JsonPrimitive value, Class<?> type, String path) {
        if (type == int.class || type == Integer.class) {
            return whole(value, Integer.MIN_VALUE, Integer.MAX_VALUE, path).intValueExact();
        } else if (type == long.class || type == Long.class) {
            return whole(value, Long.MIN_VALUE, Long.MAX_VALUE, path).longValueExact();
        }
        boolean single = type == float.class || type == Float.class;
        if (!Double.isFinite(single ? value.getAsFloat() : value.getAsDouble())) {
            throw wrong(path, "a finite number", value);
        }
        return single ? (Number) value.getAsFloat() : (Number) value.getAsDouble();
    }

    private static BigDecimal whole(JsonPrimitive value, long min, long max, String path) {
        BigDecimal number;
        try {
            number = value.getAsBigDecimal();
        } catch (NumberFormatException e) { // an exponent of thousands
            throw wrong(path, "a whole number", value);
        }
        if (number.stripTrailingZeros().scale() > 0) {
            throw wrong(path, "a whole number", value);
        }
        if (number.compareTo(BigDecimal.valueOf(min)) < 0
                || number.compareTo(BigDecimal.valueOf(max)) > 0) {
            throw wrong(path, "within %d and %d".formatted(min, max), value);
        }
        return number;
    }

    private static IllegalArgumentException wrong(String path, String rule, JsonElement json) {
        String found = json.toString();
        return new IllegalArgumentException(
                "%s must be %s, found %s"
                        .formatted(
                                path.isEmpty() ? "a recipe" : path,
                                rule,
                                found.length() > LONGEST
                                        ? found.substring(0, LONGEST) + "..."
                                        : found));
    }

    private static String plain(JsonElement json) {
        return json.isJsonPrimitive() ? json.getAsString() : json.toString();
    }

    private static String at(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
