package org.efficientzoo.training.run;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.training.Evaluator;
import org.efficientzoo.training.Replica;
import org.efficientzoo.training.StepResult;
import org.efficientzoo.training.TrainingStep;
import org.efficientzoo.training.data.Batch;
import org.efficientzoo.training.data.TrainingBatch;
import org.efficientzoo.training.data.augment.Draws;
import org.efficientzoo.training.optim.NetworkValues;
import org.efficientzoo.training.optim.Targets;
import org.efficientzoo.training.optim.TrainedParameters;
import org.efficientzoo.training.optim.Updater;
import org.efficientzoo.training.optim.WeightAverage;
import org.efficientzoo.training.recipe.Recipe;
import org.efficientzoo.zoo.EfficientModelZoo;
import org.efficientzoo.zoo.torchscript.ForwardPass;
import org.efficientzoo.zoo.torchscript.ScriptedSgd;
import org.efficientzoo.zoo.weights.StateDict;

/** A network that learns: its weights, its optimiser and the average of its weights. */
final class Learner implements AutoCloseable, Evaluator.Network {

    private final Recipe recipe;
    private final int classes;
    private final Block network;
    private final NDManager manager;
    private final ForwardPass forward;
    private final Updater updater;
    private final Optional<WeightAverage> average;
    private final TrainingStep step;

    /**
     * Prepares a network.
     *
     * @param model the network with its first weights, which stays the caller's
     * @throws IllegalArgumentException if a pattern of the recipe matches no parameter
     */
    Learner(ZooModel<NDList, NDList> model, Recipe recipe, int classes) {
        this.recipe = recipe;
        this.classes = classes;
        this.network = model.getBlock();
        this.manager = model.getNDManager().newSubManager();
        int height = recipe.augmentation().cropHeight();
        int width = recipe.augmentation().cropWidth();
        String head = StateDict.head(network, new Shape(1, 3, height, width));
        TrainedParameters trained =
                TrainedParameters.of(network, recipe.rules(head), recipe.frozen());
        updater = new Updater(recipe.optimizer(), trained, manager);
        average = recipe.average().map(kept -> new WeightAverage(kept, network, manager));
        forward = ForwardPass.of(network, new ParameterStore(manager, false), manager);
        TrainingStep.Builder builder =
                TrainingStep.builder(forward, updater, manager).optClipping(recipe.clipping());
        if (recipe.part() > 0) {
            builder.optPart(recipe.part());
        }
        average.ifPresent(builder::optAverage);
        builder.optReplicas(replicas(model, new Shape(1, 3, height, width)));
        step = builder.build();
    }

    /** A copy for each further GPU of PyTorch; MXNet's builds know no GPU of today. */
    private List<Replica> replicas(ZooModel<NDList, NDList> model, Shape input) {
        if (!ScriptedSgd.runsOn(manager) || !manager.getDevice().isGpu()) {
            return List.of();
        }
        return IntStream.range(1, manager.getEngine().getGpuCount())
                .mapToObj(Device::gpu)
                .map(
                        device ->
                                new Replica(
                                        EfficientModelZoo.network(model),
                                        network,
                                        input,
                                        device,
                                        manager))
                .toList();
    }

    /** How the maps of a training step lie in memory, for batches of the recipe's size. */
    String layout() {
        int part = recipe.part() > 0 ? Math.min(recipe.part(), recipe.batch()) : recipe.batch();
        int parts = (recipe.batch() - 1) / part + 1;
        int images = (recipe.batch() - 1) / parts + 1;
        int height = recipe.augmentation().cropHeight();
        int width = recipe.augmentation().cropWidth();
        return forward.layout(new Shape(images, 3, height, width), true);
    }

    /** The number of parameters, running statistics left out. */
    long parameters() {
        return BlockNames.parameters(network).values().stream()
                .filter(parameter -> !parameter.getType().name().startsWith("RUNNING"))
                .mapToLong(parameter -> parameter.getArray().size())
                .sum();
    }

    /** The steps taken. */
    long steps() {
        return updater.steps();
    }

    long averageUpdates() {
        return average.map(WeightAverage::updates).orElse(0L);
    }

    boolean keepsAverage() {
        return average.isPresent();
    }

    /** Whether all values of the network, running statistics too, are numbers. */
    boolean isFinite() {
        return NetworkValues.of(network).values().stream().allMatch(Learner::isFinite);
    }

    /** Times zero all numbers are zero, and nothing else is. */
    private static boolean isFinite(NDArray values) {
        try (NDArray zeros = values.mul(0);
                NDArray sum = zeros.sum()) {
            return sum.toArray()[0].doubleValue() == 0;
        }
    }

    /** Takes a step. What is random in it depends on the recipe's seed and the step alone. */
    StepResult learn(TrainingBatch batch, double rate) {
        manager.getEngine().setRandomSeed(Draws.engineSeed(recipe.seed(), updater.steps()));
        int height = recipe.augmentation().cropHeight();
        int width = recipe.augmentation().cropWidth();
        Shape shape = new Shape(batch.size(), 3, height, width);
        Targets targets = batch.targets(classes);
        if (recipe.labelSmoothing() > 0) {
            targets = targets.smoothed(recipe.labelSmoothing());
        }
        try (NDArray images = manager.create(batch.pixels(), shape, DataType.FLOAT32)) {
            return step.run(images, targets, rate);
        }
    }

    @Override
    public float[] logits(Batch batch, Shape shape) {
        try (NDManager call = manager.newSubManager()) {
            NDArray input = call.create(batch.pixels(), shape);
            return forward.logits(input, false).toFloatArray();
        }
    }

    /** Does something while the network has the averaged weights. */
    <T> T withAverage(Work<T> work) throws IOException {
        WeightAverage weights = average.orElseThrow();
        weights.swap();
        try {
            return work.run();
        } finally {
            weights.swap();
        }
    }

    /** Something to do. */
    interface Work<T> {
        T run() throws IOException;
    }

    void save(Path file, Position position) throws IOException {
        Map<String, Map<String, NDArray>> groups = new LinkedHashMap<>();
        groups.put(StateFile.MODEL, NetworkValues.of(network));
        groups.put(StateFile.OPTIMIZER, updater.state());
        average.ifPresent(weights -> groups.put(StateFile.AVERAGE, weights.state()));
        StateFile.write(file, position, groups);
    }

    /**
     * Goes on from a saved state.
     *
     * @throws IOException if the file is none, or of another network or optimiser
     */
    Position load(Path file) throws IOException {
        try (NDManager reading = manager.newSubManager()) {
            StateFile.Read state = StateFile.read(file, reading);
            Position position = state.position();
            NetworkValues.load(state.group(StateFile.MODEL), network);
            updater.load(state.group(StateFile.OPTIMIZER), position.steps());
            average.ifPresent(
                    weights ->
                            weights.load(
                                    state.group(StateFile.AVERAGE), position.averageUpdates()));
            return position;
        } catch (IllegalArgumentException e) {
            throw new IOException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    @Override
    public void close() {
        step.close();
        forward.close();
        average.ifPresent(WeightAverage::close);
        updater.close();
        manager.close();
    }
}
