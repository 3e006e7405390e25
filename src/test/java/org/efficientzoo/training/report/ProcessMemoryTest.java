package org.efficientzoo.training.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ProcessMemoryTest {

    private static final int BYTES = 64 << 20;

    @TempDir private Path folder;

    @Test
    void readsKilobytes() throws IOException {
        Path status = folder.resolve("status");
        Files.writeString(status, "Name:\tVmRSS:\nVmHWM:\t  300 kB\nVmRSS:\t    20 kB\n");

        assertThat(ProcessMemory.read(status, "VmRSS")).hasValue(20 * 1024);
        assertThat(ProcessMemory.read(status, "VmHWM")).hasValue(300 * 1024);
        assertThat(ProcessMemory.read(status, "VmSwap")).isEmpty();
        assertThat(ProcessMemory.read(folder.resolve("none"), "VmRSS")).isEmpty();
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "other systems have no /proc/self/status")
    void countsWhatIsTouched() {
        byte[] touched = new byte[BYTES];
        Arrays.fill(touched, (byte) 1);

        long resident = ProcessMemory.residentBytes().orElseThrow();
        assertThat(resident).isGreaterThan(BYTES);
        assertThat(ProcessMemory.peakResidentBytes().orElseThrow())
                .isGreaterThanOrEqualTo(resident);
        assertThat(touched).contains((byte) 1);
    }
}
