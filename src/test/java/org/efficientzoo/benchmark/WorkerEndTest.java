package org.efficientzoo.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.benchmark.Contender.Variant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerEndTest {

    private static final Contender SMALL =
            new Contender(
                    "squeezenet1_1",
                    Engines.PYTORCH,
                    Variant.USUAL,
                    Map.of(),
                    Optional.empty(),
                    32,
                    32);

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "137 | was killed (SIGKILL), as a system does that runs out of memory",
                "139 | was ended by SIGSEGV",
                "134 | was ended by SIGABRT",
                "143 | was ended by SIGTERM",
                "159 | was ended by signal 31",
                "3 | ended unexpectedly with status 3",
                "0 | ended unexpectedly with status 0",
            })
    void namesTheSignalOfAStatus(int status, String expected) {
        assertThat(WorkerEnd.describe(status, folder.resolve("none"))).isEqualTo(expected);
    }

    @Test
    void readsJavasReport() throws IOException {
        Path report =
                Files.writeString(
                        folder.resolve("report"),
                        """
                        #
                        # A fatal error has been detected by the Java Runtime Environment:
                        #
                        #  SIGFPE (0x8) at pc=0x00007f8da265b384, pid=14817, tid=14853
                        #
                        # JRE version: OpenJDK Runtime Environment (17.0.15+6)
                        # Problematic frame:
                        # C  [libtorch_cpu.so+0x5ad384]  est_eff_1x1+0x44
                        #
                        """);
        assertThat(WorkerEnd.describe(134, report))
                .isEqualTo(
                        "crashed by SIGFPE in [libtorch_cpu.so+0x5ad384]  est_eff_1x1+0x44; Java's report is in "
                                + report);
    }

    @ParameterizedTest
    @CsvSource({"SEGV, crashed by SIGSEGV", "KILL, was killed (SIGKILL)"})
    void aWorkerThatDiesSaysOfWhat(String signal, String expected) throws Exception {
        boolean there = new File("/bin/kill").canExecute();
        if (!there) {
            System.out.println("Skipped: there is no /bin/kill");
        }
        assumeThat(there).isTrue();
        try (WorkerProcess worker = WorkerProcess.start(SMALL, 1, 1)) {
            Path report = WorkerEnd.report(Long.toString(worker.pid()));
            String pid = Long.toString(worker.pid());
            assertThat(new ProcessBuilder("/bin/kill", "-" + signal, pid).start().waitFor())
                    .isZero();
            assertThatThrownBy(
                            () -> {
                                for (int i = 0; i < 1000; i++) { // it may take a while to die
                                    worker.time(10);
                                }
                            })
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("squeezenet1_1 on PyTorch: its process " + expected)
                    .hasMessageNotContaining("\n");
            if (signal.equals("SEGV")) {
                assertThat(report).content().contains("SIGSEGV");
                Files.delete(report);
            }
        }
    }
}
