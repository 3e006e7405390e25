package org.efficientzoo.blocks;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.efficientzoo.reference.Engines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A prediction sees every change of a parameter, whatever was folded before. */
class ChangedParametersTest {

    private static final Shape INPUT = new Shape(2, 4, 9, 7);

    private static final Map<String, Consumer<NDArray>> CHANGES =
            new TreeMap<>(
                    Map.of(
                            "muli", array -> array.muli(1.5f),
                            "negi", array -> array.negi(),
                            "addi", array -> array.addi(array.mul(0.01f)),
                            "set of one value", ChangedParametersTest::setOne,
                            "set of all values", array -> array.set(reversed(array)),
                            "set of a direct buffer", array -> array.set(direct(array)),
                            "copyTo", array -> array.mul(0.5f).copyTo(array),
                            "intern", array -> array.intern(array.mul(0.5f))));

    private static void setOne(NDArray array) {
        long[] first = new long[array.getShape().dimension()];
        float value = array.getFloat(first);
        array.set(new NDIndex(first), value + 0.25f);
    }

    private static FloatBuffer reversed(NDArray array) {
        float[] values = array.toFloatArray();
        float[] reversed = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            reversed[i] = values[values.length - 1 - i];
        }
        return FloatBuffer.wrap(reversed);
    }

    private static ByteBuffer direct(NDArray array) {
        FloatBuffer values = reversed(array);
        ByteBuffer buffer =
                ByteBuffer.allocateDirect(Float.BYTES * values.remaining())
                        .order(ByteOrder.nativeOrder());
        buffer.asFloatBuffer().put(values);
        return buffer;
    }

    static Stream<Arguments> changesOnEngines() {
        return Engines.names().stream()
                .flatMap(
                        engine ->
                                CHANGES.keySet().stream()
                                        .map(change -> Arguments.of(engine, change)));
    }

    private static Sequence network() {
        return new Sequence(
                List.of(
                        ConvNormActivation.pointwise(4, 6, Nonlinearity.RELU6),
                        new InvertedResidual(6, 6, 1, 2),
                        GroupedConv2d.builder(6, 3).optKernel(3).optBias().build(),
                        Layers.batchNorm()));
    }

    private static void seesNow(EfficientBlock block, NDArray x, NDArray before) {
        NDArray found = TestBlocks.predict(block, x);
        PredictionTest.compare(found, PredictionTest.plain(block, x));
        assertThat(found.toFloatArray()).isNotEqualTo(before.toFloatArray());
    }

    @ParameterizedTest
    @MethodSource("changesOnEngines")
    void inPlace(String engine, String change) {
        try (NDManager manager = Engines.manager(engine)) {
            Sequence block = TestBlocks.filled(network(), INPUT, manager);
            NDArray x = TestBlocks.input(INPUT, manager);
            Map<String, Parameter> parameters = BlockNames.parameters(block);
            assertThat(parameters).containsKeys("1.conv.0.0.weight", "2.bias", "3.running_var");
            for (Map.Entry<String, Parameter> entry : parameters.entrySet()) {
                if (change.equals("negi") && entry.getKey().endsWith("running_var")) {
                    continue; // there is no root of it
                }
                NDArray before = TestBlocks.predict(block, x);
                CHANGES.get(change).accept(entry.getValue().getArray());
                seesNow(block, x, before);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.efficientzoo.reference.Engines#names")
    void byLoadingParameters(String engine) throws Exception {
        try (NDManager manager = Engines.manager(engine)) {
            Sequence block = TestBlocks.filled(network(), INPUT, manager);
            Sequence other = TestBlocks.filled(network(), INPUT, manager);
            BlockNames.parameters(other).values().forEach(p -> p.getArray().muli(1.25f));
            NDArray x = TestBlocks.input(INPUT, manager);
            NDArray before = TestBlocks.predict(block, x);
            ByteArrayOutputStream saved = new ByteArrayOutputStream();
            other.saveParameters(new DataOutputStream(saved));
            block.loadParameters(
                    manager, new DataInputStream(new ByteArrayInputStream(saved.toByteArray())));
            seesNow(block, x, before);
        }
    }

    /** PyTorch's statistics follow each forward pass; those of MXNet wait for the backward pass. */
    @Test
    void byForwardPassesForTraining() {
        try (NDManager manager = Engines.manager("PyTorch")) {
            Sequence block = TestBlocks.filled(network(), INPUT, manager);
            NDArray x = TestBlocks.input(INPUT, manager);
            for (int pass = 0; pass < 2; pass++) {
                NDArray before = TestBlocks.predict(block, x);
                block.forward(new ParameterStore(manager, false), new NDList(x), true);
                seesNow(block, x, before);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.efficientzoo.reference.Engines#names")
    void ofAStatisticThatIsNoNumber(String engine) {
        try (NDManager manager = Engines.manager(engine)) {
            Sequence block = TestBlocks.filled(network(), INPUT, manager);
            NDArray x = TestBlocks.input(INPUT, manager);
            NDArray variance = BlockNames.parameters(block).get("3.running_var").getArray();
            TestBlocks.predict(block, x);
            variance.muli(Float.NaN);
            assertThat(TestBlocks.predict(block, x).toFloatArray()).containsOnly(Float.NaN);
            variance.set(new float[] {1, 2, 3});
            PredictionTest.compare(TestBlocks.predict(block, x), PredictionTest.plain(block, x));
        }
    }

    @ParameterizedTest
    @MethodSource("org.efficientzoo.reference.Engines#names")
    void byStepsOfATrainer(String engine) {
        try (Model model = Model.newInstance("block", engine)) {
            NDManager manager = model.getNDManager();
            Sequence block = TestBlocks.filled(network(), INPUT, manager);
            model.setBlock(block);
            NDArray x = TestBlocks.input(INPUT, manager);
            NDArray before = TestBlocks.predict(block, x);
            for (int step = 0; step < 2; step++) {
                try (Trainer trainer = model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss()))) {
                    trainer.initialize(INPUT);
                    try (GradientCollector collector = trainer.newGradientCollector()) {
                        NDArray y = trainer.forward(new NDList(x)).get(0);
                        collector.backward(y.square().sum());
                    }
                    trainer.step();
                }
                seesNow(block, x, before); // while it records gradients
                before = TestBlocks.predict(block, x);
                List<Parameter> trained = trained(block);
                trained.forEach(parameter -> parameter.freeze(true));
                PredictionTest.compare(
                        TestBlocks.predict(block, x), PredictionTest.plain(block, x));
                trained.forEach(parameter -> parameter.freeze(false));
            }
        }
    }

    private static List<Parameter> trained(EfficientBlock block) {
        List<Parameter> trained =
                BlockNames.parameters(block).values().stream()
                        .filter(Parameter::requiresGradient)
                        .toList();
        assertThat(trained).isNotEmpty().allMatch(p -> p.getArray().hasGradient());
        return trained;
    }
}
