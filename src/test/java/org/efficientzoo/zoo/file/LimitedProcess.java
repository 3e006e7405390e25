package org.efficientzoo.zoo.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process that may write no file of more than a megabyte or two, as if the disk were full. */
public final class LimitedProcess {

    private static final List<String> HANDED_ON =
            List.of("ai.djl.offline", "DJL_CACHE_DIR", "ENGINE_CACHE_DIR");

    private LimitedProcess() {}

    /**
     * Runs a class with its arguments where there is a shell that limits the size of files.
     *
     * @return what it printed
     */
    public static String run(Path folder, Class<?> main, Object... arguments) throws Exception {
        Path shell = Path.of("/bin/sh");
        if (!Files.isExecutable(shell)) {
            System.out.println("Skipped: there is no shell that limits the size of files");
        }
        assumeThat(shell).isExecutable();
        List<String> command =
                new ArrayList<>(
                        List.of(
                                shell.toString(),
                                "-c",
                                "ulimit -f 2048 && exec \"$0\" \"$@\"",
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xshare:auto",
                                "-XX:-UsePerfData"));
        HANDED_ON.stream()
                .filter(name -> System.getProperty(name) != null)
                .map(name -> "-D%s=%s".formatted(name, System.getProperty(name)))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        Path log = folder.resolve("log");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        boolean ended = process.waitFor(180, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended).as("ended in time").isTrue();
        return Files.readString(log);
    }
}
