package org.efficientzoo.blocks;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.ParameterStore;
import java.util.List;
import java.util.stream.Stream;
import org.efficientzoo.Slow;
import org.efficientzoo.blocks.BlockCatalogue.Entry;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.weights.StateDict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A prediction with batch norms folded is the plain reading but for rounding. */
@Slow
class PredictionTest {

    private static final double TOLERANCE = 3e-5; // of the deviation of all outputs

    static Stream<Arguments> networksOnEngines() {
        return Engines.names().stream()
                .flatMap(
                        engine ->
                                Networks.all().stream()
                                        .map(entry -> Arguments.of(engine, entry.name())));
    }

    @Test
    void thereAreNetworks() {
        assertThat(Networks.all()).extracting(NetworkEntry::name).hasSizeGreaterThan(30);
    }

    @ParameterizedTest
    @MethodSource("networksOnEngines")
    void ofEveryNetworkIsThePlainReading(String engine, String name) throws Exception {
        EfficientBlock network = Networks.get(name).build(NetworkOptions.DEFAULT.withClasses(10));
        try (NDManager manager = Engines.manager(engine)) {
            Shape one = new Shape(1, 3, 97, 113);
            Formula weights = new Formula(ParameterShapes.of(network, one), 3, Formula.DAMPING);
            new StateDict(network, one, false).load(weights, manager);
            for (Shape shape : List.of(one, new Shape(5, 3, 33, 47))) {
                NDArray x = manager.create(Formula.input(shape, 3), shape);
                NDArray expected = plain(network, x);
                compare(TestBlocks.predict(network, x), expected);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.efficientzoo.blocks.BlockCatalogue#onBothEngines")
    void ofEveryBlockIsThePlainReadingAloneAndInASequenceOfDjl(String engine, Entry entry) {
        try (NDManager manager = Engines.manager(engine)) {
            EfficientBlock block = TestBlocks.filled(entry.build().get(), entry.input(), manager);
            NDArray x = TestBlocks.input(entry.input(), manager);
            NDArray expected = plain(block, x);
            compare(TestBlocks.predict(block, x), expected);
            Block nested = new SequentialBlock().add(block);
            compare(TestBlocks.predict(nested, x), expected);
        }
    }

    /** Two values that are one where nothing is dropped: the first user must not overwrite it. */
    private static final class DroppedTwice extends EfficientBlock {

        private final GroupedConv2d conv = child("conv", GroupedConv2d.builder(4, 6).build());
        private final Dropout first = child("first", Layers.dropout(0.5f));
        private final Dropout second = child("second", Layers.dropout(0.5f));

        @Override
        protected <T> T forward(Ops<T> ops, T x) {
            T y = ops.dropout(first, ops.conv(conv, x));
            return ops.add(ops.relu(ops.dropout(second, y)), y);
        }
    }

    /** A convolution that spreads its kernel, as only DJL's own can. */
    private static EfficientBlock dilated() {
        Conv2d conv =
                Conv2d.builder()
                        .setKernelShape(new Shape(3, 3))
                        .setFilters(6)
                        .optDilation(new Shape(2, 3))
                        .optPadding(new Shape(2, 1))
                        .build();
        return new Sequence(List.of(conv, Layers.batchNorm(), Activation.reluBlock()));
    }

    @ParameterizedTest
    @MethodSource("org.efficientzoo.reference.Engines#names")
    void ofBlocksThatNoNetworkHasIsThePlainReading(String engine) {
        Shape shape = new Shape(2, 4, 9, 11);
        try (NDManager manager = Engines.manager(engine)) {
            for (EfficientBlock made : List.of(new DroppedTwice(), dilated())) {
                EfficientBlock block = TestBlocks.filled(made, shape, manager);
                NDArray x = TestBlocks.input(shape, manager);
                NDArray expected = plain(block, x);
                for (int call = 0;
                        call < 3;
                        call++) { // PyTorch rewrites a script in its first ones
                    compare(TestBlocks.predict(block, x), expected);
                }
            }
        }
    }

    static NDArray plain(EfficientBlock block, NDArray x) {
        ParameterStore store = new ParameterStore(x.getManager(), false);
        return block.read(new EagerOps(store, false), x);
    }

    static void compare(NDArray found, NDArray expected) {
        assertThat(found.getShape()).isEqualTo(expected.getShape());
        float[] y = found.toFloatArray();
        float[] z = expected.toFloatArray();
        double mean = 0;
        double squares = 0;
        for (float v : z) {
            mean += v / z.length;
            squares += (double) v * v / z.length;
        }
        double deviation = Math.sqrt(squares - mean * mean);
        assertThat(deviation).isFinite().isPositive();
        double worst = 0;
        for (int i = 0; i < z.length; i++) {
            assertThat(y[i]).isFinite();
            worst = Math.max(worst, Math.abs(y[i] - z[i]) / deviation);
        }
        assertThat(worst).as("largest difference in deviations").isLessThan(TOLERANCE);
    }
}
