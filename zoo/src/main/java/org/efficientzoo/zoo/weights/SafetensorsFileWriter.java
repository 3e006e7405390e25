package org.efficientzoo.zoo.weights;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes safetensors files as the reference implementation does: the tensors with the widest values
 * first, by name among equals, and a header padded with spaces to a multiple of 8 bytes.
 *
 * @param floats how floats are stored
 * @param metadata what the file says of itself, written in the order of the keys
 * @see <a href="https://github.com/huggingface/safetensors">the format</a>
 */
public record SafetensorsFileWriter(Precision floats, Map<String, String> metadata)
        implements CheckpointWriter {

    private static final String METADATA = "__metadata__";
    private static final int ALIGNMENT = 8;

    /** Copies the metadata. */
    public SafetensorsFileWriter {
        metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
    }

    @Override
    public void write(TensorSource tensors, OutputStream out) throws IOException {
        Comparator<EncodedTensor> order =
                Comparator.comparing(EncodedTensor::type).thenComparing(EncodedTensor::name);
        List<EncodedTensor> sorted =
                EncodedTensor.of(tensors, floats).stream().sorted(order).toList();
        byte[] header = header(sorted).getBytes(StandardCharsets.UTF_8);
        if (header.length > SafetensorsHeader.LONGEST) {
            throw new IllegalArgumentException(
                    "a safetensors header must have at most %d bytes, found %d"
                            .formatted(SafetensorsHeader.LONGEST, header.length));
        }
        int padding = -header.length & (ALIGNMENT - 1);
        ByteBuffer prefix = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.write(prefix.putLong(header.length + padding).array());
        out.write(header);
        out.write(" ".repeat(padding).getBytes(StandardCharsets.UTF_8));
        for (EncodedTensor tensor : sorted) {
            tensor.write(tensors.read(tensor.name()), out);
        }
    }

    private String header(List<EncodedTensor> tensors) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonWriter json = new JsonWriter(text)) {
            json.beginObject();
            if (!metadata.isEmpty()) {
                json.name(METADATA).beginObject();
                for (Map.Entry<String, String> entry : metadata.entrySet()) {
                    json.name(entry.getKey()).value(entry.getValue());
                }
                json.endObject();
            }
            long begin = 0;
            for (EncodedTensor tensor : tensors) {
                if (tensor.name().equals(METADATA)) {
                    throw new IllegalArgumentException("no tensor may be called " + METADATA);
                }
                json.name(tensor.name()).beginObject();
                json.name("dtype").value(tensor.type().safetensors());
                json.name("shape").beginArray();
                for (long dimension : tensor.shape().getShape()) {
                    json.value(dimension);
                }
                json.endArray();
                json.name("data_offsets").beginArray();
                json.value(begin).value(begin + tensor.size());
                json.endArray().endObject();
                begin += tensor.size();
            }
            json.endObject();
        }
        return text.toString();
    }
}
