package org.efficientzoo.blocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.GhostBatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import ai.djl.util.PairList;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.efficientzoo.blocks.analysis.Complexity;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.zoo.onnx.OnnxExporter;
import org.efficientzoo.zoo.onnx.OnnxMetadata;
import org.efficientzoo.zoo.onnx.OnnxOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Blocks of users that look like DJL's own and compute something else. */
class ForeignLeavesTest {

    private static final String ENGINES = "org.efficientzoo.reference.Engines#names";
    private static final Shape INPUT = new Shape(2, 3, 6, 6);

    @TempDir private Path folder;

    /** Twice what a convolution gives. */
    private static final class Doubled extends Conv2d {

        Doubled() {
            super(Conv2d.builder().setKernelShape(new Shape(1, 1)).setFilters(3).optBias(false));
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> parameters) {
            NDList y = super.forwardInternal(store, inputs, training, parameters);
            return new NDList(y.singletonOrThrow().mul(2));
        }
    }

    /** Gives its own parameter, whatever comes in. */
    private static final class Constant extends AbstractBlock {

        private final Parameter value =
                addParameter(
                        Parameter.builder()
                                .setName("value")
                                .setType(Parameter.Type.OTHER)
                                .optShape(INPUT)
                                .optInitializer(Initializer.ONES)
                                .build());

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> parameters) {
            return new NDList(store.getValue(value, inputs.head().getDevice(), training));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return new Shape[] {INPUT};
        }
    }

    private static Sequence filled(NDManager manager, Block... blocks) {
        Sequence network = new Sequence(List.of(blocks));
        network.initialize(manager, DataType.FLOAT32, INPUT);
        network.freezeParameters(true); // else it is read as it stands, whatever a script says
        BlockNames.parameters(network)
                .forEach((name, p) -> p.getArray().set(Formula.input(p.getShape(), 3)));
        for (Parameter parameter : BlockNames.parameters(network).values()) {
            if (parameter.getType() == Parameter.Type.RUNNING_VAR) {
                parameter.getArray().set(new float[] {1, 2, 3});
            }
        }
        return network;
    }

    private static void sameAsOneByOne(Sequence network, NDManager manager, Block... blocks) {
        NDArray x = TestBlocks.input(INPUT, manager);
        NDArray expected = x;
        for (Block block : blocks) {
            expected = TestBlocks.predict(block, expected);
        }
        float[] values = expected.toFloatArray();
        for (int call = 0; call < 3; call++) {
            float[] found = TestBlocks.predict(network, x).toFloatArray();
            assertThat(found).containsExactly(values, within(1e-5f));
        }
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void aSubclassOfAConvolutionComputesWhatItSays(String engine) {
        try (NDManager manager = Engines.manager(engine)) {
            Block[] blocks = {new Doubled(), Layers.batchNorm()};
            sameAsOneByOne(filled(manager, blocks), manager, blocks);
        }
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void aSubclassOfABatchNormComputesWhatItSays(String engine) {
        try (NDManager manager = Engines.manager(engine)) {
            Block conv = GroupedConv2d.builder(3, 3).build();
            Block[] blocks = {conv, GhostBatchNorm.builder().build()};
            sameAsOneByOne(filled(manager, blocks), manager, blocks);
        }
    }

    @Test
    void subclassesTakeCheckpointsAndCostWhatTheirParentsDo() {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            Sequence network =
                    TestBlocks.filled(
                            new Sequence(List.of(new Doubled(), GhostBatchNorm.builder().build())),
                            INPUT,
                            manager);
            assertThat(BlockNames.parameters(network).get("0.weight").getArray().getShape())
                    .isEqualTo(new Shape(3, 3, 1, 1));
            Complexity cost = Complexity.of(network, INPUT);
            assertThat(cost.parameters()).isEqualTo(9 + 6);
            assertThat(cost.macs()).isEqualTo(2 * 36 * 9);
        }
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void aNameIsNotBelieved(String engine) {
        try (NDManager manager = Engines.manager(engine)) {
            Block conv = GroupedConv2d.builder(3, 3).build();
            Block liar = LambdaBlock.singleton(NDArray::abs, "ReLU");
            sameAsOneByOne(filled(manager, conv, liar), manager, conv, liar);
        }
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void aParameterThatIsGivenAwayIsNotClosed(String engine) {
        try (NDManager manager = Engines.manager(engine)) {
            Block[] blocks = {new Constant(), GroupedConv2d.builder(3, 3).build()};
            sameAsOneByOne(filled(manager, blocks), manager, blocks);
        }
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void functionsAreKnownByWhatTheyCompute(String engine) {
        try (NDManager manager = Engines.manager(engine)) {
            Block root = filled(manager, GroupedConv2d.builder(3, 3).build());
            Map<Block, Operation> known =
                    Map.of(
                            Activation.reluBlock(), new Operation.Elementwise(Nonlinearity.RELU),
                            Activation.relu6Block(), new Operation.Elementwise(Nonlinearity.RELU6),
                            Activation.sigmoidBlock(), elementwise(Nonlinearity.Kind.SIGMOID),
                            Activation.tanhBlock(), elementwise(Nonlinearity.Kind.TANH),
                            Activation.seluBlock(), elementwise(Nonlinearity.Kind.SELU),
                            Blocks.identityBlock(), elementwise(Nonlinearity.Kind.NONE),
                            Pool.globalAvgPool2dBlock(), new Operation.GlobalAveragePooling());
            known.forEach(
                    (block, operation) ->
                            assertThat(NamedFunction.of(block, root)).contains(operation));
            assertThat(NamedFunction.of(Activation.mishBlock(), root)).isEmpty();
            assertThat(NamedFunction.of(LambdaBlock.singleton(NDArray::abs, "ReLU"), root))
                    .isEmpty();
            NDArray five = manager.ones(new Shape(5));
            assertThat(NamedFunction.of(LambdaBlock.singleton(five::mul, "ReLU"), root)).isEmpty();
        }
    }

    private static Operation elementwise(Nonlinearity.Kind kind) {
        return new Operation.Elementwise(new Nonlinearity(kind, 0f));
    }

    @Test
    void noFileIsWrittenOfThem() {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            Block conv = GroupedConv2d.builder(3, 3).build();
            for (Block foreign :
                    List.of(new Doubled(), LambdaBlock.singleton(NDArray::abs, "ReLU"))) {
                Sequence network = filled(manager, conv, foreign);
                assertThatThrownBy(
                                () ->
                                        OnnxExporter.export(
                                                network,
                                                INPUT,
                                                OnnxOptions.DEFAULT,
                                                OnnxMetadata.of("net"),
                                                folder.resolve("net.onnx")))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("cannot be exported to ONNX, found it at 1");
            }
            assertThat(folder).isEmptyDirectory();
        }
    }

    /** As PyTorch's without affine values. */
    @ParameterizedTest
    @MethodSource(ENGINES)
    void aBatchNormWithoutScaleAndShiftIsNotFrozen(String engine) {
        try (NDManager manager = Engines.manager(engine)) {
            Sequence network =
                    new Sequence(
                            List.of(BatchNorm.builder().optScale(false).optCenter(false).build()));
            network.initialize(manager, DataType.FLOAT32, INPUT);
            NDArray x = TestBlocks.input(INPUT, manager).add(5);
            TestBlocks.recording(
                    engine,
                    collector -> {
                        ParameterStore store = new ParameterStore(manager, false);
                        NDArray y = network.forward(store, new NDList(x), true).head();
                        assertThat(y.mean().getFloat()).isCloseTo(0, within(1e-4f));
                        collector.zeroGradients();
                    });
            if (engine.equals(Engines.PYTORCH)) { // MXNet's follow in the backward pass
                NDArray mean = BlockNames.parameters(network).get("0.running_mean").getArray();
                assertThat(mean.toFloatArray()).doesNotContain(0f);
            }
        }
    }
}
