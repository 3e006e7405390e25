package org.efficientzoo.zoo.weights;

import ai.djl.ndarray.types.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/** Writes Darknet weights files, sound ones and others. */
public final class DarknetWriter {

    private DarknetWriter() {}

    /** A sound file of version 0.2.0, with the tensors of a DarkNet in the order of its layers. */
    public static byte[] file(TensorSource source) throws IOException {
        return join(header(0, 2, Long.BYTES), values(source));
    }

    /** A header; version 0.1 counts the images seen in 4 bytes, 0.2 in 8. */
    static byte[] header(int major, int minor, int seenBytes) {
        ByteBuffer header =
                ByteBuffer.allocate(3 * Integer.BYTES + seenBytes).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(major).putInt(minor).putInt(0).put((byte) 77); // images seen
        return header.array();
    }

    /** The values of all convolutions that the source has, in its order. */
    static byte[] values(TensorSource source) throws IOException {
        Map<String, TensorInfo> tensors = source.tensors();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Map.Entry<String, TensorInfo> tensor : tensors.entrySet()) {
            Shape shape = tensor.getValue().shape();
            if (shape.dimension() < 2) {
                continue;
            }
            String conv = tensor.getKey().substring(0, tensor.getKey().lastIndexOf('.'));
            String norm = conv.replaceFirst("conv$", "bn");
            List<String> before =
                    tensors.containsKey(norm + ".running_mean")
                            ? List.of(
                                    norm + ".bias",
                                    norm + ".weight",
                                    norm + ".running_mean",
                                    norm + ".running_var")
                            : List.of(conv + ".bias");
            for (String name : before) {
                out.writeBytes(SafetensorsWriter.bytes(source.read(name)));
            }
            out.writeBytes(SafetensorsWriter.bytes(source.read(tensor.getKey())));
        }
        return out.toByteArray();
    }

    static byte[] join(byte[] header, byte[] values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(header);
        out.writeBytes(values);
        return out.toByteArray();
    }
}
