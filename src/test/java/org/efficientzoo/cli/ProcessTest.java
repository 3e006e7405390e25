package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.efficientzoo.Slow;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.References;
import org.efficientzoo.zoo.ShippedTree;
import org.efficientzoo.zoo.TestImages;
import org.efficientzoo.zoo.TestModels;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The command line in a process of its own, with both engines on the class path: it maps the one
 * engine that was asked for, and leaves standard output to the result.
 */
@Slow
class ProcessTest {

    private static final String TORCH = "libtorch_cpu.so";
    private static final String MXNET = "libmxnet.so";

    @TempDir private Path folder;

    private record Result(int status, String out, String err, List<String> libraries) {}

    @BeforeEach
    void needsLinux() {
        boolean there = Files.isReadable(MappedLibraries.MAPS);
        if (!there) {
            System.out.println("Skipped: only Linux tells the libraries of a process");
        }
        assumeThat(there).isTrue();
    }

    private Result run(Object... arguments) throws IOException, InterruptedException {
        return runWith(System.getProperty("java.class.path"), arguments);
    }

    private Result runWith(String classPath, Object... arguments)
            throws IOException, InterruptedException {
        Path libraries = folder.resolve("libraries");
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx1g", "-Dfile.encoding=US-ASCII", "-cp"));
        command.add(classPath);
        command.add(MappedLibraries.class.getName());
        command.add(libraries.toString());
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        boolean ended = process.waitFor(120, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended).as("ended in time").isTrue();
        String complaint = Files.readString(err, StandardCharsets.US_ASCII);
        assertThat(libraries).as(complaint).exists();
        return new Result(
                process.exitValue(),
                Files.readString(out, StandardCharsets.US_ASCII),
                complaint,
                Files.readAllLines(libraries));
    }

