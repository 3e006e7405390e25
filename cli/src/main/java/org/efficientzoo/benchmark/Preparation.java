package org.efficientzoo.benchmark;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.efficientzoo.benchmark.Contender.Variant;
import org.efficientzoo.benchmark.Protocol.Job;
import org.efficientzoo.zoo.OnnxModels;
import org.efficientzoo.zoo.image.Noise;
import org.efficientzoo.zoo.onnx.OnnxOptions;
import org.efficientzoo.zoo.onnx.Quantization;

/**
 * Writes the ONNX file of an untrained network, as a look-up on ONNX Runtime does, with the engine
 * that gives the network its values; the process that is measured has ONNX Runtime alone.
 */
final class Preparation {

    private static final int CALIBRATION_IMAGES = 4; // of noise: times do not depend on the levels

    private Preparation() {}

    static void write(Job job)
            throws IOException,
                    ModelNotFoundException,
                    MalformedModelException,
                    TranslateException {
        OnnxOptions options = OnnxOptions.DEFAULT.withDynamicSize(true).withVerify(false);
        Path file = Path.of(job.file());
        try (ZooModel<NDList, NDList> model = Runner.network(job)) {
            if (job.variant() != Variant.INT8) {
                OnnxModels.export(model, options, file);
                return;
            }
            Path floats = file.resolveSibling("floats-" + file.getFileName());
            OnnxModels.export(model, options, floats);
            Shape shape = Runner.input(job, 1);
            List<float[]> images =
                    LongStream.range(0, CALIBRATION_IMAGES)
                            .mapToObj(seed -> Noise.of(shape, seed))
                            .toList();
            Quantization.write(floats, images, shape, Optional.empty(), file);
            Files.delete(floats);
        }
    }
}
