package org.efficientzoo.benchmark;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.efficientzoo.benchmark.Protocol.Answer;
import org.efficientzoo.zoo.file.ScratchFolder;

/**
 * Measures contenders side by side: each in a process of its own, with one engine in it, all of
 * them alive at once and called in turn, so that whatever else the machine does meets them alike.
 *
 * @param settings how long, and with how many threads
 */
public record Benchmark(Settings settings) {

    private static final int LEAST_WARM_UP = 10;
    private static final long BETWEEN_TURNS_MS = 250; // LLVM's OpenMP waits busily for 200

    /** Is told how it goes. */
    public interface Listener {

        /**
         * Something begins.
         *
         * @param what one line
         */
        void begins(String what);
    }

    /**
     * Measures.
     *
     * @param contenders what to measure, at least one; the first is what the others are compared
     *     with
     * @param batch the images of a call
     * @param listener is told how it goes
     * @return a measurement for each, in their order
     * @throws IOException if one of them cannot be run, or the thread is interrupted; the message
     *     says why
     * @throws IllegalArgumentException if there is nothing to measure or the batch is empty
     */
    public List<Measurement> run(List<Contender> contenders, int batch, Listener listener)
            throws IOException {
        checkBatch(batch);
        if (contenders.isEmpty()) {
            throw new IllegalArgumentException("there must be something to measure, found nothing");
        }
        try (ScratchFolder folder = ScratchFolder.temporary()) {
            return run(contenders, batch, folder, listener);
        }
    }

    private List<Measurement> run(
            List<Contender> contenders, int batch, ScratchFolder folder, Listener listener)
            throws IOException {
        List<WorkerProcess> workers = new ArrayList<>();
        try {
            for (Contender contender : contenders) {
                listener.begins("loading " + contender.title());
                Contender ready = contender;
                if (contender.needsFile()) {
                    Path file = folder.file(workers.size() + ".onnx");
                    WorkerProcess.write(contender, file);
                    ready = contender.with(file);
                }
                workers.add(WorkerProcess.start(ready, batch, settings.threads()));
            }
            listener.begins("measuring with batches of " + batch);
            return measure(contenders, batch, workers);
        } finally {
            workers.forEach(WorkerProcess::close);
        }
    }

    /**
     * Checks the size of a batch.
     *
     * @param batch the images of a call
     * @throws IllegalArgumentException if there is none
     */
    public static void checkBatch(int batch) {
        if (batch < 1) {
            throw new IllegalArgumentException("a batch must have an image, found " + batch);
        }
    }

    private List<Measurement> measure(
            List<Contender> contenders, int batch, List<WorkerProcess> workers) throws IOException {
        int[] calls = new int[workers.size()];
        for (int i = 0; i < calls.length; i++) {
            calls[i] = warmUp(workers.get(i));
        }
        double[][] times = new double[calls.length][0];
        double[][] medians = new double[calls.length][settings.rounds()];
        for (int round = 0; round < settings.rounds(); round++) {
            for (int i : order(round, calls.length)) {
                settle(calls.length);
                double[] spent = workers.get(i).time(calls[i]);
                medians[i][round] = Measurement.median(spent);
                times[i] = joined(times[i], spent);
            }
        }
        List<Measurement> found = new ArrayList<>();
        for (int i = 0; i < calls.length; i++) {
            found.add(
                    measurement(
                            contenders.get(i),
                            batch,
                            times[i],
                            Measurement.ratio(medians[i], medians[0]),
                            workers.get(i).end()));
        }
        return found;
    }

    /** Lets the threads of the one before fall asleep, which wait busily for more work first. */
    private static void settle(int contenders) throws IOException {
        if (contenders == 1) {
            return;
        }
        try {
            Thread.sleep(BETWEEN_TURNS_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while networks were measured");
        }
    }

    /** Every second round goes backwards, or one always follows the same other. */
    static int[] order(int round, int contenders) {
        return IntStream.range(0, contenders)
                .map(turn -> round % 2 == 0 ? turn : contenders - 1 - turn)
                .toArray();
    }

    private Measurement measurement(
            Contender contender, int batch, double[] times, double ratio, Answer end) {
        Arrays.sort(times);
        return new Measurement(
                contender,
                batch,
                settings.threads(),
                times.length,
                Measurement.quantile(times, 0.5),
                Measurement.quantile(times, 0.95),
                ratio,
                end.layouts(),
                end.peakBytes() == 0 ? OptionalLong.empty() : OptionalLong.of(end.peakBytes()));
    }

    /** Runs until the time is over; the calls that fill a turn. */
    private int warmUp(WorkerProcess worker) throws IOException {
        double spent = 0;
        int done = 0;
        double last = 0;
        while (done < LEAST_WARM_UP || spent < 1000 * settings.warmUpSeconds()) {
            double[] times = worker.time(LEAST_WARM_UP);
            spent += Arrays.stream(times).sum();
            done += times.length;
            last = Measurement.median(times);
        }
        return Math.max(1, (int) Math.ceil(1000 * settings.roundSeconds() / last));
    }

    private static double[] joined(double[] one, double[] other) {
        double[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }
}
