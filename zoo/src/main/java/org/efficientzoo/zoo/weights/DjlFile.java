package org.efficientzoo.zoo.weights;

import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UTFDataFormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.efficientzoo.blocks.BlockNames;

/**
 * A {@code .params} file of DJL, as {@code model.save} writes it: what the model says of itself,
 * then the parameters in the order of the blocks, each with no more name than {@code weight} or
 * {@code gamma}. So the network is needed to tell which is which.
 *
 * <p>What blocks write between their parameters, shapes of inputs, is passed over.
 */
public final class DjlFile extends StoredTensors {

    private static final String WHAT = "a parameter file of DJL";
    private static final byte[] MAGIC = "DJL@".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ARRAY = "\0\4NDAR".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;
    private static final int NEWEST_ARRAY = 3;
    private static final int LONGEST_NAME = 64;
    private static final int MOST_DIMENSIONS = 16;
    private static final int MOST_PROPERTIES = 1 << 10;
    private static final int LONGEST_END = 1 << 20;
    private static final Set<DataType> TYPES =
            Set.of(
                    DataType.FLOAT64,
                    DataType.FLOAT32,
                    DataType.FLOAT16,
                    DataType.BFLOAT16,
                    DataType.INT64,
                    DataType.INT32,
                    DataType.INT8,
                    DataType.UINT8,
                    DataType.BOOLEAN);

    private final Map<String, String> properties;

    /** A parameter under the name that its block gives it. */
    private record Stored(String name, StoredTensor tensor) {}

    private DjlFile(
            Path file,
            FileBytes bytes,
            Map<String, StoredTensor> tensors,
            Map<String, String> properties) {
        super(file, bytes, tensors);
        this.properties = Collections.unmodifiableMap(properties);
    }

    /**
     * Opens a file.
     *
     * @param file the file
     * @param network the network that the parameters are of, initialised or not
     * @return its tensors under the names of the network
     * @throws IOException if it cannot be read, is no such file or of another network; the message
     *     says why
     */
    public static DjlFile open(Path file, Block network) throws IOException {
        FileBytes bytes = FileBytes.open(file, WHAT);
        try {
            Reader reader = new Reader(bytes);
            Map<String, String> properties = reader.properties();
            return new DjlFile(file, bytes, named(reader.parameters(), network), properties);
        } catch (Malformed e) {
            bytes.close();
            throw new IOException(file + " cannot be read as " + WHAT + ": " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            bytes.close();
            throw e;
        }
    }

    /**
     * Reads what a model says of itself.
     *
     * @param file the file
     * @return its properties, text by key
     * @throws IOException if it cannot be read or is no such file; the message says why
     */
    public static Map<String, String> properties(Path file) throws IOException {
        try (FileBytes bytes = FileBytes.open(file, WHAT)) {
            return new Reader(bytes).properties();
        } catch (Malformed e) {
            throw new IOException(file + " cannot be read as " + WHAT + ": " + e.getMessage(), e);
        }
    }

    /** Gives parameters the names of the network, whose order is that of the file. */
    private static Map<String, StoredTensor> named(List<Stored> parameters, Block network)
            throws Malformed {
        IdentityHashMap<Parameter, String> names = new IdentityHashMap<>();
        BlockNames.parameters(network).forEach((name, parameter) -> names.put(parameter, name));
        List<Parameter> expected = network.getParameters().values();
        if (parameters.size() != expected.size()) {
            throw new Malformed(
                    "it must have the %d parameters of the network, found %d"
                            .formatted(expected.size(), parameters.size()));
        }
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < parameters.size(); i++) {
            Stored stored = parameters.get(i);
            String name = names.get(expected.get(i));
            if (!stored.name.equals(expected.get(i).getName())) {
                throw new Malformed(
                        "its parameter %d must be a %s, %s of the network, found a %s"
                                .formatted(i, expected.get(i).getName(), name, stored.name));
            }
            tensors.put(name, stored.tensor);
        }
        return tensors;
    }

    /** The properties of the model. */
    @Override
    public Map<String, String> metadata() {
        return properties;
    }

    /** Reads a file from its beginning. */
    private static final class Reader {

        private final ByteBuffer in;

        Reader(FileBytes bytes) throws IOException {
            in = bytes.range(0, bytes.size()).order(ByteOrder.BIG_ENDIAN);
        }

