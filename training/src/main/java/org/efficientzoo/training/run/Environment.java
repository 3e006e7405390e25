package org.efficientzoo.training.run;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.efficientzoo.training.data.ClassOrder;
import org.efficientzoo.training.data.ClassOrder.Rule;
import org.efficientzoo.training.data.DataFingerprint;
import org.efficientzoo.zoo.ClassNames;
import org.efficientzoo.zoo.file.SmallFile;
import org.efficientzoo.zoo.file.WholeFile;

/**
 * Where a run was made, as {@code environment.json}.
 *
 * @param engine the name of the engine
 * @param data the folder of the data set
 * @param fingerprint what tells the data set from another
 * @param classOrder the rule by which the classes have their order; null in older runs
 * @param validation the images that are validated on, in words; null in older runs
 * @param seed the seed, the recipe's
 * @param sessions the processes that took part, the first one first
 */
record Environment(
        String engine,
        String data,
        DataFingerprint fingerprint,
        String classOrder,
        String validation,
        long seed,
        List<Session> sessions) {

    private static final String ALL_THREADS = "all";
    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    /**
     * Copies the list.
     *
     * @throws IllegalArgumentException if something is missing, or the data set has no path
     */
    public Environment {
        StoredRecord.check("engine", engine);
        StoredRecord.check("data", data);
        StoredRecord.check("fingerprint", fingerprint);
        StoredRecord.check("sessions", sessions);
        sessions.forEach(session -> StoredRecord.check("each of the sessions", session));
        sessions = List.copyOf(sessions);
        data = Path.of(data).toString();
    }

    /**
     * A process that worked on the run.
     *
     * @param started when it began, in UTC
     * @param step the steps taken before
     * @param version the version of this program
     * @param engineVersion the version of the engine
     * @param djlVersion the version of DJL
     * @param device the device that computed
     * @param java the version of Java
     * @param system the operating system and processor architecture
     * @param processors the processors
     * @param threads the threads of the engine as {@code OMP_NUM_THREADS} sets them, or {@code all}
     * @param workers the threads that prepare images
     * @param revision the revision of the git working tree that it ran in, if any
     * @param layout how the maps lay in memory, {@code channels-last} or {@code plain}; null in
     *     runs of older versions
     */
    record Session(
            String started,
            long step,
            String version,
            String engineVersion,
            String djlVersion,
            String device,
            String java,
            String system,
            int processors,
            String threads,
            int workers,
            String revision,
            String layout) {

        /** All that the last bits of the weights depend on, besides what a run checks anyway. */
        private Map<String, String> arithmetic() {
            boolean all = threads == null || threads.equals(ALL_THREADS);
            Map<String, String> facts = new LinkedHashMap<>();
            facts.put("engine version", engineVersion);
            facts.put("device", device);
            facts.put("system", system);
            facts.put("engine threads", all ? Integer.toString(processors) : threads);
            if (layout != null) {
                facts.put("layout", layout);
            }
            return facts;
        }
    }

    /** What makes a process compute other last bits than the one before it, in one line. */
    Optional<String> difference(Session now) {
        if (sessions.isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> then = sessions.get(sessions.size() - 1).arithmetic();
        return now.arithmetic().entrySet().stream()
                .filter(fact -> then.containsKey(fact.getKey()))
                .filter(fact -> !fact.getValue().equals(then.get(fact.getKey())))
                .findFirst()
                .map(
                        fact ->
                                "the weights may differ in their last bits from those of an"
                                        + " uninterrupted run: %s was %s, now %s"
                                                .formatted(
                                                        fact.getKey(),
                                                        then.get(fact.getKey()),
                                                        fact.getValue()));
    }

    /** With one more process, and the place that the data set has now. */
    Environment with(Session session, Path place, long recipeSeed) {
        List<Session> all = new ArrayList<>(sessions);
        all.add(session);
        return new Environment(
                engine, place.toString(), fingerprint, classOrder, validation, recipeSeed, all);
    }

    /** The order of the classes of the run. */
    ClassOrder order(ClassNames classes) {
        Optional<Rule> rule = Optional.ofNullable(classOrder).flatMap(Rule::of);
        return new ClassOrder(classes, rule.orElse(Rule.RUN));
    }

    static Session session(NDManager manager, long step, int workers, String layout) {
        Engine engine = manager.getEngine();
        return new Session(
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                step,
                version(),
                engine.getVersion(),
                Engine.getDjlVersion(),
                manager.getDevice().toString(),
                System.getProperty("java.vm.version"),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                Optional.ofNullable(System.getenv("OMP_NUM_THREADS")).orElse(ALL_THREADS),
                workers,
                revision().orElse("none"),
                layout);
    }

    /** The version in the jar's manifest. */
    static String version() {
        String version = Environment.class.getPackage().getImplementationVersion();
        return version == null ? "unpacked" : version;
    }

    private static Optional<String> revision() {
        try {
            Process git =
                    new ProcessBuilder("git", "rev-parse", "HEAD")
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!git.waitFor(5, TimeUnit.SECONDS)) {
                git.destroyForcibly();
                return Optional.empty();
            }
            String answer = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return git.exitValue() == 0 ? Optional.of(answer.strip()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // no git
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    void write(Path file) throws IOException {
        WholeFile.write(file, GSON.toJson(this) + "\n");
    }

    static Environment read(Path file) throws IOException {
        try {
            return StoredRecord.read(SmallFile.text(file), Environment.class);
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "%s is not what a run writes: %s".formatted(file, e.getMessage()), e);
        }
    }
}
