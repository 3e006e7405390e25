package org.efficientzoo.benchmark;

import com.google.gson.Gson;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.benchmark.Contender.Variant;

/** What a benchmark and its worker say to each other, a line of JSON each. */
final class Protocol {

    private static final Gson GSON = new Gson();

    /** Natives print where answers are written, too. */
    private static final String ANSWER = "answer ";

    private Protocol() {}

    /** What a worker is to do: measure, or write the file of a network that is to be measured. */
    record Job(
            boolean write,
            String model,
            String engine,
            Variant variant,
            Map<String, String> arguments,
            String file,
            int height,
            int width,
            int batch,
            int threads) {

        static Job measuring(Contender contender, int batch, int threads) {
            return new Job(
                    false,
                    contender.model(),
                    contender.engine(),
                    contender.variant(),
                    contender.arguments(),
                    contender.file().map(file -> file.toAbsolutePath().toString()).orElse(""),
                    contender.height(),
                    contender.width(),
                    batch,
                    threads);
        }

        static Job writing(Contender contender, String engine, Path file) {
            return new Job(
                    true,
                    contender.model(),
                    engine,
                    contender.variant(),
                    contender.arguments(),
                    file.toAbsolutePath().toString(),
                    contender.height(),
                    contender.width(),
                    1,
                    Runtime.getRuntime().availableProcessors());
        }
    }

    /**
     * What a worker answers: the times of calls in milliseconds; at the end its peak memory and the
     * layouts that PyTorch's scripts took; or a failure.
     */
    record Answer(List<Double> times, long peakBytes, List<String> layouts, String failure) {

        static Answer took(double... times) {
            return new Answer(Arrays.stream(times).boxed().toList(), 0, List.of(), null);
        }

        static Answer ended(long bytes, List<String> layouts) {
            return new Answer(List.of(), bytes, layouts, null);
        }

        static Answer failed(String reason) {
            return new Answer(List.of(), 0, List.of(), reason);
        }
    }

    static String line(Object message) {
        return GSON.toJson(message);
    }

    static String answer(Object answer) {
        return ANSWER + line(answer);
    }

    /** The answer that a line is; nothing if it is something else. */
    static <A> Optional<A> readAnswer(String line, Class<A> type) {
        int start = line.indexOf(ANSWER); // behind what a native has left without an end
        return start < 0
                ? Optional.empty()
                : Optional.of(read(line.substring(start + ANSWER.length()), type));
    }

    static <T> T read(String line, Class<T> type) {
        return GSON.fromJson(line, type);
    }
}
