package org.efficientzoo.zoo.file;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Files that are not what they seem, where the system has them. */
public final class SpecialFiles {

    private static final Path ZERO = Path.of("/dev/zero");

    private SpecialFiles() {}

    /** A link to a device that has no end. */
    public static Path endless(Path link) throws IOException {
        assume(Files.isReadable(ZERO), "this system has no /dev/zero");
        return Files.createSymbolicLink(link, ZERO);
    }

    /** A pipe, which is waited for by those who open it. */
    public static Path pipe(Path file) throws Exception {
        Path maker = Path.of("/usr/bin/mkfifo");
        assume(Files.isExecutable(maker), "this system makes no pipes");
        Process process = new ProcessBuilder(maker.toString(), file.toString()).start();
        assume(process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0, "no pipe here");
        return file;
    }

    private static void assume(boolean there, String reason) {
        if (!there) {
            System.out.println("Skipped: " + reason);
        }
        assumeThat(there).as(reason).isTrue();
    }
}
