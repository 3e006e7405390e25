package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.efficientzoo.Slow;
import org.efficientzoo.training.report.MetricsCsv;
import org.efficientzoo.training.sample.SampleData;
import org.efficientzoo.zoo.file.LimitedProcess;
import org.efficientzoo.zoo.file.Sha256;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code train} in a process of its own that is told to end. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "signals are Linux's here")
@Slow
class TrainProcessTest {

    private static final int EPOCHS = 12;
    private static final int TERMINATED = 128 + 15; // by SIGTERM

    @TempDir private Path folder;

    @BeforeEach
    void draw() throws IOException {
        new SampleData(0, 4, 1, 32).write(folder.resolve("data"), step -> {});
    }

    private Process start(Object... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx1g", "-cp", System.getProperty("java.class.path")));
        command.add(Main.class.getName());
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile())
                .start();
    }

    private Process train(Path run) throws IOException {
        return start(
                "train",
                folder.resolve("data"),
                "--output",
                run,
                "--recipe",
                "cifar10",
                "--model",
                "shufflenet_v2_x0_5",
                "--batch",
                16,
                "--epochs",
                EPOCHS);
    }

    private static void await(Process process, Path file) throws Exception {
        for (int i = 0; i < 1200 && !Files.exists(file) && process.isAlive(); i++) {
            process.waitFor(50, TimeUnit.MILLISECONDS);
        }
        assertThat(file).exists();
    }

    private String complaint() throws IOException {
        return Files.readString(folder.resolve("err"));
    }

    @Test
    void leavesTheLastCheckpointWhereTheDiskIsFullAndGoesOnOnceItIsNot() throws Exception {
        Path run = folder.resolve("run");
        Process process = train(run);
        await(process, run.resolve("curves.png"));
        process.destroy();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(complaint()).isEqualTo(TERMINATED);
        Map<String, String> before = checkpoints(run);

        String said = LimitedProcess.run(folder, Main.class, "train", "--resume", "--output", run);
        assertThat(said)
                .contains("efficient-zoo: cannot write " + run.resolve("checkpoints"))
                .endsWith("; nothing was kept, free space or name another place\n")
                .doesNotContain("\tat ");
        assertThat(checkpoints(run)).isEqualTo(before);

        Process later = start("train", "--resume", "--output", run);
        assertThat(later.waitFor(240, TimeUnit.SECONDS)).isTrue();
        assertThat(later.exitValue()).as(complaint()).isZero();
        assertThat(MetricsCsv.read(run.resolve("metrics.csv"))).hasSize(EPOCHS);
    }

    private static Map<String, String> checkpoints(Path run) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        try (Stream<Path> files = Files.list(run.resolve("checkpoints"))) {
            for (Path file : files.toList()) {
                digests.put(file.getFileName().toString(), Sha256.of(file));
            }
        }
        assertThat(digests).containsKey("last.safetensors").hasSizeGreaterThan(2);
        return digests;
    }

    @Test
    void writesACheckpointWhenItIsToldToEndAndGoesOnFromThere() throws Exception {
        Path run = folder.resolve("run");
        Process process = train(run);
        await(process, run.resolve("curves.png")); // an epoch is over
        process.destroy(); // SIGTERM
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(complaint()).isEqualTo(TERMINATED);
        assertThat(complaint())
                .contains("stopped with a checkpoint; go on with: train --resume --output " + run)
                .doesNotContain("\tat ");
        try (Stream<Path> left = Files.walk(run)) {
            assertThat(left).noneMatch(file -> file.toString().endsWith(".tmp"));
        }

        Process later = start("train", "--resume", "--output", run);
        assertThat(later.waitFor(240, TimeUnit.SECONDS)).isTrue();
        assertThat(later.exitValue()).as(complaint()).isZero();
        assertThat(complaint()).contains("going on after step");
        assertThat(MetricsCsv.read(run.resolve("metrics.csv")))
                .extracting(row -> row.get("epoch"))
                .hasSize(EPOCHS)
                .doesNotHaveDuplicates();
        assertThat(Files.readString(folder.resolve("out")))
                .contains("Top-1", "Top-5", "best.safetensors", "curves.png");
    }
}
