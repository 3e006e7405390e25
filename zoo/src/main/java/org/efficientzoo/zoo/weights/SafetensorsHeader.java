package org.efficientzoo.zoo.weights;

import ai.djl.ndarray.types.DataType;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What the header of a safetensors file says.
 *
 * @param tensors where each tensor lies, in the order of the header
 * @param metadata the text of {@code __metadata__}
 */
record SafetensorsHeader(Map<String, StoredTensor> tensors, Map<String, String> metadata) {

    private static final int PREFIX = 8;

    /** The longest header in bytes; a thousand tensors take 0.1 MiB, pictures in metadata a few. */
    static final int LONGEST = 16 << 20;

    private static final int MOST_DIMENSIONS = 16;
    private static final Pattern WHOLE = Pattern.compile("-?\\d+");
    private static final String METADATA = "__metadata__";

    private static final Map<String, DataType> TYPES =
            Map.of(
                    "F64", DataType.FLOAT64,
                    "F32", DataType.FLOAT32,
                    "F16", DataType.FLOAT16,
                    "BF16", DataType.BFLOAT16,
                    "I64", DataType.INT64,
                    "I32", DataType.INT32,
                    "I16", DataType.INT16,
                    "I8", DataType.INT8,
                    "U8", DataType.UINT8,
                    "BOOL", DataType.BOOLEAN);

    /** Reads and checks all of the header. */
    static SafetensorsHeader read(FileBytes file) throws IOException {
        long size = file.size();
        if (size < PREFIX) {
            throw new Malformed("it must have at least 8 bytes, found %d".formatted(size));
        }
        long length = file.range(0, PREFIX).order(ByteOrder.LITTLE_ENDIAN).getLong();
        long limit = Math.min(LONGEST, size - PREFIX);
        if (length < 2 || length > limit) {
            throw new Malformed(
                    "its header must have 2 to %d bytes, found %d%s"
                            .formatted(limit, length, cutIf(length > limit && length <= LONGEST)));
        }
        byte[] json = new byte[(int) length];
        file.range(PREFIX, length).get(json);
        long values = PREFIX + length;
        SafetensorsHeader header;
        try (JsonReader reader =
                new JsonReader(
                        new InputStreamReader(
                                new ByteArrayInputStream(json),
                                StandardCharsets.UTF_8.newDecoder()))) {
            header = read(reader, values, size - values);
        } catch (CharacterCodingException e) {
            throw new Malformed("its header is not UTF-8");
        } catch (MalformedJsonException
                | EOFException
                | IllegalStateException
                | NumberFormatException e) {
            throw new Malformed("its header is not the JSON it should be");
        }
        covered(header.tensors, values, size);
        return header;
    }

    private static SafetensorsHeader read(JsonReader reader, long values, long available)
            throws IOException {
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        Map<String, String> metadata = null;
        reader.beginObject();
        while (reader.hasNext()) {
            String name = reader.nextName();
            boolean twice;
            if (name.equals(METADATA)) {
                twice = metadata != null;
                metadata = metadata(reader);
            } else {
                twice = tensors.put(name, tensor(name, reader, values, available)) != null;
                StoredTensors.checkNumber(tensors.size());
            }
            if (twice) {
                throw new Malformed("the tensor %s is there twice".formatted(name));
            }
        }
        reader.endObject();
        if (reader.peek() != JsonToken.END_DOCUMENT) {
            throw new Malformed("its header goes on behind its end");
        }
        return new SafetensorsHeader(tensors, metadata == null ? Map.of() : metadata);
    }

