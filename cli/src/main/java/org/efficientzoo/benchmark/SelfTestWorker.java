package org.efficientzoo.benchmark;

import ai.djl.MalformedModelException;
import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;
import ai.djl.translate.TranslateException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.training.data.Failure;
import org.efficientzoo.zoo.EfficientModelZoo;
import org.efficientzoo.zoo.image.Noise;
import org.efficientzoo.zoo.network.NetworkOption;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.torchscript.ForwardPass;
import org.efficientzoo.zoo.torchscript.LayoutCheck;
import org.efficientzoo.zoo.weights.StateDict;

/**
 * Answers what a {@link SelfTest} asks, in a process of its own: a line of JSON a network, which is
 * predicted image by image and in batches.
 */
final class SelfTestWorker {

    private static final long SEED = 11;

    /** Two images tell whether one comes in the place of another, and more tell nothing else. */
    private static final int REPORTED = 2;

    private static final NetworkOptions WITHOUT_DROPOUT =
            NetworkOptions.DEFAULT.with(NetworkOption.DROPOUT, 0f);

    private SelfTestWorker() {}

    /**
     * What to run.
     *
     * @param gradientBatch the images of a training step to compare, 0 for none
     */
    record Question(
            String engine,
            String model,
            int height,
            int width,
            String weightsFile,
            List<Integer> batches,
            int gradientBatch) {}

    /**
     * What came of it.
     *
     * @param batches by the size of a batch how far its logits are from those of its images one by
     *     one, of the deviation of these
     * @param gradient how far the gradients of a training step are from those layer by layer, of
     *     their length; null where there was no step
     * @param logits of the first images, one by one
     * @param layouts the layouts that PyTorch's scripts took
     * @param failure what went wrong; null if nothing did
     */
    record Answer(
            Map<Integer, Double> batches,
            Double gradient,
            List<float[]> logits,
            List<String> layouts,
            String failure) {}

    public static void main(String[] arguments) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err); // nothing else may come between the answers
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            answers.println(Protocol.answer(answer(Protocol.read(line, Question.class))));
        }
    }

    private static Answer answer(Question question) {
        try {
            return run(question);
        } catch (Exception | LinkageError | OutOfMemoryError e) {
            return new Answer(Map.of(), null, List.of(), List.of(), Failure.describe(e));
        }
    }

    private static Answer run(Question question)
            throws IOException,
                    ModelNotFoundException,
                    MalformedModelException,
                    TranslateException {
        Criteria<NDList, NDList> criteria =
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optGroupId(EfficientModelZoo.GROUP_ID)
                        .optArtifactId(question.model)
                        .optEngine(question.engine)
                        .optArgument("weightsFile", question.weightsFile)
                        .build();
        Map<Integer, Double> differences = new LinkedHashMap<>();
        List<float[]> singles = new ArrayList<>();
        try (ZooModel<NDList, NDList> model = EfficientModelZoo.load(criteria);
                Predictor<NDList, NDList> predictor = model.newPredictor()) {
            int most = question.batches.stream().mapToInt(batch -> batch).max().orElse(1);
            for (int i = 0; i < most; i++) {
                singles.add(predict(predictor, model.getNDManager(), question, i, 1));
            }
            for (int batch : question.batches) {
                float[] found = predict(predictor, model.getNDManager(), question, 0, batch);
                differences.put(batch, SelfTest.difference(found, joined(singles, batch), batch));
            }
        }
        Double gradient = question.gradientBatch == 0 ? null : gradient(question);
        List<float[]> logits = singles.subList(0, Math.min(REPORTED, singles.size()));
        return new Answer(differences, gradient, logits, LayoutCheck.taken(), null);
    }

    private static float[] predict(
            Predictor<NDList, NDList> predictor,
            NDManager manager,
            Question question,
            int first,
            int images)
            throws TranslateException {
        try (NDArray x = manager.create(pixels(question, first, images), shape(question, images));
                NDList y = predictor.predict(new NDList(x))) {
            return y.singletonOrThrow().toFloatArray();
        }
    }

    private static Shape shape(Question question, int images) {
        return new Shape(images, SelfTest.CHANNELS, question.height, question.width);
    }

    /** Images of noise, no two alike. */
    private static float[] pixels(Question question, int first, int images) {
        List<float[]> all = new ArrayList<>();
        for (int i = 0; i < images; i++) {
            all.add(Noise.of(shape(question, 1), SEED + first + i));
        }
        return joined(all, images);
    }

    private static float[] joined(List<float[]> parts, int count) {
        int length = parts.get(0).length;
        float[] joined = new float[count * length];
        for (int i = 0; i < count; i++) {
            System.arraycopy(parts.get(i), 0, joined, i * length, length);
        }
        return joined;
    }

    /** The gradients as training computes them beside those of one operation after the other. */
    private static double gradient(Question question) throws IOException, MalformedModelException {
        Engine engine = Engine.getEngine(question.engine);
        try (NDManager manager = engine.newBaseManager()) {
            EfficientBlock network = Networks.get(question.model).build(WITHOUT_DROPOUT);
            Shape single = shape(question, 1);
            try (PatternWeights weights = new PatternWeights(ParameterShapes.of(network, single))) {
                new StateDict(network, single, false).load(weights, manager);
            }
            ParameterStore store = new ParameterStore(manager, false);
            try (ForwardPass fast = ForwardPass.of(network, store, manager)) {
                List<float[]> found = step(question, network, fast, manager);
                List<float[]> plain =
                        step(question, network, ForwardPass.eager(network, store), manager);
                return distance(found, plain);
            }
        }
    }

    private static List<float[]> step(
            Question question, EfficientBlock network, ForwardPass pass, NDManager parent) {
        List<Parameter> trained =
                BlockNames.parameters(network).values().stream()
                        .filter(Parameter::requiresGradient)
                        .toList();
        trained.forEach(parameter -> parameter.getArray().setRequiresGradient(true));
        int images = question.gradientBatch;
        Engine engine = Engine.getEngine(question.engine);
        engine.setRandomSeed((int) SEED);
        try (NDManager manager = parent.newSubManager();
                GradientCollector collector = engine.newGradientCollector()) {
            NDArray x = manager.create(pixels(question, 0, images), shape(question, images));
            NDArray logits = pass.logits(x, true);
            NDArray labels = manager.arange(images);
            collector.backward(
                    new SoftmaxCrossEntropyLoss().evaluate(new NDList(labels), new NDList(logits)));
        }
        List<float[]> gradients = new ArrayList<>();
        for (Parameter parameter : trained) {
            try (NDArray gradient = parameter.getArray().getGradient()) {
                gradients.add(gradient.toFloatArray());
                gradient.subi(gradient);
            }
        }
        return gradients;
    }

    /** The length of the difference of all gradients, of the length of the expected ones. */
    private static double distance(List<float[]> found, List<float[]> expected) {
        double difference = 0;
        double size = 0;
        for (int p = 0; p < expected.size(); p++) {
            float[] a = found.get(p);
            float[] b = expected.get(p);
            for (int i = 0; i < b.length; i++) {
                difference += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
                size += (double) b[i] * b[i];
            }
        }
        return Math.sqrt(difference / size);
    }
}
