package org.efficientzoo.zoo.onnx;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.TranslateException;
import ai.onnx.proto.OnnxMl;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.efficientzoo.zoo.file.WholeFile;
import org.efficientzoo.zoo.image.EvaluationTransform;

/**
 * Makes of an ONNX file one whose convolutions and matrix products run on integers.
 *
 * <p>The form is QDQ: operators on floats between pairs of QuantizeLinear and DequantizeLinear,
 * from which a runtime takes integer kernels where it has them. Activations are uint8, with the
 * levels that cost the least square error on given images; weights are int8, with a scale for each
 * output channel. Where processors without VNNI add up two products in 16 bits, no two neighbouring
 * weights of one sign pass 128 levels together.
 */
public final class Quantization {

    private Quantization() {}

    /**
     * Writes the file, whole or not at all.
     *
     * @param from a file of {@link OnnxExporter}, batch norms folded, weights float32 and inside
     * @param images normalised planes of single images, such as the network will see; gone through
     *     twice
     * @param shape the shape of one, (1, C, H, W)
     * @param pixels how the planes were made of pixels, where the graph takes pixels
     * @param to the file to write, replaced if there is one
     * @throws IOException if reading or writing fails
     * @throws MalformedModelException if ONNX Runtime does not take the file
     * @throws TranslateException if it fails on an image
     * @throws IllegalArgumentException if there are no images, the opset is too old, the weights
     *     are not float32 or not inside, or the network computes numbers that are not finite
     */
    public static void write(
            Path from,
            Iterable<float[]> images,
            Shape shape,
            Optional<EvaluationTransform> pixels,
            Path to)
            throws IOException, MalformedModelException, TranslateException {
        if (!images.iterator().hasNext()) {
            throw new IllegalArgumentException("a network is quantised with images, found none");
        }
        OnnxMl.ModelProto model;
        try (InputStream in = Files.newInputStream(from)) {
            model = OnnxMl.ModelProto.parseFrom(in);
        }
        check(model.getOpsetImport(0).getVersion());
        model.getGraph().getInitializerList().forEach(Quantization::check);
        try (WholeFile whole = WholeFile.replacing(to)) { // complains before the work begins
            Path folder = to.toAbsolutePath().getParent();
            OutputStream out = new BufferedOutputStream(whole.stream());
            quantized(model, images, shape, pixels, folder).writeTo(out);
            out.flush();
            whole.commit();
        }
    }

    private static void check(long opset) {
        if (opset < OnnxOptions.FIRST_OPSET_OF_INTEGERS) {
            throw new IllegalArgumentException(
                    "integers need the opset %d or a later one, found %d"
                            .formatted(OnnxOptions.FIRST_OPSET_OF_INTEGERS, opset));
        }
    }

    private static void check(OnnxMl.TensorProto tensor) {
        if (tensor.getDataLocation() == OnnxMl.TensorProto.DataLocation.EXTERNAL) {
            throw unsuited("the values of %s outside".formatted(tensor.getName()));
        }
        if (tensor.getDataType() == OnnxMl.TensorProto.DataType.FLOAT16_VALUE) {
            throw unsuited("float16 in " + tensor.getName());
        }
    }

    private static IllegalArgumentException unsuited(String found) {
        return new IllegalArgumentException(
                "integers are made of a file with float32 weights inside, found " + found);
    }

    private static OnnxMl.ModelProto quantized(
            OnnxMl.ModelProto model,
            Iterable<float[]> images,
            Shape shape,
            Optional<EvaluationTransform> pixels,
            Path folder)
            throws IOException, MalformedModelException, TranslateException {
        QuantizationPlan plan = new QuantizationPlan(model.getGraph());
        Set<String> watched = new TreeSet<>(plan.values());
        watched.removeIf(plan::isMoved);
        Ranges ranges = Ranges.of(model, watched, images, shape, pixels, folder);
        Map<String, Quantized> levels = new HashMap<>();
        plan.groups()
                .forEach(
                        (group, values) -> {
                            Quantized same =
                                    Quantized.of(
                                            values.stream()
                                                    .filter(watched::contains)
                                                    .map(ranges::get)
                                                    .toList());
                            values.forEach(value -> levels.put(value, same));
                        });
        OnnxMl.ModelProto.Builder quantized = model.toBuilder();
        quantized.setGraph(QuantizedGraph.write(model.getGraph(), levels));
        return quantized.build();
    }
}
