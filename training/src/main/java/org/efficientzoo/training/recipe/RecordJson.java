package org.efficientzoo.training.recipe;

import com.google.gson.JsonArray;
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
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.efficientzoo.zoo.network.Spelling;

/**
 * Records as JSON and back, strictly: each component must be there, and nothing else. Numbers,
 * texts, enums, lists, optional values, records and sealed interfaces of records are known; a
 * record of a sealed interface says its name as {@code type}.
 */
final class RecordJson {

    static final String TYPE = "type";

    private RecordJson() {}

    static JsonElement write(Object value) {
        return write(value, value.getClass());
    }

    private static JsonElement write(Object value, Type type) {
        if (value instanceof Number number) {
            return new JsonPrimitive(number);
        } else if (value instanceof Boolean flag) {
            return new JsonPrimitive(flag);
        } else if (value instanceof String text) {
            return new JsonPrimitive(text);
        } else if (value instanceof Enum<?> constant) {
            return new JsonPrimitive(name(constant));
        } else if (value instanceof List<?> list) {
            JsonArray array = new JsonArray();
            list.forEach(element -> array.add(write(element, inner(type))));
            return array;
        } else if (value instanceof Record fields) {
            return writeRecord(fields, ((Class<?>) type).isSealed());
        }
        throw new IllegalArgumentException("JSON has no form for " + value.getClass());
    }

    private static JsonObject writeRecord(Record fields, boolean oneOfSeveral) {
        JsonObject object = new JsonObject();
        if (oneOfSeveral) {
            object.addProperty(TYPE, name(fields.getClass()));
        }
        for (RecordComponent component : fields.getClass().getRecordComponents()) {
            Object value = get(component, fields);
            Type type = component.getGenericType();
            if (value instanceof Optional<?> optional) {
                optional.ifPresent(own -> object.add(component.getName(), write(own, inner(type))));
            } else {
                object.add(component.getName(), write(value, type));
            }
        }
        return object;
    }

    private static Type inner(Type type) {
        return ((ParameterizedType) type).getActualTypeArguments()[0];
    }

    private static Object get(RecordComponent component, Record fields) {
        try {
            return component.getAccessor().invoke(fields);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Reads a value.
     *
     * @param path where it stands, for messages
     * @throws IllegalArgumentException if it is not what it should be; the message says where
     */
    static Object read(JsonElement json, Type type, String path) {
        if (type instanceof ParameterizedType generic) {
            return generic.getRawType() == Optional.class
                    ? Optional.of(read(json, inner(type), path))
                    : readList(json, inner(type), path);
        }
        Class<?> known = (Class<?>) type;
        if (known.isRecord()) {
            return readRecord(object(json, path), known, path, Set.of());
        } else if (known.isSealed()) {
            return readSealed(object(json, path), known, path);
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

    private static Object readSealed(JsonObject json, Class<?> type, String path) {
        List<Class<?>> kinds = List.of(type.getPermittedSubclasses());
        String names = kinds.stream().map(RecordJson::name).collect(Collectors.joining(", "));
        String given = json.has(TYPE) ? json.get(TYPE).toString().replace("\"", "") : "none";
        Class<?> kind =
                kinds.stream()
                        .filter(candidate -> name(candidate).equals(given))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "%s must be one of %s, found %s"
                                                        .formatted(at(path, TYPE), names, given)));
        return readRecord(json, kind, path, Set.of(TYPE));
    }

    private static Object readRecord(
            JsonObject json, Class<?> type, String path, Set<String> beside) {
        RecordComponent[] components = type.getRecordComponents();
        Set<String> known = new LinkedHashSet<>();
        Arrays.stream(components).forEach(component -> known.add(component.getName()));
        for (String key : json.keySet()) {
            if (!known.contains(key) && !beside.contains(key)) {
                throw unknown(path, key, known);
            }
        }
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            String key = components[i].getName();
            JsonElement value = json.get(key);
            boolean there = value != null && !value.isJsonNull();
            if (there) {
                values[i] = read(value, components[i].getGenericType(), at(path, key));
            } else if (components[i].getType() == Optional.class) {
                values[i] = Optional.empty();
            } else {
                throw new IllegalArgumentException("a recipe must have " + at(path, key));
            }
        }
        return make(type, components, values, path);
    }

    private static IllegalArgumentException unknown(String path, String key, Set<String> known) {
        if (known.isEmpty()) {
            return new IllegalArgumentException(
                    "unknown recipe key %s; %s has none".formatted(at(path, key), path));
        }
        return new IllegalArgumentException(
                "unknown recipe key %s; did you mean %s?"
                        .formatted(
                                at(path, key), at(path, Spelling.nearest(key, known, 1).get(0))));
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
        String given = json.isJsonPrimitive() ? json.getAsString() : json.toString();
        for (Object constant : type.getEnumConstants()) {
            if (name((Enum<?>) constant).equals(given)) {
                return constant;
            }
        }
        String names =
                Arrays.stream(type.getEnumConstants())
                        .map(constant -> name((Enum<?>) constant))
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
        try {
            BigDecimal number = value.getAsBigDecimal();
            if (type == int.class || type == Integer.class) {
                return number.intValueExact();
            } else if (type == long.class || type == Long.class) {
                return number.longValueExact();
            } else if (type == float.class || type == Float.class) {
                return number.floatValue();
            }
            return number.doubleValue();
        } catch (ArithmeticException | NumberFormatException e) {
            throw wrong(path, "a whole number", value);
        }
    }

    private static IllegalArgumentException wrong(String path, String rule, JsonElement found) {
        return new IllegalArgumentException(
                "%s must be %s, found %s"
                        .formatted(path.isEmpty() ? "a recipe" : path, rule, found));
    }

    private static String at(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String name(Class<?> type) {
        return type.getSimpleName().toLowerCase(Locale.ROOT);
    }
}
