package org.efficientzoo.zoo.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.efficientzoo.zoo.TestModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NnpackTest {

    @TempDir private Path folder;

    /** A library that takes from the natives what they know of the processor. */
    private Path unknownProcessor() throws IOException, InterruptedException {
        Path source =
                Files.writeString(
                        folder.resolve("unknown.c"), "int cpuinfo_initialize(void) { return 0; }");
        Path library = folder.resolve("unknown.so");
        int status;
        try {
            status =
                    new ProcessBuilder("cc", "-shared", "-fPIC", "-o", "" + library, "" + source)
                            .redirectErrorStream(true)
                            .redirectOutput(folder.resolve("cc").toFile())
                            .start()
                            .waitFor();
        } catch (IOException e) {
            status = 1;
        }
        boolean made = status == 0 && System.getProperty("os.name").equals("Linux");
        if (!made) {
            System.out.println("Skipped: there is no C compiler, or no Linux");
        }
        assumeThat(made).isTrue();
        return library;
    }

    @Test
    void networksDoNotAskForNnpackWhereItDoesNotRun() throws Exception {
        Path weights = TestModels.weights(folder.resolve("w.safetensors"), 1);
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                                "-cp",
                                System.getProperty("java.class.path"),
                                NnpackMain.class.getName(),
                                weights.toString())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().put("LD_PRELOAD", unknownProcessor().toString());
        builder.environment().put("OMP_NUM_THREADS", "1");
        Process process = builder.start();
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        process.destroyForcibly();
        List<String> complaints = Files.readAllLines(err);
        assertThat(ended).as("ended in time, of %s", complaints).isTrue();
        assertThat(Files.readString(out).strip()).isEqualTo("" + TestModels.CLASSES);
        assertThat(complaints) // that of the convolution before the zoo was there
                .filteredOn(line -> line.contains("Could not initialize NNPACK!"))
                .hasSize(1);
    }
}
