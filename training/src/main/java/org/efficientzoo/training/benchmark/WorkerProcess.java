package org.efficientzoo.training.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.efficientzoo.training.benchmark.Contender.Variant;
import org.efficientzoo.training.benchmark.Protocol.Answer;
import org.efficientzoo.training.benchmark.Protocol.Job;

/** A worker, seen from the process that started it. */
final class WorkerProcess implements AutoCloseable {

    /** Settings of Java and of libraries that hold in workers, too. */
    private static final List<String> INHERITED =
            List.of(
                    "ai.djl.",
                    "DJL_",
                    "ENGINE_CACHE_DIR",
                    "efficientzoo.",
                    "org.slf4j.",
                    "OPT_OUT");

    /** What would choose the engine or its threads, which is the benchmark's own business. */
    private static final Set<String> OWN =
            Set.of("ai.djl.default_engine", "ai.djl.pytorch.num_threads", "efficientzoo.plain");

    private static final long ENDING_SECONDS = 10;

    private final Contender contender;
    private final Process process;
    private final BufferedReader answers;
    private final Writer requests;

    private WorkerProcess(Contender contender, Process process) {
        this.contender = contender;
        this.process = process;
        answers =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        requests = process.outputWriter(StandardCharsets.UTF_8);
    }

    /**
     * Starts a worker and waits until its model stands.
     *
     * @throws IOException if it does not; the message says why
     */
    static WorkerProcess start(Contender contender, int batch, int threads) throws IOException {
        return start(contender, Job.measuring(contender, batch, threads));
    }

    /**
     * Writes the ONNX file of an untrained network, in a process of its own.
     *
     * @throws IOException if that fails; the message says why
     */
    static void write(Contender contender, Path file) throws IOException {
        start(contender, Job.writing(contender, Engines.initializing(), file)).close();
    }

    private static WorkerProcess start(Contender contender, Job job) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command(job));
        String count = Integer.toString(job.threads());
        Map<String, String> environment = builder.environment();
        environment.put("OMP_NUM_THREADS", count);
        environment.put("MKL_NUM_THREADS", count);
        environment.remove("OMP_WAIT_POLICY"); // of all alike: idle threads fall asleep by default
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        WorkerProcess worker = new WorkerProcess(contender, builder.start());
        try {
            worker.ask(Protocol.line(job));
            return worker;
        } catch (IOException | RuntimeException e) {
            worker.close();
            throw e;
        }
    }

    private static List<String> command(Job job) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> INHERITED.stream().anyMatch(name::startsWith))
                .filter(name -> !OWN.contains(name))
                .sorted()
                .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
        command.add("-Dai.djl.default_engine=" + job.engine());
        command.add("-Dai.djl.pytorch.num_threads=" + job.threads());
        command.add("-Dai.djl.onnx.disable_alternative=true"); // else PyTorch comes with it
        command.add("-Defficientzoo.plain=" + (job.variant() == Variant.PLAIN));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(Worker.class.getName());
        return command;
    }

    /** The times of some calls in milliseconds. */
    double[] time(int calls) throws IOException {
        return ask(Integer.toString(calls)).times().stream().mapToDouble(ms -> ms).toArray();
    }

    /** Ends the worker and says how much memory it took. */
    OptionalLong end() throws IOException {
        long peak = ask("0").peakBytes();
        return peak == 0 ? OptionalLong.empty() : OptionalLong.of(peak);
    }

    private Answer ask(String request) throws IOException {
        Answer answer =
                answer(request)
                        .orElseThrow(
                                () ->
                                        new IOException(
                                                contender.title()
                                                        + ": its process ended unexpectedly"));
        if (answer.failure() != null) {
            throw new IOException(contender.title() + ": " + answer.failure());
        }
        return answer;
    }

    private Optional<Answer> answer(String request) {
        try {
            requests.write(request + "\n");
            requests.flush();
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                Optional<Answer> answer = Protocol.readAnswer(line);
                if (answer.isPresent()) {
                    return answer;
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // the pipe broke: it has ended
        }
    }

    @Override
    public void close() {
        try {
            requests.close(); // without requests a worker ends by itself
            if (!process.waitFor(ENDING_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            answers.close();
        } catch (IOException e) { // a pipe that broke before
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
