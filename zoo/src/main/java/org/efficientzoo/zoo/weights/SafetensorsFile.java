package org.efficientzoo.zoo.weights;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A safetensors file: a length of 8 bytes, a JSON header with the type, shape and range of each
 * tensor, and the values. All of the header is checked before any value is read.
 *
 * @see <a href="https://github.com/huggingface/safetensors">the format</a>
 */
public final class SafetensorsFile implements TensorSource {

    private static final int PREFIX = 8;
    private static final long LONGEST_HEADER = 100_000_000; // the limit of the reference reader
    private static final int MOST_DIMENSIONS = 16;

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

    private final Path file;
    private final FileChannel channel;
    private final Map<String, Entry> entries;
    private final Map<String, TensorInfo> tensors;

    private record Entry(TensorInfo info, long begin, long end) {}

    private SafetensorsFile(Path file, FileChannel channel, Map<String, Entry> entries) {
        this.file = file;
        this.channel = channel;
        this.entries = entries;
        Map<String, TensorInfo> infos = new LinkedHashMap<>();
        entries.forEach((name, entry) -> infos.put(name, entry.info));
        this.tensors = Collections.unmodifiableMap(infos);
    }

    /**
     * Opens a file and checks its header.
     *
     * @param file the file
     * @return the open file
     * @throws IOException if it cannot be read or is no safetensors file; the message says why
     */
    public static SafetensorsFile open(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + " is a directory, not a safetensors file");
        }
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(file.toString(), null, "there is no such weights file");
        }
        try {
            return new SafetensorsFile(file, channel, new Header(file, channel).read());
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return tensors;
    }

    @Override
    public FloatBuffer read(String name) throws IOException {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("there is no tensor " + name + " in " + file);
        }
        int count = Math.toIntExact(entry.info.shape().size());
        if (count == 0) {
            return FloatBuffer.allocate(0);
        }
        ByteBuffer bytes =
                channel.map(FileChannel.MapMode.READ_ONLY, entry.begin, entry.end - entry.begin)
                        .order(ByteOrder.LITTLE_ENDIAN);
        return Float32.from(entry.info.dataType(), bytes, count);
    }

    @Override
    public String description() {
        return file.toString();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Reads and checks the header of one file. */
    private static final class Header {

        private final Path file;
        private final FileChannel channel;

        Header(Path file, FileChannel channel) {
            this.file = file;
            this.channel = channel;
        }

        private IOException malformed(String rule) {
            return new IOException("%s is no valid safetensors file: %s".formatted(file, rule));
        }

        Map<String, Entry> read() throws IOException {
            long size = channel.size();
            if (size < PREFIX) {
                throw malformed("it must have at least 8 bytes, found %d".formatted(size));
            }
            long length = bytes(0, PREFIX).getLong();
            long limit = Math.min(LONGEST_HEADER, size - PREFIX);
            if (length < 2 || length > limit) {
                throw malformed(
                        "its header must have 2 to %d bytes, found %d".formatted(limit, length));
            }
            String json;
            try {
                json =
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .decode(bytes(PREFIX, (int) length))
                                .toString();
            } catch (CharacterCodingException e) {
                throw malformed("its header is not UTF-8");
            }
            long values = PREFIX + length;
            Map<String, Entry> entries;
            try (JsonReader reader = new JsonReader(new StringReader(json))) {
                entries = entries(reader, values, size - values);
            } catch (MalformedJsonException
                    | EOFException
                    | IllegalStateException
                    | NumberFormatException e) {
                throw malformed("its header is not the JSON it should be");
            }
            covered(entries, values, size);
            return entries;
        }

        private ByteBuffer bytes(long position, int length) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, position + buffer.position()) < 0) {
                    throw malformed("it ends inside its header");
                }
            }
            return buffer.flip();
        }

        private Map<String, Entry> entries(JsonReader reader, long offset, long available)
                throws IOException {
            Map<String, Entry> entries = new LinkedHashMap<>();
            reader.beginObject();
            while (reader.hasNext()) {
                String name = reader.nextName();
                if (name.equals("__metadata__")) {
                    reader.skipValue();
                } else if (entries.put(name, entry(name, reader, offset, available)) != null) {
                    throw malformed("the tensor %s is there twice".formatted(name));
                }
            }
            reader.endObject();
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw malformed("its header goes on behind its end");
            }
            return entries;
        }

        private Entry entry(String name, JsonReader reader, long offset, long available)
                throws IOException {
            String type = null;
            List<Long> shape = null;
            List<Long> range = null;
            reader.beginObject();
            while (reader.hasNext()) {
                switch (reader.nextName()) {
                    case "dtype" -> type = reader.nextString();
                    case "shape" -> shape = longs(reader);
                    case "data_offsets" -> range = longs(reader);
                    default -> reader.skipValue();
                }
            }
            reader.endObject();
            if (type == null || shape == null || range == null || range.size() != 2) {
                throw malformed("the tensor %s lacks dtype, shape or data_offsets".formatted(name));
            }
            DataType dataType = TYPES.get(type);
            if (dataType == null) {
                throw malformed("the tensor %s has the unknown dtype %s".formatted(name, type));
            }
            long bytes = dataType.getNumOfBytes();
            try {
                for (long dimension : shape) {
                    if (dimension < 0) {
                        throw malformed("the tensor %s has the shape %s".formatted(name, shape));
                    }
                    bytes = Math.multiplyExact(bytes, dimension);
                }
            } catch (ArithmeticException e) {
                throw malformed("the tensor %s has the shape %s".formatted(name, shape));
            }
            long begin = range.get(0);
            long end = range.get(1);
            if (begin < 0 || end < begin || end > available || end - begin != bytes) {
                throw malformed(
                        "the tensor %s must have %d bytes within 0 to %d, found %d to %d"
                                .formatted(name, bytes, available, begin, end));
            }
            Shape dimensions = new Shape(shape);
            return new Entry(new TensorInfo(dataType, dimensions), offset + begin, offset + end);
        }

        private List<Long> longs(JsonReader reader) throws IOException {
            List<Long> values = new ArrayList<>();
            reader.beginArray();
            while (reader.hasNext()) {
                values.add(reader.nextLong());
                if (values.size() > MOST_DIMENSIONS) {
                    throw malformed(
                            "a tensor has more than %d dimensions".formatted(MOST_DIMENSIONS));
                }
            }
            reader.endArray();
            return values;
        }

        /** The format has neither overlaps nor holes, nor anything behind the last tensor. */
        private void covered(Map<String, Entry> entries, long begin, long size) throws IOException {
            List<Map.Entry<String, Entry>> sorted = new ArrayList<>(entries.entrySet());
            Comparator<Entry> byRange =
                    Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end);
            sorted.sort(Map.Entry.comparingByValue(byRange));
            long end = begin;
            String before = "";
            for (Map.Entry<String, Entry> next : sorted) {
                if (next.getValue().begin < end) {
                    throw malformed(
                            "the tensors %s and %s overlap".formatted(before, next.getKey()));
                }
                noHole(end, next.getValue().begin);
                end = next.getValue().end;
                before = next.getKey();
            }
            noHole(end, size);
        }

        private void noHole(long end, long next) throws IOException {
            if (next > end) {
                throw malformed(
                        "the %d bytes from %d on belong to no tensor".formatted(next - end, end));
            }
        }
    }
}
