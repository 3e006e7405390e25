package org.efficientzoo.zoo.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.types.Shape;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.Slow;
import org.efficientzoo.reference.Formula;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Slow
class QuantizationTest {

    private static final Shape SMALL = new Shape(1, 3, 64, 64);

    @TempDir private Path folder;

    private static List<float[]> images() {
        return List.of(Formula.input(SMALL, 1), Formula.input(SMALL, 2), Formula.input(SMALL, 3));
    }

    private Path floats(String name) throws Exception {
        return floats(name, OnnxOptions.DEFAULT.withVerify(false));
    }

    private Path floats(String name, OnnxOptions options) throws Exception {
        try (OnnxNetworks net = new OnnxNetworks(name, SMALL)) {
            Path file = folder.resolve(name + ".onnx");
            OnnxExporter.export(net.network(), SMALL, options, OnnxMetadata.of(name), file);
            return file;
        }
    }

    private Path integers(Path floats) throws Exception {
        Path file = folder.resolve("integers.onnx");
        Quantization.write(floats, images(), SMALL, Optional.empty(), file);
        return file;
    }

    /**
     * What ONNX Runtime says, with or without kernels for integers, and what it makes of a file.
     */
    private float[] run(Path file, boolean kernels, Path optimised) throws Exception {
        Engine.getEngine("OnnxRuntime"); // wants to set up the environment itself
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (SessionOptions options = new SessionOptions()) {
            options.setOptimizationLevel(
                    kernels ? SessionOptions.OptLevel.ALL_OPT : SessionOptions.OptLevel.NO_OPT);
            options.setOptimizedModelFilePath(optimised.toString());
            try (OrtSession session = environment.createSession(file.toString(), options);
                    OnnxTensor x =
                            OnnxTensor.createTensor(
                                    environment,
                                    FloatBuffer.wrap(images().get(0)),
                                    SMALL.getShape());
                    OrtSession.Result result = session.run(Map.of("input", x))) {
                FloatBuffer found = ((OnnxTensor) result.get(0)).getFloatBuffer();
                float[] copy = new float[found.remaining()];
                found.get(copy);
                return copy;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "squeezenet1_1",
                "mobilenet_v1",
                "mobilenet_v2",
                "shufflenet_v1_g3_x1_0",
                "shufflenet_v2_x1_0",
                "resnext50_32x4d",
                "darknet19"
            })
    void computesOnIntegersFromTheInputToTheLogits(String name) throws Exception {
        Path floats = floats(name);
        Path file = integers(floats);
        Path optimised = folder.resolve("optimised.onnx");
        float[] found = run(file, true, optimised);
        List<String> operators = OnnxFiles.operators(optimised);
        assertThat(operators).contains("QLinearConv").doesNotContain("Conv", "Gemm", "Add", "Clip");
        long convolutions = OnnxFiles.operators(floats).stream().filter("Conv"::equals).count();
        assertThat(operators.stream().filter("QLinearConv"::equals)).hasSize((int) convolutions);
        assertThat(operators.stream().filter("QuantizeLinear"::equals)).hasSize(1);
        assertThat(operators.stream().filter("DequantizeLinear"::equals)).hasSizeLessThan(2);

        // float arithmetic on the same levels: kernels that saturate would be far off
        float[] exact = run(file, false, folder.resolve("same.onnx"));
        assertThat(OnnxFiles.difference(exact, found)).isLessThan(0.2);
        float[] expected = OnnxFiles.run(floats, images().get(0), SMALL);
        assertThat(rms(expected, found)).isLessThan(0.25);
        assertThat(file.toFile().length()).isLessThan(floats.toFile().length() * 2 / 5);
    }

    /** The root of the mean square difference, in standard deviations of the expected values. */
    private static double rms(float[] expected, float[] found) {
        double mean = 0;
        double square = 0;
        double error = 0;
        for (int i = 0; i < expected.length; i++) {
            mean += expected[i] / (double) expected.length;
            square += (double) expected[i] * expected[i] / expected.length;
            error += Math.pow(expected[i] - found[i], 2) / expected.length;
        }
        return Math.sqrt(error / (square - mean * mean));
    }

    /** Side by side are those of a kernel, and all channels of a pixel and the next pixel's. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 6})
    void neverLetsTwoNeighbouringWeightsPass16Bits(int channels) {
        int each = 9 * channels;
        float[] weights = Formula.input(new Shape(4, channels, 3, 3), 9);
        Arrays.fill(weights, 0, each, 5); // nothing is worse than neighbours that are the same
        Arrays.fill(weights, each, 2 * each, 0);
        weights[each + 9 * (channels - 1)] = 1; // the last channel at one pixel
        weights[each + 1] = 1; // the first channel at the next
        List<Long> shape = List.of(4L, (long) channels, 3L, 3L);
        QuantizedWeights quantized = QuantizedWeights.of(weights, shape, new float[0], 1, false);
        byte[] values = quantized.values();
        for (int o = 0; o < 4; o++) {
            byte[] kernels = Arrays.copyOfRange(values, each * o, each * (o + 1));
            byte[] pixels = new byte[each];
            for (int i = 0; i < each; i++) {
                pixels[i] = kernels[i % channels * 9 + i / channels];
                assertThat((double) kernels[i] * quantized.scales()[o])
                        .isCloseTo(weights[each * o + i], within(0.51 * quantized.scales()[o]));
            }
            for (int i = 1; i < each; i++) {
                assertThat(Math.abs(kernels[i - 1] + kernels[i]) * 255)
                        .isLessThanOrEqualTo(Short.MAX_VALUE);
                assertThat(Math.abs(pixels[i - 1] + pixels[i]) * 255)
                        .isLessThanOrEqualTo(Short.MAX_VALUE);
            }
        }
        assertThat(values[0]).isEqualTo((byte) 64);
        assertThat(values[each + 1]).isEqualTo((byte) 64);
        byte[] depthwise = QuantizedWeights.of(weights, shape, new float[0], 1, true).values();
        assertThat(depthwise[0]).isEqualTo((byte) 127);
    }

    @Test
    void widensTheScaleOfWeightsWhoseBiasWouldNotFit() {
        QuantizedWeights quantized =
                QuantizedWeights.of(
                        new float[] {1e-9f}, List.of(1L, 1L), new float[] {100}, 1e-3, false);
        double unit = 1e-3 * quantized.scales()[0];
        int bias = ByteBuffer.wrap(quantized.biases()).order(ByteOrder.LITTLE_ENDIAN).getInt();
        assertThat(bias * unit).isCloseTo(100, within(1e-3));
    }

    @Test
    void clipsWhatIsRare() {
        Histogram seen = new Histogram();
        float[] values = new float[100_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i % 1000) / 1000f;
        }
        float[] rare = {3, -1e-3f};
        seen.widen(values);
        seen.widen(rare);
        seen.count(rare);
        for (int times = 0; times < 20; times++) {
            seen.count(values);
        }
        Quantized levels = Quantized.of(List.of(seen));
        assertThat(levels.zeroPoint()).isZero();
        assertThat((double) Quantized.LEVELS * levels.scale()).isBetween(1.0, 1.5);
        Quantized both = Quantized.of(-1, 2);
        assertThat(both.zeroPoint()).isEqualTo(85);
        assertThat(both.scale()).isEqualTo(3f / 255);
        assertThat(Quantized.of(0, 0)).isEqualTo(new Quantized(1, 0));
    }

    @Test
    void needsImages() throws Exception {
        Path file = floats("squeezenet1_1");
        Path target = folder.resolve("target");
        assertThatThrownBy(
                        () -> Quantization.write(file, List.of(), SMALL, Optional.empty(), target))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a network is quantised with images, found none");
        float[] infinite = images().get(0);
        infinite[0] = Float.POSITIVE_INFINITY;
        assertThatThrownBy(
                        () ->
                                Quantization.write(
                                        file, List.of(infinite), SMALL, Optional.empty(), target))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("a network must compute finite numbers");
        assertThat(target).doesNotExist();
    }

    @Test
    void needsFloatsInside() throws Exception {
        OnnxOptions options = OnnxOptions.DEFAULT.withVerify(false);
        Path half = floats("squeezenet1_1", options.withHalfWeights(true));
        assertThatThrownBy(() -> integers(half))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "integers are made of a file with float32 weights inside, found float16 in features.0.weight");
        Path beside = floats("squeezenet1_1", options.withExternalWeights(true));
        assertThatThrownBy(() -> integers(beside))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "integers are made of a file with float32 weights inside, found the values of features.0.weight outside");
        assertThat(folder.resolve("integers.onnx")).doesNotExist();
    }

    /** The place is looked at first, and the file goes there whole. */
    @Test
    void writesAWholeFileOrNone() throws Exception {
        Path floats = floats("squeezenet1_1");
        List<float[]> unseen = List.of(new float[0]); // fails as soon as it is looked at
        Path missing = folder.resolve("missing");
        assertThatThrownBy(
                        () ->
                                Quantization.write(
                                        floats,
                                        unseen,
                                        SMALL,
                                        Optional.empty(),
                                        missing.resolve("x")))
                .isInstanceOf(IOException.class)
                .hasMessage("there is no folder %s; create it first", missing);
        Path file = Files.writeString(folder.resolve("integers.onnx"), "old");
        assertThatThrownBy(() -> Quantization.write(floats, unseen, SMALL, Optional.empty(), file))
                .isInstanceOf(Exception.class);
        assertThat(file).hasContent("old");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        Quantization.write(floats, images(), SMALL, Optional.empty(), link);
        assertThat(link).isSymbolicLink();
        assertThat(Files.size(file)).isGreaterThan(100_000);
        assertThat(folder.toFile().list())
                .containsExactlyInAnyOrder("squeezenet1_1.onnx", "integers.onnx", "link");
    }

    @ParameterizedTest
    @ValueSource(ints = {OnnxOptions.FIRST_OPSET_OF_INTEGERS, OnnxOptions.LAST_OPSET})
    void runsInTheFirstAndTheLastOpset(int opset) throws Exception {
        OnnxOptions options = OnnxOptions.DEFAULT.withVerify(false);
        Path usual = integers(floats("shufflenet_v2_x0_5", options));
        float[] expected = run(usual, false, folder.resolve("usual"));
        Path file = integers(floats("shufflenet_v2_x0_5", options.withOpset(opset)));
        // Other kernels of the runtime's: the last bits may differ.
        assertThat(run(file, false, folder.resolve("plain")))
                .containsExactly(expected, within(1e-5f));
        assertThat(run(file, true, folder.resolve("kernels"))).hasSameSizeAs(expected);
    }

    @Test
    void needsAScaleForEachChannel() throws Exception {
        OnnxOptions old = OnnxOptions.DEFAULT.withVerify(false).withOpset(12);
        Path floats = floats("squeezenet1_1", old);
        assertThatThrownBy(() -> integers(floats))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("integers need the opset 13 or a later one, found 12");
    }
}
