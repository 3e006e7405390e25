package org.efficientzoo.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.efficientzoo.Slow;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that are closed while others use them, in a process of its own: natives crash. */
@Slow
class ClosingTest {

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"PyTorch", "MXNet", "OnnxRuntime"})
    void closedModelsFailInThePredictingThreadsAlone(String engine) throws Exception {
        Path weights = TestModels.weights(folder.resolve("w.safetensors"), 1);
        Path out = folder.resolve("out");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-XX:-CreateCoredumpOnCrash",
                                "-XX:ErrorFile=" + folder.resolve("crash"),
                                "-DDJL_CACHE_DIR=" + folder.resolve("cache"),
                                "-DOPT_OUT_TRACKING=true",
                                "-cp",
                                System.getProperty("java.class.path"),
                                ClosingMain.class.getName(),
                                engine,
                                weights.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        boolean ended = process.waitFor(120, TimeUnit.SECONDS);
        process.destroyForcibly();
        List<String> lines = Files.readAllLines(out);
        assertThat(ended).as("ended in time, of %s", lines).isTrue();
        assertThat(process.exitValue()).as("exit status, of %s", lines).isZero();
        List<String> met = lines.stream().filter(line -> line.contains(" met ")).toList();
        assertThat(met).hasSize(18).allMatch(line -> line.contains("closed"));
        assertThat(met)
                .filteredOn(line -> !line.startsWith("BLOCK"))
                .hasSize(12)
                .allMatch(line -> line.endsWith(" met the model mobilenet_v2 is closed"));
    }
}