    private static Map<String, String> metadata(JsonReader reader) throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>();
        if (reader.peek() == JsonToken.NULL) { // some writers say so where there is none
            reader.nextNull();
            return metadata;
        }
        reader.beginObject();
        while (reader.hasNext()) {
            String key = reader.nextName();
            if (reader.peek() != JsonToken.STRING) {
                throw new Malformed("the metadata %s is no text".formatted(key));
            }
            if (metadata.put(key, reader.nextString()) != null) {
                throw new Malformed("the metadata %s is there twice".formatted(key));
            }
        }
        reader.endObject();
        return Collections.unmodifiableMap(metadata);
    }

    private static StoredTensor tensor(String name, JsonReader reader, long values, long available)
            throws IOException {
        String type = null;
        List<Long> shape = null;
        List<Long> range = null;
        reader.beginObject();
        while (reader.hasNext()) {
            switch (reader.nextName()) {
                case "dtype" -> type = reader.nextString();
                case "shape" -> shape = longs(name, "shape", reader);
                case "data_offsets" -> range = longs(name, "data_offsets", reader);
                default -> reader.skipValue();
            }
        }
        reader.endObject();
        if (type == null || shape == null || range == null || range.size() != 2) {
            throw new Malformed("the tensor %s lacks dtype, shape or data_offsets".formatted(name));
        }
        DataType dataType = TYPES.get(type);
        if (dataType == null) {
            throw new Malformed("the tensor %s has the unknown dtype %s".formatted(name, type));
        }
        long bytes = dataType.getNumOfBytes();
        try {
            for (long dimension : shape) {
                if (dimension < 0) {
                    throw new Malformed("the tensor %s has the shape %s".formatted(name, shape));
                }
                bytes = Math.multiplyExact(bytes, dimension);
            }
        } catch (ArithmeticException e) {
            throw new Malformed("the tensor %s has the shape %s".formatted(name, shape));
        }
        long begin = range.get(0);
        long end = range.get(1);
        if (begin < 0 || end < begin || end > available || end - begin != bytes) {
            throw new Malformed(
                    "the tensor %s must have %d bytes within 0 to %d, found %d to %d%s"
                            .formatted(
                                    name,
                                    bytes,
                                    available,
                                    begin,
                                    end,
                                    cutIf(begin >= 0 && end - begin == bytes)));
        }
        return new StoredTensor(
                dataType,
                ByteOrder.LITTLE_ENDIAN,
                Section.plain(values + begin, bytes),
                Layout.rowMajor(shape));
    }

    private static String cutIf(boolean cut) {
        return cut ? "; it is cut short or damaged, download it again" : "";
    }

    private static List<Long> longs(String tensor, String key, JsonReader reader)
            throws IOException {
        List<Long> values = new ArrayList<>();
        reader.beginArray();
        while (reader.hasNext()) {
            boolean isNumber = reader.peek() == JsonToken.NUMBER; // a text may look like one
            String text = reader.nextString();
            if (!isNumber || !WHOLE.matcher(text).matches()) {
                throw new Malformed(
                        "the %s of the tensor %s must be whole numbers, found %s"
                                .formatted(key, tensor, isNumber ? text : '"' + text + '"'));
            }
            values.add(Long.parseLong(text));
            if (values.size() > MOST_DIMENSIONS) {
                throw new Malformed(
                        "a tensor has more than %d dimensions".formatted(MOST_DIMENSIONS));
            }
        }
        reader.endArray();
        return values;
    }

    /** The format has neither overlaps nor holes, nor anything behind the last tensor. */
    private static void covered(Map<String, StoredTensor> tensors, long begin, long size)
            throws IOException {
        List<Map.Entry<String, StoredTensor>> sorted = new ArrayList<>(tensors.entrySet());
        Comparator<StoredTensor> byRange =
                Comparator.<StoredTensor>comparingLong(tensor -> tensor.section().begin())
                        .thenComparingLong(tensor -> tensor.section().size());
        sorted.sort(Map.Entry.comparingByValue(byRange));
        long end = begin;
        String before = "";
        for (Map.Entry<String, StoredTensor> next : sorted) {
            Section section = next.getValue().section();
            if (section.begin() < end) {
                throw new Malformed(
                        "the tensors %s and %s overlap".formatted(before, next.getKey()));
            }
            noHole(end, section.begin());
            end = section.begin() + section.size();
            before = next.getKey();
        }
        noHole(end, size);
    }

    private static void noHole(long end, long next) throws IOException {
        if (next > end) {
            throw new Malformed(
                    "the %d bytes from %d on belong to no tensor".formatted(next - end, end));
        }
    }
}
