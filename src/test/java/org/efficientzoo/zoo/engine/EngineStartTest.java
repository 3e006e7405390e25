package org.efficientzoo.zoo.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.repository.zoo.Criteria;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.zoo.EfficientModelZoo;
import org.efficientzoo.zoo.TestModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineStartTest {

    private static final String OTHER_ENGINE = "OnnxRuntime";

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET, OTHER_ENGINE})
    void refusesAGpuThatIsNotThereInOneLine(String engine) throws IOException {
        Path weights = TestModels.weights(folder.resolve("w.safetensors"), 1);
        Criteria<NDList, NDList> criteria =
                TestModels.logits(engine)
                        .optArgument("weightsFile", weights)
                        .optDevice(Device.gpu(99))
                        .build();
        int gpus = EngineStart.of(engine).getGpuCount();
        assertThatThrownBy(() -> EfficientModelZoo.load(criteria))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the device must be one that %s has here, found gpu(99) of %d GPUs"
                                .formatted(engine, gpus));
    }

    @Test
    void refusesADeviceOfAnotherKindInOneLine() throws IOException {
        Criteria<NDList, NDList> criteria =
                TestModels.logits(Engines.PYTORCH)
                        .optFilter("weights", "none")
                        .optDevice(Device.of("xpu", 0))
                        .build();
        assertThatThrownBy(() -> EfficientModelZoo.load(criteria))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("the device must be one that PyTorch has here, found xpu(0)");
    }

    @Test
    void namesAnEngineThatIsNotOnTheClassPath() {
        assertThatThrownBy(() -> EngineStart.of("TensorFlow"))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("the engine TensorFlow is not on the class path");
    }

    /** In a process of its own: an engine starts once. */
    @ParameterizedTest
    @CsvSource({
        "OnnxRuntime, java.io.tmpdir, java -Djava.io.tmpdir=FOLDER",
        "PyTorch, ENGINE_CACHE_DIR, DJL_CACHE_DIR",
        "MXNet, ENGINE_CACHE_DIR, DJL_CACHE_DIR"
    })
    void saysInOneLineThatNativesCannotBeUnpacked(String engine, String property, String advice)
            throws Exception {
        Path noFolder = Files.writeString(folder.resolve("file"), "").resolve("sub");
        List<String> lines = start(engine, property, noFolder);
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0))
                .startsWith(
                        "the engine %s cannot start: its native libraries cannot be unpacked in %s: "
                                .formatted(engine, noFolder))
                .endsWith("; free space, or name another folder with " + advice);
    }

    private List<String> start(String engine, String property, Path value) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"));
        command.addAll(List.of("-DOPT_OUT_TRACKING=true", "-D" + property + "=" + value));
        command.addAll(List.of("-Dai.djl.default_engine=" + engine));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(EngineStartMain.class.getName(), engine));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines = process.inputReader().lines().toList();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return lines;
    }
}
