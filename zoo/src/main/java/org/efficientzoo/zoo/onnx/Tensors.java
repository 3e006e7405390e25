package org.efficientzoo.zoo.onnx;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.zoo.weights.Float16;

/** The constant tensors of a graph, inside its file or in a file beside it. */
final class Tensors implements AutoCloseable {

    private static final int SMALL = 1024; // bytes that stay inside in any case
    private static final int PAGE = 4096; // so that a runtime can map the file into memory

    private final Map<String, OnnxMl.TensorProto> tensors = new LinkedHashMap<>();
    private final Map<String, Long> offsets = new HashMap<>(); // of those in the file beside
    private final Optional<Path> file;
    private final Optional<FileChannel> channel;

    /**
     * Starts without tensors.
     *
     * @param file the file beside the graph that takes the values, if they are not to be inside
     */
    Tensors(Optional<Path> file) throws IOException {
        this.file = file;
        this.channel =
                file.isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                FileChannel.open(
                                        file.get(),
                                        StandardOpenOption.CREATE_NEW,
                                        StandardOpenOption.READ,
                                        StandardOpenOption.WRITE));
    }

    List<OnnxMl.TensorProto> all() {
        return new ArrayList<>(tensors.values());
    }

    /** Adds float32 values under the name, or another one if it is taken by other values. */
    String floats(String name, float[] values, long... shape) {
        ByteBuffer bytes = buffer(4L * values.length);
        bytes.asFloatBuffer().put(values);
        return add(name, OnnxMl.TensorProto.DataType.FLOAT, bytes, shape);
    }

    /** Adds values rounded to float16. */
    String halves(String name, float[] values, long... shape) {
        ByteBuffer bytes = buffer(2L * values.length);
        for (float value : values) {
            bytes.putShort(Float16.of(value));
        }
        return add(name, OnnxMl.TensorProto.DataType.FLOAT16, bytes.rewind(), shape);
    }

    /** Adds a list of int64 values, such as indices. */
    String longs(String name, long... values) {
        ByteBuffer bytes = buffer(8L * values.length);
        bytes.asLongBuffer().put(values);
        return add(name, OnnxMl.TensorProto.DataType.INT64, bytes, values.length);
    }

    private static ByteBuffer buffer(long size) {
        return ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private String add(
            String name, OnnxMl.TensorProto.DataType type, ByteBuffer bytes, long... shape) {
        ByteString raw = UnsafeByteOperations.unsafeWrap(bytes);
        OnnxMl.TensorProto.Builder tensor =
                OnnxMl.TensorProto.newBuilder().setDataType(type.getNumber());
        Arrays.stream(shape).forEach(tensor::addDims);
        String unique = name;
        for (int i = 2; tensors.containsKey(unique); i++) {
            OnnxMl.TensorProto there = tensors.get(unique);
            boolean alike =
                    there.getDataType() == tensor.getDataType()
                            && there.getDimsList().equals(tensor.getDimsList());
            if (alike && values(there, raw.size()).equals(raw)) {
                return unique;
            }
            unique = name + "_" + i;
        }
        tensor.setName(unique);
        if (channel.isPresent() && raw.size() >= SMALL) {
            place(tensor, bytes);
        } else {
            tensor.setRawData(raw);
        }
        tensors.put(unique, tensor.build());
        return unique;
    }

    /** The values of a tensor, from the file beside the graph where they lie there. */
    private ByteString values(OnnxMl.TensorProto tensor, int size) {
        Long offset = offsets.get(tensor.getName());
        if (offset == null) {
            return tensor.getRawData();
        }
        ByteBuffer bytes = buffer(size);
        try {
            FileChannel in = channel.orElseThrow();
            while (bytes.hasRemaining()) {
                if (in.read(bytes, offset + bytes.position()) < 0) {
                    throw new EOFException(tensor.getName() + " is not there any more");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return UnsafeByteOperations.unsafeWrap(bytes.flip());
    }

    private void place(OnnxMl.TensorProto.Builder tensor, ByteBuffer bytes) {
        try {
            FileChannel out = channel.orElseThrow();
            long offset = (out.size() + PAGE - 1) / PAGE * PAGE;
            ByteBuffer rest = bytes.duplicate();
            for (long at = offset; rest.hasRemaining(); ) {
                at += out.write(rest, at);
            }
            offsets.put(tensor.getName(), offset);
            tensor.setDataLocation(OnnxMl.TensorProto.DataLocation.EXTERNAL);
            entry(tensor, "location", file.orElseThrow().getFileName().toString());
            entry(tensor, "offset", Long.toString(offset));
            entry(tensor, "length", Integer.toString(bytes.limit()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void entry(OnnxMl.TensorProto.Builder tensor, String key, String value) {
        tensor.addExternalDataBuilder().setKey(key).setValue(value);
    }

    @Override
    public void close() throws IOException {
        if (channel.isPresent()) {
            channel.get().close();
        }
    }
}
