package org.efficientzoo.zoo.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.efficientzoo.Slow;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.PlainPass;
import org.efficientzoo.blocks.TestBlocks;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * On a processor with AVX-512 that hides its caches, oneDNN's kernels for 1×1 convolutions in the
 * channels-last layout kill the process or compute wrong values; predictions and training keep out
 * of them. Such a processor is played to a process of its own.
 */
@Slow
class HiddenCachesTest {

    private static final Path SCRIPT = Path.of("robustness", "hidden-caches.sh");
    private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

    @TempDir private Path folder;

    private static void assume(boolean there, String reason) {
        if (!there) {
            System.out.println("Skipped: " + reason);
        }
        assumeThat(there).isTrue();
    }

    @BeforeEach
    void needsAProcessorThatCanPlayAnother() throws IOException {
        boolean linux = Files.isReadable(PROCESSOR);
        String flags = linux ? Files.readString(PROCESSOR) : "";
        assume(
                flags.contains(" cpuid_fault") && flags.contains(" avx512f"),
                "the processor has no AVX-512 or cannot be told to hide its caches");
        boolean compiler = Files.isExecutable(Path.of("/usr/bin/cc"));
        assume(compiler, "there is no C compiler");
    }

    private String run(String what) throws IOException, InterruptedException {
        Path out = folder.resolve(what);
        Process process =
                new ProcessBuilder(
                                SCRIPT.toString(),
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx1g",
                                "-XX:ErrorFile=" + folder.resolve("crash"),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Computing.class.getName(),
                                what)
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        boolean ended = process.waitFor(240, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended).as("ended in time").isTrue();
        String printed = Files.readString(out);
        assertThat(process.exitValue()).as(printed).isZero();
        return printed.lines().reduce((first, last) -> last).orElseThrow();
    }

    /** If this fails, the libraries are mended, and there is nothing to keep out of. */
    @Test
    void theKernelsAreWrong() throws Exception {
        assertThat(Double.parseDouble(run("kernel"))).isGreaterThan(0.1);
    }

    @Test
    void predictionsAndTrainingKeepOutOfThem() throws Exception {
        for (String name : List.of("resnet50", "mobilenet_v2", "shufflenet_v2_x2_0")) {
            assertThat(Double.parseDouble(run(name))).as(name).isLessThan(1e-3);
        }
    }

    /** What the process computes: how far two layouts are apart, of the largest value. */
    static final class Computing {

        private Computing() {}

        public static void main(String[] arguments) {
            try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
                double difference =
                        arguments[0].equals("kernel")
                                ? kernel(manager)
                                : network(arguments[0], manager);
                System.out.printf(Locale.ROOT, "%n%s%n", difference);
            }
        }

        private static double difference(NDArray found, NDArray expected) {
            return found.sub(expected).abs().max().getFloat()
                    / (double) expected.abs().max().getFloat();
        }

        private static double kernel(NDManager manager) {
            String last = "memory_format=2";
            String source =
                    """
                        w = torch.reshape(torch.sin(torch.arange(1280 * 320)), [1280, 320, 1, 1])
                        return torch.conv2d(x.contiguous(%s), w.contiguous(%s)).contiguous()
                    """;
            var methods =
                    List.of(
                            new BoundSource.Method("fast", source.formatted(last, last)),
                            new BoundSource.Method("plain", source.formatted("", "")));
            try (BoundScript script = BoundScript.load(0, methods, manager)) {
                NDArray x = TestBlocks.input(new Shape(16, 320, 7, 7), manager);
                NDArray plain = script.call("plain", x, List.of(), false);
                return difference(script.call("fast", x, List.of(), false), plain);
            }
        }

        /** How far scripts in both layouts are from the eager pass, and the gradients of a step. */
        private static double network(String name, NDManager manager) {
            EfficientBlock network = Networks.get(name).build(ForwardPassTest.WITHOUT_DROPOUT);
            Shape input = new Shape(2, 3, 224, 224);
            network.initialize(manager, DataType.FLOAT32, input);
            ParameterStore store = new ParameterStore(manager, false);
            NDArray x = TestBlocks.input(input, manager);
            ForwardPass eager = ForwardPass.eager(network, store);
            Step expected = Step.of(network, eager, x);
            double worst = 0;
            for (String layout : List.of("checked", "plain")) {
                System.setProperty("efficientzoo.layout", layout);
                try (ForwardPass pass = ForwardPass.of(network, store, manager)) {
                    Step step = Step.of(network, pass, x);
                    worst =
                            Math.max(
                                    worst,
                                    difference(
                                            pass.logits(x, false),
                                            PlainPass.compute(network, store, x)));
                    worst = Math.max(worst, difference(step.logits, expected.logits));
                    // a ReLU lets a gradient pass or not by the last bit
                    worst = Math.max(worst, difference(step.gradient, expected.gradient) / 100);
                    if (pass.layout(input, true).equals("plain") != layout.equals("plain")) {
                        throw new IllegalStateException("computed in another layout");
                    }
                }
            }
            return worst;
        }
    }

    /** Logits in training, and the gradient of the first weights. */
    private record Step(NDArray logits, NDArray gradient) {

        static Step of(EfficientBlock network, ForwardPass pass, NDArray x) {
            try (GradientCollector collector =
                    Engine.getEngine(Engines.PYTORCH).newGradientCollector()) {
                collector.zeroGradients();
                NDArray logits = pass.logits(x, true);
                collector.backward(logits.square().mean());
                Parameter first = BlockNames.parameters(network).values().iterator().next();
                return new Step(logits.stopGradient(), first.getArray().getGradient().duplicate());
            }
        }
    }
}
