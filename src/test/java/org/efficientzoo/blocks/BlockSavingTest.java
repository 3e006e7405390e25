package org.efficientzoo.blocks;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.efficientzoo.Slow;
import org.efficientzoo.blocks.BlockCatalogue.Entry;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Blocks in DJL's models and trainers: saved, loaded, trained, frozen. */
@Slow
class BlockSavingTest {

    private static final String ALL = "org.efficientzoo.blocks.BlockCatalogue#onBothEngines";
    private static final String NAME = "block";

    @TempDir private Path folder;

    @ParameterizedTest
    @MethodSource(ALL)
    void computesTheSameBitsWhenLoaded(String engine, Entry entry) throws Exception {
        assertSurvivesSaving(engine, entry.build()::get, entry.input());
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void computesTheSameBitsWhenLoadedWithinDjlsSequence(String engine, Entry entry)
            throws Exception {
        assertSurvivesSaving(engine, () -> withHead(entry), entry.input());
    }

    private void assertSurvivesSaving(String engine, Supplier<Block> build, Shape input)
            throws Exception {
        try (Model saved = Model.newInstance(NAME, engine);
                Model loaded = Model.newInstance(NAME, engine)) {
            saved.setBlock(BlockCatalogue.fill(build.get(), saved.getNDManager(), input));
            saved.save(folder, NAME);
            loaded.setBlock(build.get());
            loaded.load(folder, NAME);

            assertThat(values(loaded.getBlock())).isEqualTo(values(saved.getBlock()));
            // What records gradients is not folded, and rounds otherwise.
            saved.getBlock().freezeParameters(true);
            loaded.getBlock().freezeParameters(true);
            assertThat(output(loaded, input)).isEqualTo(output(saved, input));
        }
    }

    private static float[] output(Model model, Shape input) {
        try (NDManager manager = model.getNDManager().newSubManager()) {
            NDArray x = manager.create(Formula.input(input, 1), input);
            return BlockBehaviourTest.forward(model.getBlock(), x).toFloatArray();
        }
    }

    private static SequentialBlock withHead(Entry entry) {
        EfficientBlock block = entry.build().get();
        int features = (int) block.getOutputShapes(new Shape[] {entry.input()})[0].slice(1).size();
        return new SequentialBlock()
                .add(block)
                .add(Blocks.batchFlattenBlock())
                .add(Layers.linear(features, 3));
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void givesAGradientToEveryTrainableParameter(String engine, Entry entry) {
        try (NDManager manager = Engines.manager(engine)) {
            EfficientBlock block = entry.filled(manager);
            NDArray x = entry.x(manager);
            x.setRequiresGradient(true);
            ParameterStore store = new ParameterStore(manager, false);
            try (GradientCollector gradients = Engine.getEngine(engine).newGradientCollector()) {
                NDArray y = block.forward(store, new NDList(x), true).singletonOrThrow();
                NDArray weights = manager.create(Formula.input(y.getShape(), 2), y.getShape());
                gradients.backward(y.mul(weights).sum());
            }
            assertThat(sumOfGradient("the input", x)).isFinite().isPositive();
            BlockNames.parameters(block)
                    .forEach(
                            (name, parameter) -> {
                                if (parameter.requiresGradient()) {
                                    double sum = sumOfGradient(name, parameter.getArray());
                                    double least = entry.isShiftThatCancels(name) ? 0 : 1e-3;
                                    assertThat(sum)
                                            .as(name)
                                            .isFinite()
                                            .isGreaterThanOrEqualTo(least);
                                }
                            });
        }
    }

    private static double sumOfGradient(String name, NDArray array) {
        assertThat(array.hasGradient()).as("has a gradient: %s", name).isTrue();
        double sum = 0;
        for (float value : array.getGradient().toFloatArray()) {
            sum += Math.abs(value);
        }
        return sum;
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void trainsAllButTheRunningStatistics(String engine, Entry entry) {
        try (NDManager manager = Engines.manager(engine)) {
            BlockNames.parameters(entry.filled(manager))
                    .forEach(
                            (name, parameter) ->
                                    assertThat(parameter.requiresGradient())
                                            .as(name)
                                            .isEqualTo(!name.contains("running")));
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void keepsItsParametersWhenFrozenAndChangesThemElse(String engine, Entry entry) {
        Map<String, Boolean> frozen = changes(engine, entry, true);
        Map<String, Boolean> free = changes(engine, entry, false);

        assertThat(frozen).containsOnlyKeys(free.keySet()).containsKey("2.weight");
        frozen.forEach(
                (name, changed) -> assertThat(changed).as(name).isEqualTo(name.startsWith("2.")));
        free.forEach((name, changed) -> assertThat(changed).as(name).isTrue());
    }

    /** Whether a step of gradient descent changes a trainable parameter of a block and its head. */
    private static Map<String, Boolean> changes(String engine, Entry entry, boolean frozen) {
        try (Model model = Model.newInstance(NAME, engine)) {
            SequentialBlock block = withHead(entry);
            BlockCatalogue.fill(block, model.getNDManager(), entry.input());
            Map<String, FloatBuffer> before = values(block);
            if (frozen) { // DJL's opposite would make the running statistics trainable, too
                block.getChildren().get(0).getValue().freezeParameters(true);
            }
            model.setBlock(block);
            train(model, entry.input());
            Map<String, FloatBuffer> after = values(block);
            return before.keySet().stream()
                    .filter(name -> !name.contains("running"))
                    .filter(name -> !entry.isShiftThatCancels(name.replaceFirst("^0.", "")))
                    .collect(
                            Collectors.toMap(
                                    name -> name,
                                    name -> !before.get(name).equals(after.get(name))));
        }
    }

    private static void train(Model model, Shape input) {
        Optimizer sgd = Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.1f)).build();
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.l2Loss())
                        .optOptimizer(sgd)
                        .optDevices(new Device[] {Device.cpu()});
        try (Trainer trainer = model.newTrainer(config)) {
            trainer.initialize(input);
            NDArray x = trainer.getManager().create(Formula.input(input, 1), input);
            Shape answer = new Shape(input.get(0), 3);
            NDArray wanted = trainer.getManager().create(Formula.input(answer, 2), answer);
            try (GradientCollector gradients = trainer.newGradientCollector()) {
                NDList found = trainer.forward(new NDList(x));
                gradients.backward(trainer.getLoss().evaluate(new NDList(wanted), found));
            }
            trainer.step();
        }
    }

    private static Map<String, FloatBuffer> values(Block block) {
        Map<String, FloatBuffer> values = new LinkedHashMap<>();
        BlockNames.parameters(block)
                .forEach(
                        (name, p) ->
                                values.put(name, FloatBuffer.wrap(p.getArray().toFloatArray())));
        return values;
    }
}
