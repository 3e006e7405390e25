package org.efficientzoo.training.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The memory of this process with the engines' natives, as Linux counts it; what Java knows is its
 * heap alone.
 */
public final class ProcessMemory {

    private static final Path STATUS = Path.of("/proc/self/status");

    private ProcessMemory() {}

    /**
     * The memory that the process holds now (VmRSS).
     *
     * @return the bytes, or empty where the system does not tell
     */
    public static OptionalLong residentBytes() {
        return read(STATUS, "VmRSS");
    }

    /**
     * The most memory that the process has held at a time (VmHWM).
     *
     * @return the bytes, or empty where the system does not tell
     */
    public static OptionalLong peakResidentBytes() {
        return read(STATUS, "VmHWM");
    }

    static OptionalLong read(Path status, String field) {
        String text;
        try {
            // Names of processes are bytes of any kind.
            text = Files.readString(status, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return OptionalLong.empty();
        }
        Matcher line =
                Pattern.compile("^" + field + ":\\s*(\\d+) kB$", Pattern.MULTILINE).matcher(text);
        return line.find()
                ? OptionalLong.of(Long.parseLong(line.group(1)) * 1024)
                : OptionalLong.empty();
    }
}
