package org.efficientzoo.benchmark;

import ai.djl.util.Utils;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.efficientzoo.benchmark.Contender.Variant;
import org.efficientzoo.benchmark.Protocol.Answer;
import org.efficientzoo.benchmark.Protocol.Job;

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

    private final String title;
    private final Process process;
    private final BufferedReader answers;
    private final Writer requests;

    private WorkerProcess(String title, Process process) {
        this.title = title;
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
        Map<String, String> properties =
                Map.of("efficientzoo.plain", Boolean.toString(job.variant() == Variant.PLAIN));
        WorkerProcess worker =
                start(contender.title(), Worker.class, job.engine(), job.threads(), properties);
        try {
            worker.ask(Protocol.line(job));
            return worker;
        } catch (IOException | RuntimeException e) {
            worker.close();
            throw e;
        }
    }

    /**
     * Starts a worker that answers a {@link SelfTest}.
     *
     * @param setting how it is to compute
     * @param cache where it may keep what it makes of the weights
     * @throws IOException if no process can be started
     */
    static WorkerProcess start(SelfTest.Setting setting, Path cache) throws IOException {
        Map<String, String> properties = new TreeMap<>();
        properties.put("ENGINE_CACHE_DIR", Utils.getEngineCacheDir().toString());
        properties.put("DJL_CACHE_DIR", cache.toString());
        setting.layout().ifPresent(layout -> properties.put("efficientzoo.layout", layout));
        return start(
                "", // the finding names the setting
                SelfTestWorker.class,
                setting.engine(),
                setting.threads(),
                properties);
    }

    private static WorkerProcess start(
            String title, Class<?> main, String engine, int threads, Map<String, String> properties)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        Map<String, String> all = new TreeMap<>();
        for (String name : System.getProperties().stringPropertyNames()) {
            if (INHERITED.stream().anyMatch(name::startsWith) && !OWN.contains(name)) {
                all.put(name, System.getProperty(name));
            }
        }
        all.put("ai.djl.default_engine", engine);
        all.put("ai.djl.pytorch.num_threads", Integer.toString(threads));
        all.put("ai.djl.onnx.disable_alternative", "true"); // else PyTorch comes with it
        all.putAll(properties);
        all.forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.add("-XX:ErrorFile=" + WorkerEnd.report("%p"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(main.getName());

        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> environment = builder.environment();
        environment.put("OMP_NUM_THREADS", Integer.toString(threads));
        environment.put("MKL_NUM_THREADS", Integer.toString(threads));
        environment.remove("OMP_WAIT_POLICY"); // of all alike: idle threads fall asleep by default
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        return new WorkerProcess(title, builder.start());
    }

    /** The times of some calls in milliseconds. */
    double[] time(int calls) throws IOException {
        return ask(Integer.toString(calls)).times().stream().mapToDouble(ms -> ms).toArray();
    }

    /** Ends the worker, which says how much memory it took and in which layouts it computed. */
    Answer end() throws IOException {
        return ask("0");
    }

    private Answer ask(String request) throws IOException {
        Answer answer = ask(request, Answer.class);
        if (answer.failure() != null) {
            throw new IOException(titled(answer.failure()));
        }
        return answer;
    }

    /**
     * Asks and waits for the answer.
     *
     * @param request a line
     * @param type what the answer is
     * @throws IOException if the process has ended; the message says how
     */
    <A> A ask(String request, Class<A> type) throws IOException {
        Optional<A> answer = answer(request, type);
        if (answer.isEmpty()) {
            throw new IOException(titled("its process " + howItEnded()));
        }
        return answer.get();
    }

    private String titled(String text) {
        return title.isEmpty() ? text : title + ": " + text;
    }

    private String howItEnded() throws IOException {
        try {
            if (process.waitFor(ENDING_SECONDS, TimeUnit.SECONDS)) {
                Path report = WorkerEnd.report(Long.toString(process.pid()));
                return WorkerEnd.describe(process.exitValue(), report);
            }
            return "does not answer any more";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a process ended");
        }
    }

    /** The number of the process. */
    long pid() {
        return process.pid();
    }

    private <A> Optional<A> answer(String request, Class<A> type) {
        try {
            requests.write(request + "\n");
            requests.flush();
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                Optional<A> answer = Protocol.readAnswer(line, type);
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