        /** The head of the file, up to the blocks. */
        Map<String, String> properties() throws IOException {
            for (byte letter : MAGIC) {
                if (need(1).get() != letter) {
                    throw new Malformed("it must begin with DJL@");
                }
            }
            int version = need(Integer.BYTES).getInt();
            if (version != VERSION) {
                throw new Malformed("its version must be %d, found %d".formatted(VERSION, version));
            }
            text(); // the name of the model
            text(); // the type of its values, which each array tells, too
            for (int inputs = count(MOST_DIMENSIONS, "inputs"); inputs > 0; inputs--) {
                text();
                shape();
            }
            Map<String, String> properties = new LinkedHashMap<>();
            for (int rest = count(MOST_PROPERTIES, "properties"); rest > 0; rest--) {
                properties.put(text(), text());
            }
            return properties;
        }

        /** All parameters, in the order of the blocks. */
        List<Stored> parameters() throws IOException {
            List<Stored> all = new ArrayList<>();
            int end = in.position();
            while (in.remaining() > 0) {
                String name = parameter();
                if (name.isEmpty()) {
                    in.get();
                    continue;
                }
                all.add(new Stored(name, array()));
                checkNumber(all.size());
                end = in.position();
            }
            if (in.limit() - end > LONGEST_END) {
                throw new Malformed(
                        "the %d bytes from %d on belong to no parameter"
                                .formatted(in.limit() - end, end));
            }
            return all;
        }

        /**
         * The name of the parameter that begins here, and goes to its array; empty if none does: it
         * begins with a P, the version 1 and its name, and an array follows.
         */
        private String parameter() {
            int at = in.position();
            if (in.remaining() < 5 || in.getChar(at) != 'P' || in.get(at + 2) != VERSION) {
                return "";
            }
            int length = in.getChar(at + 3);
            int array = at + 5 + length;
            if (length == 0
                    || length > LONGEST_NAME
                    || array > in.limit() - ARRAY.length
                    || !in.slice(array, ARRAY.length).equals(ByteBuffer.wrap(ARRAY))) {
                return "";
            }
            byte[] name = new byte[length];
            in.get(at + 5, name);
            in.position(array + ARRAY.length);
            return new String(name, StandardCharsets.UTF_8);
        }

        private StoredTensor array() throws IOException {
            int version = need(Integer.BYTES).getInt();
            if (version < 1 || version > NEWEST_ARRAY) {
                throw new Malformed(
                        "the version of an array must be 1 to %d, found %d"
                                .formatted(NEWEST_ARRAY, version));
            }
            if (version > 1 && need(1).get() == 1) {
                text(); // the name of the array
            }
            String format = text();
            String type = text();
            DataType dataType =
                    TYPES.stream().filter(t -> t.name().equals(type)).findFirst().orElse(null);
            if (!format.equals("DENSE") || dataType == null) {
                throw new Malformed(
                        "an array must be DENSE and of numbers, found %s of %s"
                                .formatted(format, type));
            }
            Layout layout = Layout.rowMajor(shape());
            boolean big = version == NEWEST_ARRAY && need(1).get() == '>';
            int bytes = need(Integer.BYTES).getInt();
            if (bytes < 0 || layout.count() != bytes / dataType.getNumOfBytes()) {
                throw new Malformed(
                        "an array of the shape %s must have %d values, found %d bytes"
                                .formatted(layout.shape(), layout.count(), bytes));
            }
            Section section = Section.plain(in.position(), bytes);
            need(bytes).position(in.position() + bytes);
            return new StoredTensor(
                    dataType,
                    big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
                    section,
                    layout);
        }

        private List<Long> shape() throws Malformed {
            List<Long> shape = new ArrayList<>();
            for (int rest = count(MOST_DIMENSIONS, "dimensions"); rest > 0; rest--) {
                shape.add(need(Long.BYTES).getLong());
            }
            for (int rest = count(MOST_DIMENSIONS, "dimensions"); rest > 0; rest--) {
                need(Character.BYTES).getChar(); // the meaning of a dimension
            }
            return shape;
        }

        private int count(int most, String what) throws Malformed {
            int count = need(Integer.BYTES).getInt();
            if (count < 0 || count > most) {
                throw new Malformed(
                        "it must have 0 to %d %s, found %d".formatted(most, what, count));
            }
            return count;
        }

        /** A text as Java's {@code DataOutput} writes it. */
        private String text() throws IOException {
            int length = need(Character.BYTES).getChar(in.position());
            byte[] bytes = new byte[Character.BYTES + length];
            need(bytes.length).get(bytes);
            try {
                return new DataInputStream(new ByteArrayInputStream(bytes)).readUTF();
            } catch (UTFDataFormatException e) {
                throw new Malformed("it has a text that is not UTF-8");
            }
        }

        private ByteBuffer need(int bytes) throws Malformed {
            if (bytes > in.remaining()) {
                throw new Malformed(
                        "it needs %d bytes from %d on, found %d; it is cut short or damaged, save or copy it again"
                                .formatted(bytes, in.position(), in.remaining()));
            }
            return in;
        }
    }
}
