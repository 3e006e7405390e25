package org.efficientzoo.zoo.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.Fire;
import org.efficientzoo.blocks.ForwardGraph;
import org.efficientzoo.blocks.GroupedConv2d;
import org.efficientzoo.blocks.InvertedResidual;
import org.efficientzoo.blocks.Operation;
import org.efficientzoo.blocks.PointwiseConv;
import org.efficientzoo.blocks.Sequence;
import org.efficientzoo.blocks.TestBlocks;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LayoutCheckTest {

    private static final Shape INPUT = new Shape(3, 6, 9, 7);
    private static final double ANYTHING = Double.POSITIVE_INFINITY;
    private static final double NOTHING = -1;

    static Collection<NetworkEntry> networks() {
        return Networks.all();
    }

    static List<GroupedConv2d.Builder> pointwise() {
        return List.of(
                GroupedConv2d.builder(6, 9),
                GroupedConv2d.builder(6, 9).optBias(),
                GroupedConv2d.builder(6, 9).optStride(2).optBias(),
                GroupedConv2d.builder(6, 9).optStride(1, 3),
                GroupedConv2d.builder(6, 9).optGroups(3),
                GroupedConv2d.builder(6, 9).optGroups(3).optBias().optStride(2),
                GroupedConv2d.builder(6, 12).optGroups(6).optBias());
    }

    private static <T> T with(String setting, Supplier<T> work) {
        System.setProperty("efficientzoo.layout", setting);
        try {
            return work.get();
        } finally {
            System.clearProperty("efficientzoo.layout");
        }
    }

    private static String script(Block block, boolean training, Layout layout) {
        Map<Parameter, String> names = new HashMap<>();
        for (Parameter parameter : BlockNames.parameters(block).values()) {
            names.put(parameter, BoundScript.name(names.size()));
        }
        return Script.body(ForwardGraph.of(block), names, training, layout);
    }

    private static long count(String text, String word) {
        return Arrays.stream(text.split("\n")).filter(line -> line.contains(word)).count();
    }

    /** The kernels for 1×1 convolutions in this layout, and for gradients, are those that crash. */
    @ParameterizedTest
    @MethodSource("networks")
    void noPointwiseConvolutionIsLeftToPyTorch(NetworkEntry entry) {
        EfficientBlock network = entry.build(NetworkOptions.DEFAULT);
        long all = count(script(network, false, Layout.CHANNELS_FIRST), "torch.conv2d");
        for (boolean training : List.of(false, true)) {
            String fast = script(network, training, Layout.CHANNELS_LAST);
            long left = count(fast, "torch.conv2d");
            long pointwise =
                    ForwardGraph.of(network).nodes().stream()
                            .filter(
                                    node ->
                                            node.operation() instanceof Operation.Convolution c
                                                    && PointwiseConv.is(c.conv()))
                            .count();
            assertThat(pointwise).isPositive();
            assertThat(left).isEqualTo(all - pointwise);
        }
        String plain = script(network, true, Layout.CHANNELS_FIRST);
        String fast = script(network, true, Layout.CHANNELS_LAST);
        assertThat(count(plain, "torch.conv2d")).isEqualTo(count(fast, "torch.conv2d"));
    }

    @ParameterizedTest
    @MethodSource("pointwise")
    void aPointwiseConvolutionIsAMatrixProduct(GroupedConv2d.Builder conv) {
        EfficientBlock block = new Sequence(List.of(conv.build()));
        assertThat(script(block, false, Layout.CHANNELS_LAST)).doesNotContain("torch.conv2d");
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            TestBlocks.filled(block, INPUT, manager);
            NDArray x = TestBlocks.input(INPUT, manager);
            ParameterStore store = new ParameterStore(manager, false);
            float[] expected = ForwardPass.eager(block, store).logits(x, true).toFloatArray();
            try (ForwardPass pass = ForwardPass.of(block, store, manager)) {
                assertThat(pass.layout(INPUT, false)).isEqualTo("channels-last");
                for (boolean training : List.of(false, true)) {
                    NDArray found = pass.logits(x, training);
                    assertThat(found.getShape())
                            .isEqualTo(block.getOutputShapes(new Shape[] {INPUT})[0]);
                    assertThat(found.toFloatArray()).containsExactly(expected, within(1e-5f));
                }
            }
        }
    }

    @Test
    void givesItsCallerThePlainLayout() {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            EfficientBlock block = TestBlocks.filled(new Fire(6, 2, 3, 4), INPUT, manager);
            String source = "    return torch.reshape(torch.tensor(torch.is_contiguous(x)), [1])\n";
            var method = new BoundSource.Method("plain", source);
            try (BoundScript script = BoundScript.load(0, List.of(method), manager)) {
                NDArray y = TestBlocks.predict(block, TestBlocks.input(INPUT, manager));
                assertThat(script.call("plain", y, List.of(), false).toBooleanArray())
                        .containsExactly(true);
                NDArray other = y.transpose(0, 2, 3, 1);
                assertThat(script.call("plain", other, List.of(), false).toBooleanArray())
                        .containsExactly(false);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"checked", "plain", "channels-last"})
    void obeysTheUser(String setting) {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            EfficientBlock block =
                    TestBlocks.filled(new InvertedResidual(6, 8, 2, 3), INPUT, manager);
            ParameterStore store = new ParameterStore(manager, false);
            NDArray x = TestBlocks.input(INPUT, manager);
            float[] expected = ForwardPass.eager(block, store).logits(x, false).toFloatArray();
            try (ForwardPass pass = with(setting, () -> ForwardPass.of(block, store, manager))) {
                assertThat(pass.layout(INPUT, false))
                        .isEqualTo(setting.equals("plain") ? "plain" : "channels-last");
                assertThat(pass.logits(x, false).toFloatArray())
                        .containsExactly(expected, within(1e-4f));
            }
        }
        assertThat(LayoutCheck.taken()).isNotEmpty();
    }

    @Test
    void refusesASettingThatThereIsNot() {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            assertThatThrownBy(() -> with("nhwc", () -> LayoutCheck.setting(manager.getDevice())))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "efficientzoo.layout must be one of checked, plain, channels-last, found nhwc");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void namesTheConvolutionThatDiffers(boolean training) {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            EfficientBlock block = new InvertedResidual(6, 8, 2, 3);
            block.initialize(manager, DataType.FLOAT32, INPUT);
            Optional<String> fault = LayoutCheck.fault(block, INPUT, training, manager, NOTHING);
            assertThat(fault.orElseThrow())
                    .startsWith(
                            training
                                    ? "the gradient of a 3x3"
                                    : "a 3x3 convolution of (3, 18, 9, 7)")
                    .contains("to 18 channels, stride 2x2, padding 1x1, dilation 1x1, groups 18")
                    .contains("of its largest value");
            assertThat(LayoutCheck.fault(block, INPUT, training, manager, ANYTHING)).isEmpty();
        }
    }

    /** Of a million pixels a side there is no memory for one, let alone both. */
    @Test
    void saysThatItCannotCompare() {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            EfficientBlock block = new InvertedResidual(6, 8, 2, 3);
            block.initialize(manager, DataType.FLOAT32, INPUT);
            Shape huge = new Shape(1, 6, 1 << 20, 1 << 20);
            Optional<String> fault = LayoutCheck.fault(block, huge, false, manager, ANYTHING);
            assertThat(fault.orElseThrow())
                    .startsWith("the layouts cannot be compared: ")
                    .contains("memory")
                    .doesNotContain("\n");
            LayoutCheck.Setting checked = LayoutCheck.Setting.CHECKED;
            assertThat(LayoutCheck.layout(checked, block, huge, false, manager))
                    .isEqualTo(Layout.CHANNELS_FIRST);
        }
    }

    /** Two computations of the same kernel, or of nothing but zeros, are equal to the last bit. */
    @ParameterizedTest
    @CsvSource({"1, false", "1, true", "2, false", "2, true"})
    void comparesKernelsThatRoundDifferently(int batch, boolean training) {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            EfficientBlock network = Networks.get("resnet50").build(NetworkOptions.DEFAULT);
            Shape input = new Shape(batch, 3, 64, 64);
            assertThat(LayoutCheck.fault(network, input, training, manager, 0)).isPresent();
            assertThat(LayoutCheck.fault(network, input, training, manager, 1e-5)).isEmpty();
        }
    }
}
