package org.efficientzoo.zoo.onnx;

import ai.djl.engine.Engine;
import ai.djl.ndarray.types.Shape;
import ai.onnx.proto.OnnxMl;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs and reads ONNX files with nothing of this project or DJL between. */
final class OnnxFiles {

    static {
        Engine.getEngine("OnnxRuntime"); // it wants to set up the environment itself
    }

    private OnnxFiles() {}

    /** What ONNX Runtime says to float planes. */
    static float[] run(Path file, float[] values, Shape shape) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OnnxTensor x =
                OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), shape.getShape())) {
            return run(file, x);
        }
    }

    static float[] run(Path file, OnnxTensor x) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(file.toString());
                OrtSession.Result result = session.run(Map.of("input", x))) {
            FloatBuffer found = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] copy = new float[found.remaining()];
            found.get(copy);
            return copy;
        }
    }

    static OnnxMl.ModelProto read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return OnnxMl.ModelProto.parseFrom(in);
        }
    }

    /** The operators of a file in their order. */
    static List<String> operators(Path file) throws IOException {
        return read(file).getGraph().getNodeList().stream()
                .map(OnnxMl.NodeProto::getOpType)
                .toList();
    }

    /** The largest difference in standard deviations of the expected values. */
    static double difference(float[] expected, float[] found) {
        if (expected.length != found.length) {
            throw new AssertionError(found.length + " values, not " + expected.length);
        }
        double mean = 0;
        double square = 0;
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            mean += expected[i] / (double) expected.length;
            square += (double) expected[i] * expected[i] / expected.length;
            largest = Math.max(largest, Math.abs((double) expected[i] - found[i]));
        }
        return largest / Math.sqrt(square - mean * mean);
    }
}
