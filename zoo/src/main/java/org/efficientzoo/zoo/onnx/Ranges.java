package org.efficientzoo.zoo.onnx;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.TranslateException;
import ai.onnx.proto.OnnxMl;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.efficientzoo.zoo.file.DiskErrors;
import org.efficientzoo.zoo.file.ScratchFolder;
import org.efficientzoo.zoo.image.EvaluationTransform;

/** Runs a network on images and watches its inner values. */
final class Ranges {

    private final Map<String, Histogram> histograms = new HashMap<>();

    private Ranges() {}

    /**
     * Watches values.
     *
     * @param model the network
     * @param watched the names of the values
     * @param images normalised planes, which are gone through twice
     * @param shape the shape of one image
     * @param pixels how the planes were made, where the network takes pixels
     * @param folder where a file may be for a while
     */
    static Ranges of(
            OnnxMl.ModelProto model,
            Set<String> watched,
            Iterable<float[]> images,
            Shape shape,
            Optional<EvaluationTransform> pixels,
            Path folder)
            throws IOException, MalformedModelException, TranslateException {
        Ranges ranges = new Ranges();
        watched.forEach(name -> ranges.histograms.put(name, new Histogram()));
        try (ScratchFolder scratch = ScratchFolder.in(folder, ".efficient-zoo-")) {
            Path file = scratch.file("watched.onnx");
            try (OutputStream out = Files.newOutputStream(file)) {
                watching(model, watched).writeTo(out);
            } catch (IOException e) {
                throw DiskErrors.unwritten(file, e);
            }
            try (OnnxNetwork network = new OnnxNetwork(file, pixels)) {
                for (boolean counting : new boolean[] {false, true}) {
                    for (float[] image : images) {
                        ranges.see(network, image, shape, counting);
                    }
                }
            }
        }
        return ranges;
    }

    /** The same network with inner values as outputs. */
    private static OnnxMl.ModelProto watching(OnnxMl.ModelProto model, Set<String> watched) {
        OnnxMl.ModelProto.Builder changed = model.toBuilder();
        OnnxMl.GraphProto.Builder graph = changed.getGraphBuilder();
        Set<String> made = new HashSet<>();
        graph.getOutputList().forEach(output -> made.add(output.getName()));
        graph.getInputList().forEach(input -> made.add(input.getName()));
        for (String name : watched) {
            if (made.add(name)) {
                graph.addOutputBuilder()
                        .setName(name)
                        .getTypeBuilder()
                        .getTensorTypeBuilder()
                        .setElemType(OnnxMl.TensorProto.DataType.FLOAT_VALUE);
            }
        }
        return changed.build();
    }

    private void see(OnnxNetwork network, float[] image, Shape shape, boolean counting)
            throws TranslateException {
        Map<String, float[]> values = new HashMap<>(network.values(FloatBuffer.wrap(image), shape));
        values.putIfAbsent(GraphWriter.INPUT, image);
        histograms.forEach(
                (name, histogram) -> {
                    if (counting) {
                        histogram.count(values.get(name));
                    } else {
                        histogram.widen(values.get(name));
                    }
                });
    }

    /** What was seen of a value. */
    Histogram get(String name) {
        return histograms.get(name);
    }
}
