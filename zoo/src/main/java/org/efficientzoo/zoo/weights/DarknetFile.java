package org.efficientzoo.zoo.weights;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A weights file of Darknet: a header of 16 or 20 bytes, then the parameters of one convolution
 * after the other as float32, little endian. The file names nothing, so its tensors have the names
 * of the network it is read for.
 *
 * <p>Of each convolution it has the biases; where there is a batch norm, whose biases these are,
 * also scales, means and variances; then the weights. A file of a whole network and one of all but
 * the classifier, such as {@code darknet53.conv.74}, are told apart by their length, and so is the
 * number of classes, which need not be that of the network.
 *
 * @see <a href="https://pjreddie.com/darknet/imagenet/">Darknet's classifiers</a>
 */
public final class DarknetFile extends StoredTensors {

    private static final int VERSIONS = 12; // major, minor, revision
    private static final int MOST = 999; // beyond, Darknet stores a linear layer transposed

    private DarknetFile(Path file, FileBytes bytes, Map<String, StoredTensor> tensors) {
        super(file, bytes, tensors);
    }

    /**
     * Opens a file and checks its header and its length.
     *
     * @param file the file
     * @param network the network that the file is of, with any number of classes
     * @param input the shape of its input, (N, C, H, W)
     * @return the open file; without tensors of the classifier where the file has none
     * @throws IOException if it cannot be read or is no Darknet file of that network; the message
     *     says why
     */
    public static DarknetFile open(Path file, Block network, Shape input) throws IOException {
        if (!DarknetLayout.exists(network)) {
            throw new IOException(
                    "%s is a Darknet weights file, which names no tensors; it can be loaded into darknet19 and darknet53 only"
                            .formatted(file));
        }
        return open(
                file,
                FileBytes.open(file, "a Darknet weights file"),
                DarknetLayout.of(network, input));
    }

    /** Reads what a channel holds; the name is for messages alone. */
    static DarknetFile open(Path name, SeekableByteChannel channel, DarknetLayout layout)
            throws IOException {
        return open(name, new FileBytes(channel), layout);
    }

    private static DarknetFile open(Path file, FileBytes bytes, DarknetLayout layout)
            throws IOException {
        try {
            return new DarknetFile(file, bytes, tensors(bytes, layout));
        } catch (Malformed e) {
            bytes.close();
            throw new IOException(file + " is no valid Darknet weights file: " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            bytes.close();
            throw e;
        }
    }

    private static Map<String, StoredTensor> tensors(FileBytes file, DarknetLayout layout)
            throws IOException {
        long begin = header(file);
        long bytes = file.size() - begin;
        if (bytes % Float.BYTES != 0) {
            throw new Malformed(
                    "its values must be whole floats of 4 bytes, found %d bytes; it is cut short or damaged, download it again"
                            .formatted(bytes));
        }
        long floats = bytes / Float.BYTES;
        Map<String, Shape> shapes =
                layout.shapes(floats)
                        .orElseThrow(
                                () ->
                                        new Malformed(
                                                "%s, found %d; %s"
                                                        .formatted(
                                                                layout.expected(),
                                                                floats,
                                                                layout.advice(floats))));
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, Shape> entry : shapes.entrySet()) {
            Layout rowMajor =
                    Layout.rowMajor(Arrays.stream(entry.getValue().getShape()).boxed().toList());
            Section section = Section.plain(begin, Float.BYTES * entry.getValue().size());
            tensors.put(
                    entry.getKey(),
                    new StoredTensor(DataType.FLOAT32, ByteOrder.LITTLE_ENDIAN, section, rowMajor));
            begin += section.size();
        }
        return tensors;
    }

    /** Checks the header and tells its length: the images seen are a long from version 0.2 on. */
    private static int header(FileBytes file) throws IOException {
        if (file.size() < VERSIONS) {
            throw new Malformed("its header must have 16 bytes, found %d".formatted(file.size()));
        }
        ByteBuffer versions = file.range(0, VERSIONS).order(ByteOrder.LITTLE_ENDIAN);
        int major = versions.getInt(0);
        int minor = versions.getInt(Integer.BYTES);
        if (major < 0 || major > MOST || minor < 0 || minor > MOST) {
            throw new Malformed(
                    "its version must be 0.0 to %d.%d, found %d.%d"
                            .formatted(MOST, MOST, major, minor));
        }
        int length = VERSIONS + (major * 10 + minor >= 2 ? Long.BYTES : Integer.BYTES);
        if (file.size() < length) {
            throw new Malformed(
                    "its header must have %d bytes, found %d".formatted(length, file.size()));
        }
        return length;
    }
}
