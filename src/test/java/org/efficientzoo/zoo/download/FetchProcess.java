package org.efficientzoo.zoo.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process that runs {@link FetchMain}. */
final class FetchProcess implements AutoCloseable {

    private final Process process;
    private final BufferedReader out;

    FetchProcess(
            URI address,
            String sha256,
            Path target,
            Map<String, String> environment,
            String... options)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        command.add("-Defficientzoo.offline=false");
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(FetchMain.class.getName());
        command.addAll(List.of(address.toString(), sha256, target.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .keySet()
                .removeIf(name -> name.toLowerCase(Locale.ROOT).contains("proxy"));
        builder.environment().putAll(environment);
        process = builder.start();
        out = process.inputReader();
    }

    /** The next line that it prints. */
    String line() throws IOException {
        return out.readLine();
    }

    /** The last line that it prints. */
    String lastLine() throws IOException, InterruptedException {
        List<String> lines = out.lines().toList();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("ended in time").isTrue();
        assertThat(lines).isNotEmpty();
        return lines.get(lines.size() - 1);
    }

    /** Ends it as the system does, with no chance to tidy up. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
