package org.efficientzoo.zoo.onnx;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.onnx.proto.OnnxMl;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.zoo.file.DiskErrors;

/**
 * Writes blocks as ONNX files that ONNX Runtime, TensorRT and others run.
 *
 * <p>The graph has the opset of the options, one input, {@code input}, and one output: {@code
 * logits}, {@code probabilities} behind a softmax, {@code output} where it is a feature map.
 * Constants have the names of the parameters, nodes those of the layers.
 */
public final class OnnxExporter {

    /** The largest difference from the network that a file may have, in standard deviations. */
    public static final double TOLERANCE = 1e-4;

    /** The same for weights of float16. */
    public static final double HALF_TOLERANCE = 2e-2;

    private static final long MOST_BYTES = Integer.MAX_VALUE - (64L << 20); // of one protobuf

    private OnnxExporter() {}

    /**
     * Writes a block; nothing is left under the final name unless all went well. A link that is
     * there stays one, and the file behind it is replaced.
     *
     * @param block the block, initialised: one of this project's, or a sequence of known leaves
     * @param input the shape of its input, (N, C, H, W); N does not matter
     * @param options how
     * @param metadata what the file says of the network
     * @param target the file, replaced if there is one
     * @return what was written
     * @throws IllegalArgumentException if the input does not suit the block, a block inside is
     *     unknown, or an option does not suit the network
     * @throws IllegalStateException if the block is not initialised, or ONNX Runtime is to verify
     *     the file and is not there
     * @throws IOException if the file cannot be written, or weights that are too large for one file
     *     would replace one beside it that external weights were not asked for
     * @throws MalformedModelException if ONNX Runtime does not compute what the network computes
     */
    public static OnnxExport export(
            Block block, Shape input, OnnxOptions options, OnnxMetadata metadata, Path target)
            throws IOException, MalformedModelException {
        return export(block, input, options, metadata, target, MOST_BYTES);
    }

    /** The same with another limit of what a file may hold, in bytes of weights. */
    static OnnxExport export(
            Block block,
            Shape input,
            OnnxOptions options,
            OnnxMetadata metadata,
            Path target,
            long mostBytes)
            throws IOException, MalformedModelException {
        Graph graph = graph(block, input, options);
        Optional<PixelInput> pixels =
                options.pixelInput()
                        ? Optional.of(new PixelInput(graph, metadata.requiredTransform()))
                        : Optional.empty();
        Comparison.check(options);
        Staging.Content content =
                (file, data) -> {
                    try {
                        write(graph, pixels, options, metadata, file, data);
                    } catch (UncheckedIOException e) {
                        throw DiskErrors.unwritten(target, e.getCause());
                    } catch (IOException e) {
                        throw DiskErrors.unwritten(target, e);
                    }
                    return options.verify()
                            ? Optional.of(
                                    Comparison.of(block, input, options, metadata).verify(file))
                            : Optional.empty();
                };
        if (options.externalWeights()) {
            return Staging.pair(target, true, content);
        }
        return bytes(block, options) > mostBytes
                ? Staging.pair(target, false, content)
                : Staging.alone(target, content);
    }

    private static Graph graph(Block block, Shape input, OnnxOptions options) {
        if (input.dimension() != 4) {
            throw new IllegalArgumentException(
                    "the input of an exported block has the shape (N, C, H, W), found " + input);
        }
        Graph graph = Graph.of(block, input, options.foldNorms());
        if (options.softmax() && graph.output().shape().dimension() != 2) {
            throw new IllegalArgumentException(
                    "a softmax needs logits (N, classes), found an output of "
                            + graph.output().shape());
        }
        return graph;
    }

    private static long bytes(Block block, OnnxOptions options) {
        long floats =
                BlockNames.parameters(block).values().stream()
                        .map(Parameter::getShape)
                        .mapToLong(Shape::size)
                        .sum();
        return options.halfWeights() ? floats * 2 : floats * 4;
    }

    private static void write(
            Graph graph,
            Optional<PixelInput> pixels,
            OnnxOptions options,
            OnnxMetadata metadata,
            Path file,
            Optional<Path> data)
            throws IOException {
        OnnxMl.ModelProto.Builder model =
                OnnxMl.ModelProto.newBuilder()
                        .setIrVersion(irVersion(options.opset()))
                        .setProducerName("Efficient Zoo");
        Optional.ofNullable(OnnxExporter.class.getPackage().getImplementationVersion())
                .ifPresent(model::setProducerVersion);
        model.addOpsetImportBuilder().setVersion(options.opset());
        metadata.entries(options.pixelInput())
                .forEach(
                        (key, value) ->
                                model.addMetadataPropsBuilder().setKey(key).setValue(value));
        try (Tensors tensors = new Tensors(data)) {
            model.setGraph(GraphWriter.write(graph, pixels, metadata.network(), tensors, options));
        }
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            model.build().writeTo(out);
        }
    }

    /** The version of the format that the release of ONNX has which brought the opset. */
    private static int irVersion(int opset) {
        if (opset < 12) {
            return 6;
        }
        if (opset < 15) {
            return 7;
        }
        if (opset < 19) {
            return 8;
        }
        return opset < 21 ? 9 : 10;
    }
}
