package org.efficientzoo.blocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import org.efficientzoo.reference.Engines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** On PyTorch a convolution whose gradients are wanted is a product; MXNet computes it as one. */
class PointwiseConvTest {

    private static final Shape INPUT = new Shape(3, 6, 9, 7);

    static List<GroupedConv2d.Builder> convolutions() {
        return List.of(
                GroupedConv2d.builder(6, 9),
                GroupedConv2d.builder(6, 9).optBias(),
                GroupedConv2d.builder(6, 9).optStride(2).optBias(),
                GroupedConv2d.builder(6, 9).optStride(1, 3),
                GroupedConv2d.builder(6, 9).optGroups(3),
                GroupedConv2d.builder(6, 9).optGroups(3).optBias().optStride(2, 1),
                GroupedConv2d.builder(6, 12).optGroups(6).optBias());
    }

    /** The output, then the gradients of the input and of each parameter. */
    private static List<float[]> step(GroupedConv2d.Builder conv, String engine) {
        List<float[]> all = new ArrayList<>();
        try (NDManager manager = Engines.manager(engine)) {
            EfficientBlock block =
                    TestBlocks.filled(new Sequence(List.of(conv.build())), INPUT, manager);
            NDArray x = TestBlocks.input(INPUT, manager);
            x.setRequiresGradient(true);
            List<NDArray> arrays = new ArrayList<>(List.of(x));
            for (Parameter parameter : BlockNames.parameters(block).values()) {
                parameter.getArray().setRequiresGradient(true);
                arrays.add(parameter.getArray());
            }
            TestBlocks.recording(
                    engine,
                    collector -> {
                        ParameterStore store = new ParameterStore(manager, false);
                        NDArray y = block.forward(store, new NDList(x), true).head();
                        assertThat(y.getShape())
                                .isEqualTo(block.getOutputShapes(new Shape[] {INPUT})[0]);
                        all.add(y.toFloatArray());
                        collector.backward(y.square().sum());
                    });
            arrays.forEach(array -> all.add(array.getGradient().toFloatArray()));
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("convolutions")
    void hasTheOutputAndTheGradientsOfAConvolution(GroupedConv2d.Builder conv) {
        List<float[]> found = step(conv, Engines.PYTORCH);
        List<float[]> expected = step(conv, Engines.MXNET);
        assertThat(found).hasSameSizeAs(expected).hasSizeGreaterThan(2);
        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i)).containsExactly(expected.get(i), within(1e-3f));
        }
    }

    @Test
    void isTheProductOnPyTorchWhereGradientsAreRecordedAlone() {
        for (String engine : List.of(Engines.PYTORCH, Engines.MXNET)) {
            try (NDManager manager = Engines.manager(engine)) {
                GroupedConv2d conv = GroupedConv2d.builder(6, 9).build();
                TestBlocks.filled(new Sequence(List.of(conv)), INPUT, manager);
                ParameterStore store = new ParameterStore(manager, true); // copies
                NDArray x = TestBlocks.input(INPUT, manager);
                assertThat(PointwiseConv.differentiable(conv, store, x, false)).isEmpty();
                assertThat(store.getValue(weight(conv), x.getDevice(), false).hasGradient())
                        .as("a prediction asks for no gradients")
                        .isFalse();
                x.setRequiresGradient(true);
                assertThat(PointwiseConv.differentiable(conv, store, x, false).isPresent())
                        .isEqualTo(engine.equals(Engines.PYTORCH));
            }
        }
    }

    private static Parameter weight(GroupedConv2d conv) {
        return BlockNames.parameter(conv, Parameter.Type.WEIGHT).orElseThrow();
    }
}
