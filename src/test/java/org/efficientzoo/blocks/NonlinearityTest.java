package org.efficientzoo.blocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.zoo.onnx.OnnxExporter;
import org.efficientzoo.zoo.onnx.OnnxMetadata;
import org.efficientzoo.zoo.onnx.OnnxOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every row of the table computes one function in all its forms. */
class NonlinearityTest {

    private static final Shape SHAPE = new Shape(2, 4, 3, 5);

    @TempDir private Path folder;

    static List<Nonlinearity> functions() {
        return Arrays.stream(Nonlinearity.Kind.values())
                .flatMap(
                        kind ->
                                kind == Nonlinearity.Kind.LEAKY_RELU
                                        ? Stream.of(
                                                Nonlinearity.leakyRelu(0.1f),
                                                Nonlinearity.leakyRelu(-0.5f))
                                        : Stream.of(new Nonlinearity(kind, 0f)))
                .toList();
    }

    static Stream<Arguments> functionsOnEngines() {
        Collection<String> engines = Engines.names();
        return functions().stream()
                .flatMap(function -> engines.stream().map(e -> Arguments.of(function, e)));
    }

    private static float[] wave() {
        float[] values = new float[(int) SHAPE.size()];
        IntStream.range(0, values.length).forEach(i -> values[i] = (i - 60) / 7f);
        return values;
    }

    private static void compare(NDArray found, Nonlinearity function, float[] arguments) {
        float[] values = found.toFloatArray();
        assertThat(values).hasSameSizeAs(arguments);
        for (int i = 0; i < values.length; i++) {
            double expected = function.value(arguments[i]);
            assertThat(Math.abs(values[i] - expected))
                    .as("%s of %s", function, arguments[i])
                    .isLessThanOrEqualTo(2e-6 * Math.max(1, Math.abs(expected)));
        }
    }

    @ParameterizedTest
    @MethodSource("functionsOnEngines")
    void isTheSameOnEveryEngineOneByOneAndAsAScript(Nonlinearity function, String engine) {
        try (NDManager manager = Engines.manager(engine)) {
            NDArray x = manager.create(wave(), SHAPE);
            compare(function.apply(x), function, wave());
            // Behind a convolution that does nothing a script may work in place.
            GroupedConv2d conv = GroupedConv2d.builder(4, 4).optGroups(4).build();
            EfficientBlock block =
                    TestBlocks.filled(
                            new Sequence(List.of(conv, TestBlocks.activation(function))),
                            SHAPE,
                            manager);
            TestBlocks.set(block, "0.weight", 1);
            compare(TestBlocks.predict(block, x), function, wave());
            compare(PredictionTest.plain(block, x), function, wave());
        }
    }

    /** The exporter compares the file with the block. */
    @ParameterizedTest
    @MethodSource("functions")
    void isTheSameInOnnxRuntime(Nonlinearity function) throws Exception {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            GroupedConv2d conv = GroupedConv2d.builder(4, 4).build();
            EfficientBlock block =
                    TestBlocks.filled(
                            new Sequence(List.of(conv, TestBlocks.activation(function))),
                            SHAPE,
                            manager);
            OnnxExporter.export(
                    block,
                    SHAPE,
                    OnnxOptions.DEFAULT,
                    OnnxMetadata.of("function"),
                    folder.resolve("function.onnx"));
        }
    }

    @Test
    void aSlopeBelongsToALeakyReluAlone() {
        assertThatThrownBy(() -> new Nonlinearity(Nonlinearity.Kind.TANH, 0.1f))
                .hasMessage("only a leaky ReLU has a slope, found slope 0.1 with TANH");
        assertThatThrownBy(() -> Nonlinearity.leakyRelu(Float.NaN))
                .hasMessage("leaky slope must be finite, found NaN");
    }
}
