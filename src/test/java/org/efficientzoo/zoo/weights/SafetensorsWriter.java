package org.efficientzoo.zoo.weights;

import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;

/** Puts safetensors files together, sound ones and others. */
final class SafetensorsWriter {

    private SafetensorsWriter() {}

    static byte[] bytes(FloatBuffer floats) {
        ByteBuffer bytes =
                ByteBuffer.allocate(4 * floats.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(floats);
        return bytes.array();
    }

    static JsonObject entry(String type, Shape shape, long begin, long end) {
        JsonArray dimensions = new JsonArray();
        for (long dimension : shape.getShape()) {
            dimensions.add(dimension);
        }
        JsonArray range = new JsonArray();
        range.add(begin);
        range.add(end);
        JsonObject entry = new JsonObject();
        entry.addProperty("dtype", type);
        entry.add("shape", dimensions);
        entry.add("data_offsets", range);
        return entry;
    }

    /** A file with this header and these values, sound or not. */
    static byte[] file(String header, byte[] values) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return file(json.length, json, values);
    }

    /** A file that says its header had this length. */
    static byte[] file(long length, byte[] header, byte[] values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] prefix =
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
        out.writeBytes(prefix);
        out.writeBytes(header);
        out.writeBytes(values);
        return out.toByteArray();
    }
}
