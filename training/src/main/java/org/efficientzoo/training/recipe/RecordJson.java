package org.efficientzoo.training.recipe;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.efficientzoo.zoo.network.NetworkOptions;

/**
 * Records as JSON, which {@link RecordReader} reads. Numbers, texts, enums, lists, optional values,
 * records and sealed interfaces of records are known; a record of a sealed interface says its name
 * as {@code type}.
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
            if (value instanceof NetworkOptions options) { // each under its own key
                options.values().forEach((o, v) -> object.add(o.key(), new JsonPrimitive(v)));
            } else if (value instanceof Optional<?> optional) {
                optional.ifPresent(own -> object.add(component.getName(), write(own, inner(type))));
            } else {
                object.add(component.getName(), write(value, type));
            }
        }
        return object;
    }

    static Type inner(Type type) {
        return ((ParameterizedType) type).getActualTypeArguments()[0];
    }

    private static Object get(RecordComponent component, Record fields) {
        try {
            return component.getAccessor().invoke(fields);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static String name(Class<?> type) {
        return type.getSimpleName().toLowerCase(Locale.ROOT);
    }
}
