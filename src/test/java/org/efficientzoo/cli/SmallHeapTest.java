package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.efficientzoo.Slow;
import org.efficientzoo.training.report.MetricsCsv;
import org.efficientzoo.zoo.TestImages;
import org.efficientzoo.zoo.image.Bombs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that would take more memory than there is stop neither an evaluation nor a training. */
@Slow
class SmallHeapTest {

    private static final int GOOD = 12; // images of a class
    private static final int BOMBS = 4;

    @TempDir private Path folder;

    private record Result(int status, String out, String err) {}

    @BeforeEach
    void draw() throws IOException {
        for (String part : List.of("train", "val")) {
            for (int i = 0; i < GOOD; i++) {
                TestImages.patches(folder.resolve(part + "/cat/" + i + ".png"), i);
                TestImages.patches(folder.resolve(part + "/dog/" + i + ".png"), 100 + i);
            }
            Path cats = folder.resolve(part + "/cat");
            Files.write(cats.resolve("bomb.gif"), Bombs.gif(13377, 13377));
            Files.write(cats.resolve("bomb.png"), Bombs.png(13377, 13377, 13377));
            Files.write(cats.resolve("bomb.bmp"), Bombs.bmp(13377, 13377, 8, 1));
            Files.write(cats.resolve("bomb.jpg"), Bombs.jpeg(4000));
        }
    }

    private Result run(Object... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path")));
        command.add(Main.class.getName());
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        boolean ended = process.waitFor(240, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended).as("ended in time").isTrue();
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    @Test
    void trainsAndEvaluatesPastImagesThatTakeTooMuch() throws Exception {
        Path run = folder.resolve("run");
        Result training =
                run(
                        "train",
                        folder,
                        "--output",
                        run,
                        "--recipe",
                        "cifar10",
                        "--model",
                        "shufflenet_v2_x0_5",
                        "--batch",
                        8,
                        "--epochs",
                        1,
                        "--most-unreadable",
                        0.2);
        assertThat(training.status).as(training.err).isZero();
        assertThat(MetricsCsv.read(run.resolve("metrics.csv"))).hasSize(1);
        assertThat(training.err.lines().filter(line -> line.contains("skipped: ")))
                .hasSize(2 * BOMBS)
                .allMatch(line -> line.contains("13377x13377") || line.contains("500 scans"));

        Result evaluation = run("evaluate", folder.resolve("train"), "--run", run);
        assertThat(evaluation.status).as(evaluation.err).isZero();
        assertThat(evaluation.out)
                .contains("images  %d in 2 classes, %d skipped".formatted(2 * GOOD, BOMBS));
        assertThat(evaluation.err.lines().filter(line -> line.startsWith("skipped: ")))
                .satisfiesExactly(
                        line -> assertThat(line).contains("bomb.bmp: ", "13377x13377", "-Xmx"),
                        line -> assertThat(line).contains("bomb.gif: a GIF of 36 bytes"),
                        line -> assertThat(line).contains("bomb.jpg: ", "500 scans"),
                        line -> assertThat(line).contains("bomb.png: ", "13377x13377", "-Xmx"));
    }
}
