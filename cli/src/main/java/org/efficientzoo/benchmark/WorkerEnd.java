package org.efficientzoo.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Says of what a process died that gave no answer any more. */
final class WorkerEnd {

    private static final int SIGNALED = 128; // a shell's and Java's status of a signal is above it
    private static final int KILL = 9;
    private static final Map<Integer, String> SIGNALS =
            Map.of(
                    1, "SIGHUP", 2, "SIGINT", 3, "SIGQUIT", 4, "SIGILL", 6, "SIGABRT", 8, "SIGFPE",
                    KILL, "SIGKILL", 11, "SIGSEGV", 13, "SIGPIPE", 15, "SIGTERM");

    private static final int REPORT_HEAD = 40; // lines; what is looked for stands at the top
    private static final Pattern CAUSE = Pattern.compile("#\\s+(SIG[A-Z]+) \\(0x.*");
    private static final Pattern FRAME = Pattern.compile("# [CVjJv]\\s+(\\[.*)");

    private WorkerEnd() {}

    /** Where Java reports a crash of a process; {@code %p} is the number of the process. */
    static Path report(String process) {
        return Path.of(
                System.getProperty("java.io.tmpdir"), "efficient-zoo-crash-" + process + ".log");
    }

    /**
     * Describes an end.
     *
     * @param status the exit status
     * @param report where Java's report of a crash is, if there was one
     * @return what the process did, without a subject
     */
    static String describe(int status, Path report) {
        Optional<String> crash = crash(report);
        if (crash.isPresent()) {
            return crash.get() + "; Java's report is in " + report;
        }
        int signal = status - SIGNALED;
        if (signal == KILL) {
            return "was killed (SIGKILL), as a system does that runs out of memory";
        }
        if (signal > 0) {
            return "was ended by " + SIGNALS.getOrDefault(signal, "signal " + signal);
        }
        return "ended unexpectedly with status " + status;
    }

    private static Optional<String> crash(Path report) {
        List<String> head;
        try (Stream<String> lines = Files.lines(report)) {
            head = lines.limit(REPORT_HEAD).toList();
        } catch (IOException | RuntimeException e) {
            return Optional.empty(); // no report that can be read
        }
        String signal = first(CAUSE, head).orElse("an error of Java's own");
        return Optional.of(
                "crashed by %s%s"
                        .formatted(signal, first(FRAME, head).map(" in "::concat).orElse("")));
    }

    private static Optional<String> first(Pattern pattern, List<String> lines) {
        return lines.stream()
                .map(pattern::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .findFirst();
    }
}