    @ParameterizedTest
    @CsvSource({"classify, PyTorch", "classify, MXNet", "evaluate, PyTorch", "evaluate, MXNet"})
    void loadsTheOneEngineThatWasAskedFor(String command, String engine) throws Exception {
        Path weights = TestModels.weights(folder.resolve("w.safetensors"), 1);
        Path photo = TestImages.patches(folder.resolve("val/a/1.png"), 1);
        Path list = Files.writeString(folder.resolve("list"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n");
        Result result =
                run(
                        command,
                        command.equals("classify") ? photo : folder.resolve("val"),
                        "--model",
                        TestModels.NAME,
                        "--width",
                        TestModels.WIDTH,
                        "--classes-file",
                        list,
                        "--weights-file",
                        weights,
                        "--engine",
                        engine,
                        "--json");
        assertThat(result.err).isEmpty();
        assertThat(result.status).isZero();
        JsonElement document = JsonParser.parseString(result.out);
        assertThat(document.isJsonArray()).isEqualTo(command.equals("classify"));
        boolean torch = engine.equals(Engines.PYTORCH);
        assertThat(result.libraries)
                .contains(torch ? TORCH : MXNET)
                .doesNotContain(torch ? MXNET : TORCH);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "onnx | PyTorch | onnxruntime-engine | the engine OnnxRuntime, which verifies the file, is not on the class path; add ai.djl.onnxruntime:onnxruntime-engine",
                "torchscript | MXNet | pytorch-engine | the engine PyTorch, which reads a TorchScript file back, is not on the class path; add ai.djl.pytorch:pytorch-engine"
            })
    void exportsNothingThatNoEngineReadsBack(
            String format, String engine, String missing, String message) throws Exception {
        String classPath = without(missing);
        Path target = folder.resolve("export/file");
        Files.createDirectory(target.getParent());
        Object[] arguments = {
            "export", target, "--model", TestModels.NAME, "--weights", "none", "--format", format
        };
        List<Object> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--engine", engine));
        Result result = runWith(classPath, all.toArray());
        assertThat(result.err).isEqualTo("efficient-zoo: " + message + "\n");
        assertThat(result.status).isEqualTo(1);
        assertThat(target.getParent()).isEmptyDirectory();
    }

    /** Weights of another class path entry ship as those of the zoo's own jar do. */
    @Test
    void usesTheWeightsThatShip() throws Exception {
        Path photo = TestImages.patches(folder.resolve("val/cat/1.png"), 1);
        try (ShippedTree tree = ShippedTree.of(folder.resolve("tree"))) {
            tree.ship("small_v1", 1, 91.25);
            String classPath =
                    tree.root() + File.pathSeparator + System.getProperty("java.class.path");
            Result list = runWith(classPath, "list");
            assertThat(list.out)
                    .containsPattern(
                            "cifar10 +91\\.250 +99\\.500 +here +small_v1, width 0\\.25 \\(Efficient Zoo\\)");
            Result classes =
                    runWith(
                            classPath,
                            "classify",
                            photo,
                            "--model",
                            TestModels.NAME,
                            "--weights",
                            "small_v1");
            assertThat(classes.err).isEmpty();
            assertThat(classes.out).contains("  airplane").hasLineCount(6);
            Result evaluation =
                    runWith(
                            classPath,
                            "evaluate",
                            folder.resolve("val"),
                            "--model",
                            TestModels.NAME,
                            "--dataset",
                            "cifar10",
                            "--json");
            assertThat(evaluation.err).isEmpty();
            JsonObject document = JsonParser.parseString(evaluation.out).getAsJsonObject();
            assertThat(document.get("weights").getAsString()).isEqualTo("small_v1");
            JsonObject row = References.objects(document.get("per_class")).get(0);
            assertThat(row.get("index").getAsInt()).isEqualTo(3);
            assertThat(row.get("name").getAsString()).isEqualTo("cat");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"list", "list --json", "summary resnet50 --receptive-field"})
    void loadsNoEngineToCount(String line) throws Exception {
        Result result = run((Object[]) line.split(" "));
        assertThat(result.err).isEmpty();
        assertThat(result.status).isZero();
        assertThat(result.out).contains("25");
        assertThat(result.libraries).contains("libjvm.so").doesNotContain(TORCH, MXNET);
    }

    @Test
    void saysWhichEngineIsNotThere() throws Exception {
        Path photo = TestImages.patches(folder.resolve("1.png"), 1);
        Result result =
                runWith(
                        without("mxnet"),
                        "classify",
                        photo,
                        "--model",
                        "resnet50",
                        "--weights",
                        "none",
                        "--engine",
                        "MXNet");
        assertThat(result.err)
                .isEqualTo(
                        "efficient-zoo: the engine MXNet is not on the class path; there is PyTorch, OnnxRuntime"
                                + System.lineSeparator());
        assertThat(result.out).isEmpty();
        assertThat(result.status).isEqualTo(1);
        assertThat(result.libraries).doesNotContain(TORCH, MXNET);
    }

    /** The class path but for the entries with such a part in their names. */
    private static String without(String part) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains(part))
                .map(ProcessTest::unpacked)
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** The classes of the command line: the manifest of its jar names the engines, too. */
    private static String unpacked(String entry) {
        Path path = Path.of(entry);
        return path.endsWith("efficient-zoo.jar")
                ? path.resolve("../../../cli/target/classes").normalize().toString()
                : entry;
    }

    @Test
    void loadsNoEngineToRefuseAnOption() throws Exception {
        Result result =
                run(
                        "classify",
                        "x.jpg",
                        "--model",
                        "resnet50",
                        "--width",
                        "2",
                        "--weights",
                        "none");
        assertThat(result.status).isEqualTo(1);
        assertThat(result.out).isEmpty();
        assertThat(result.err)
                .isEqualTo(
                        "efficient-zoo: resnet50 has no width multiplier, found width 2.0"
                                + System.lineSeparator());
        assertThat(result.libraries).contains("libjvm.so").doesNotContain(TORCH, MXNET);
    }
}
