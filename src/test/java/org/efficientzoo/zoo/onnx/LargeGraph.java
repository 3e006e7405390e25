package org.efficientzoo.zoo.onnx;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;

/** A process that writes a network of three megabytes and prints why it could not. */
final class LargeGraph {

    private static final Shape INPUT = new Shape(1, 3, 32, 32);

    private LargeGraph() {}

    public static void main(String[] arguments) throws Exception {
        OnnxOptions options =
                OnnxOptions.DEFAULT
                        .withVerify(false)
                        .withExternalWeights(Boolean.parseBoolean(arguments[1]));
        Path target = Path.of(arguments[0]);
        try (OnnxNetworks net = new OnnxNetworks("squeezenet1_1", INPUT)) {
            OnnxExporter.export(net.network(), INPUT, options, OnnxMetadata.of("net"), target);
        } catch (IOException e) {
            System.out.println(e.getMessage());
        }
    }
}
