package org.efficientzoo.zoo.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.zoo.image.EvaluationTransform;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ONNX's own checker, where the system's Python has it (Debian's python3-onnx). */
class OnnxCheckerTest {

    private static final String PYTHON = "/usr/bin/python3"; // the one that Debian's package is for
    private static final Shape SMALL = new Shape(1, 3, 64, 64);

    @TempDir private Path folder;

    private record Answer(int status, String text) {}

    private static Answer python(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(PYTHON));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Answer(process.exitValue(), text);
    }

    @BeforeEach
    void findChecker() throws InterruptedException {
        boolean there;
        try {
            there = python(List.of("-c", "import onnx")).status() == 0;
        } catch (IOException e) {
            there = false;
        }
        if (!there) {
            System.out.println("Skipped: " + PYTHON + " has no module onnx; Debian's python3-onnx");
        }
        assumeTrue(there, "no python3-onnx");
    }

    private static void check(List<Path> files) throws IOException, InterruptedException {
        String script =
                Path.of(System.getProperty("project.root"), "src/test/python/check_onnx.py")
                        .toString();
        List<String> arguments = new ArrayList<>(List.of(script));
        files.forEach(file -> arguments.add(file.toString()));
        Answer answer = python(arguments);
        assertThat(answer.text()).endsWith("%d files, 0 failed\n".formatted(files.size()));
        assertThat(answer.status()).isZero();
    }

    private Path export(String name, String file, OnnxOptions options) throws Exception {
        try (OnnxNetworks net = new OnnxNetworks(name, SMALL)) {
            Path target = folder.resolve(file);
            OnnxMetadata metadata =
                    OnnxMetadata.of(name).withTransform(EvaluationTransform.imagenet());
            OnnxExporter.export(net.network(), SMALL, options.withVerify(false), metadata, target);
            return target;
        }
    }

    @Test
    void acceptsEveryNetwork() throws Exception {
        List<Path> files = new ArrayList<>();
        for (NetworkEntry network : Networks.all()) {
            boolean free = files.size() % 2 == 0;
            OnnxOptions options = OnnxOptions.DEFAULT.withDynamicSize(free);
            files.add(export(network.name(), network.name() + ".onnx", options));
        }
        assertThat(files).hasSize(40);
        check(files);
    }

    @Test
    void acceptsEveryOption() throws Exception {
        OnnxOptions usual = OnnxOptions.DEFAULT;
        String name = "shufflenet_v2_x0_5";
        List<Path> files = new ArrayList<>();
        files.add(export(name, "a.onnx", usual.withFoldNorms(false).withPermuteChannels(false)));
        files.add(export(name, "b.onnx", usual.withSoftmax(true).withPixelInput(true)));
        files.add(export(name, "c.onnx", usual.withHalfWeights(true).withExternalWeights(true)));
        Path integers = folder.resolve("d.onnx");
        Quantization.write(
                export(name, "floats.onnx", usual),
                List.of(Formula.input(SMALL, 1)),
                SMALL,
                Optional.empty(),
                integers);
        files.add(integers);
        check(files);
    }
}
