package org.efficientzoo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A process of its own: runs a command as {@code main} does, then writes which libraries Linux has
 * mapped into the process.
 */
final class MappedLibraries {

    static final Path MAPS = Path.of("/proc/self/maps");

    private MappedLibraries() {}

    public static void main(String[] arguments) throws IOException {
        int status = Main.run(Arrays.copyOfRange(arguments, 1, arguments.length));
        try (Stream<String> lines = Files.lines(MAPS)) {
            List<String> libraries =
                    lines.filter(line -> line.contains(".so"))
                            .map(line -> line.substring(line.lastIndexOf('/') + 1))
                            .distinct()
                            .toList();
            Files.write(Path.of(arguments[0]), libraries);
        }
        System.exit(status);
    }
}
