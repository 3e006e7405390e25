package org.efficientzoo.reference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.training.TrainingStep;
import org.efficientzoo.training.optim.Sgd;
import org.efficientzoo.training.optim.Targets;
import org.efficientzoo.training.optim.TrainedParameters;
import org.efficientzoo.training.optim.Updater;
import org.efficientzoo.zoo.torchscript.ForwardPass;

/**
 * Repeats one run of {@code reference/train_steps*.json} with the training code and keeps all that
 * there is to compare.
 */
final class TrainingRun {

    private static final int STEPS = 5;
    private static final double MOMENTUM = 0.9;

    private final JsonObject reference;
    private final EfficientBlock network;
    private final String engine;
    private final DataType type;
    private final boolean scripted;
    private final Map<String, Parameter> parameters;

    private final List<Double> losses = new ArrayList<>();
    private final Map<String, Sums> gradients = new LinkedHashMap<>();
    private List<Double> trainLogits = List.of();

    /** What the reference keeps of a tensor. */
    record Sums(double sum, double sumAbs) {

        static Sums of(double[] values) {
            return new Sums(
                    Arrays.stream(values).sum(), Arrays.stream(values).map(Math::abs).sum());
        }
    }

    /**
     * What came of a run.
     *
     * @param logitsBefore in inference, before the first step
     * @param trainLogits in training, in the first step
     * @param losses of the five steps
     * @param gradients of the first step
     * @param stateAfter parameters and running statistics as the engine leaves them; on MXNet the
     *     running variances are redone
     * @param logitsAfter in inference, with redone running statistics
     */
    record Outcome(
            List<Double> logitsBefore,
            List<Double> trainLogits,
            List<Double> losses,
            Map<String, Sums> gradients,
            Map<String, Sums> stateAfter,
            List<Double> logitsAfter) {}

    TrainingRun(
            JsonObject reference,
            EfficientBlock network,
            String engine,
            DataType type,
            boolean scripted) {
        this.reference = reference;
        this.network = network;
        this.engine = engine;
        this.type = type;
        this.scripted = scripted;
        this.parameters = BlockNames.parameters(network);
    }

    Outcome run() throws IOException {
        Shape shape = References.shape(reference.get("input_shape"));
        long salt = reference.get("salt").getAsLong();
        boolean biasedVariance = engine.equals(Engines.MXNET);
        try (NDManager manager = Engines.manager(engine)) {
            fill(manager, shape, salt);
            NDArray x = create(manager, Formula.input(shape, salt), shape);
            ParameterStore store = new ParameterStore(manager, false);

            try (ForwardPass pass =
                    scripted
                            ? ForwardPass.of(network, store, manager)
                            : ForwardPass.eager(network, store)) {
                return run(pass, manager, x, biasedVariance);
            }
        }
    }

    private Outcome run(ForwardPass pass, NDManager manager, NDArray x, boolean biasedVariance) {
        List<Double> before = predict(pass, x);
        RunningStatistics redone = new RunningStatistics(network, x.getShape(), biasedVariance);
        train(pass, manager, x, redone);
        Map<String, Sums> state = state();
        if (biasedVariance) {
            redone.exact().forEach((name, values) -> replaceVariance(state, name, values));
        }
        if (!scripted) { // a script has PyTorch's own momentum
            redone.install();
        }
        return new Outcome(before, trainLogits, losses, gradients, state, predict(pass, x));
    }

    private static void replaceVariance(Map<String, Sums> state, String name, double[] values) {
        if (name.endsWith("running_var")) {
            state.put(name, Sums.of(values));
        }
    }

    private void fill(NDManager manager, Shape shape, long salt) throws IOException {
        Map<String, Shape> shapes = ParameterShapes.of(network, shape);
        try (Formula formula = new Formula(shapes, salt, References.scaleRules(reference))) {
            for (Map.Entry<String, Shape> entry : shapes.entrySet()) {
                float[] values = formula.read(entry.getKey()).array();
                parameters.get(entry.getKey()).setArray(create(manager, values, entry.getValue()));
            }
        }
        network.initialize(manager, type, shape);
    }

    /** In double precision the values are those of the floats, too. */
    private NDArray create(NDManager manager, float[] values, Shape shape) {
        return manager.create(values, shape).toType(type, false);
    }

    private static List<Double> predict(ForwardPass pass, NDArray x) {
        try (NDArray y = pass.logits(x, false)) {
            return list(y);
        }
    }

    private void train(ForwardPass pass, NDManager manager, NDArray x, RunningStatistics redone) {
        List<Integer> labels =
                Arrays.stream(References.doubles(reference.get("labels")))
                        .mapToObj(label -> (int) label)
                        .toList();
        Targets targets = Targets.of(labels, reference.get("num_classes").getAsInt());
        double rate = reference.get("lr").getAsDouble();
        TrainedParameters trained = TrainedParameters.of(network);
        try (Updater updater = new Updater(new Sgd(MOMENTUM, 0), trained, manager);
                TrainingStep step =
                        TrainingStep.builder(
                                        (input, training) -> keep(pass.logits(input, training)),
                                        updater,
                                        manager)
                                .build()) {
            for (int i = 0; i < STEPS; i++) {
                losses.add(step.run(x, targets, rate).loss());
                redone.fold();
                if (i == 0) {
                    trained.all().forEach(parameter -> keepGradient(updater, parameter.name()));
                }
            }
        }
    }

    private NDArray keep(NDArray logits) {
        if (trainLogits.isEmpty()) {
            trainLogits = list(logits);
        }
        return logits;
    }

    /** The velocity of the first step is the gradient. */
    private void keepGradient(Updater updater, String name) {
        NDArray gradient = updater.state().get("momentum_buffer." + name);
        gradients.put(name, Sums.of(RunningStatistics.doubles(gradient)));
    }

    private static List<Double> list(NDArray array) {
        return Arrays.stream(RunningStatistics.doubles(array)).boxed().toList();
    }

    private Map<String, Sums> state() {
        Map<String, Sums> all = new LinkedHashMap<>();
        parameters.forEach(
                (name, parameter) ->
                        all.put(name, Sums.of(RunningStatistics.doubles(parameter.getArray()))));
        return all;
    }
}
