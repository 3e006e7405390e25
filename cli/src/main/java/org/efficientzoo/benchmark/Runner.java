package org.efficientzoo.benchmark;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.efficientzoo.benchmark.Protocol.Job;
import org.efficientzoo.zoo.EfficientModelZoo;
import org.efficientzoo.zoo.engine.EngineStart;
import org.efficientzoo.zoo.image.Noise;
import org.efficientzoo.zoo.torchscript.Nnpack;

/** Calls one model with one input again and again. */
final class Runner implements AutoCloseable {

    private static final long SEED = 7;
    private static final String CHANNELS = "3"; // of a file, too

    private final Model model;
    private final Predictor<NDList, NDList> predictor;
    private final NDList input;

    private Runner(Model model, Predictor<NDList, NDList> predictor, Job job) {
        this.model = model;
        this.predictor = predictor;
        Shape shape = input(job, job.batch());
        input = new NDList(model.getNDManager().create(Noise.of(shape, SEED), shape));
    }

    /** The shape of some images as the network of a job takes them. */
    static Shape input(Job job, int images) {
        String channels = job.arguments().getOrDefault("inputChannels", CHANNELS);
        return new Shape(images, Integer.parseInt(channels), job.height(), job.width());
    }

    static Runner of(Job job) throws IOException, ModelNotFoundException, MalformedModelException {
        if (!job.file().isEmpty()) {
            return ofFile(job);
        }
        ZooModel<NDList, NDList> model = network(job);
        return new Runner(model, model.newPredictor(), job);
    }

    /** The untrained network of a job. */
    static ZooModel<NDList, NDList> network(Job job)
            throws IOException, ModelNotFoundException, MalformedModelException {
        Criteria.Builder<NDList, NDList> criteria =
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optGroupId(EfficientModelZoo.GROUP_ID)
                        .optArtifactId(job.model())
                        .optEngine(job.engine())
                        .optFilter("weights", "none");
        job.arguments().forEach(criteria::optArgument);
        return EfficientModelZoo.load(criteria.build());
    }

    private static Runner ofFile(Job job) throws IOException, MalformedModelException {
        Map<String, String> threads =
                job.engine().equals(Engines.ONNX_RUNTIME)
                        ? Map.of("intraOpNumThreads", Integer.toString(job.threads()))
                        : Map.of(); // the others were told before this process began
        Path file = Path.of(job.file());
        String name = file.getFileName().toString();
        EngineStart.of(job.engine());
        Model model = Model.newInstance(name, job.engine());
        Nnpack.leaveOutWhereItDoesNotRun();
        try {
            model.load(file.getParent(), name.substring(0, name.lastIndexOf('.')), threads);
            return new Runner(model, model.newPredictor(new NoopTranslator()), job);
        } catch (IOException | MalformedModelException | RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /** Predicts and reads the result, which an engine may compute later than it says. */
    void run() throws TranslateException {
        try (NDList output = predictor.predict(input)) {
            for (NDArray array : output) {
                array.toFloatArray();
            }
        }
    }

    @Override
    public void close() {
        input.close();
        predictor.close();
        model.close();
    }
}
