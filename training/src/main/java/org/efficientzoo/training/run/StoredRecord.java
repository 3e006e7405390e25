package org.efficientzoo.training.run;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;

/** Reads records that a run has written as JSON, whatever has become of them. */
final class StoredRecord {

    private static final Gson GSON = new Gson();

    private StoredRecord() {}

    /**
     * Reads a record, whose constructor checks it.
     *
     * @throws IllegalArgumentException if the text is not JSON of such a record, or the constructor
     *     refuses its values
     */
    static <T extends Record> T read(String json, Class<T> type) {
        T read;
        try {
            read = GSON.fromJson(json, type);
        } catch (JsonParseException e) {
            throw new IllegalArgumentException("it is not the JSON that it should be", e);
        } catch (RuntimeException e) { // Gson's, around what the constructor throws
            throw e.getCause() instanceof IllegalArgumentException refused ? refused : e;
        }
        if (read == null) {
            throw new IllegalArgumentException("there is nothing in it");
        }
        return read;
    }

    /** Makes sure that a value is there. */
    static void check(String name, Object value) {
        if (value == null) {
            throw new IllegalArgumentException(name + " must be there, found none");
        }
    }

    /** Makes sure that a count is one. */
    static void check(String name, long count) {
        if (count < 0) {
            throw new IllegalArgumentException(name + " must be at least 0, found " + count);
        }
    }
}
