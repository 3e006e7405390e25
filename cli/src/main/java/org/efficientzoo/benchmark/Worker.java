package org.efficientzoo.benchmark;

import ai.djl.MalformedModelException;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.translate.TranslateException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.efficientzoo.benchmark.Protocol.Answer;
import org.efficientzoo.benchmark.Protocol.Job;
import org.efficientzoo.training.data.Failure;
import org.efficientzoo.training.report.ProcessMemory;
import org.efficientzoo.zoo.torchscript.LayoutCheck;

/**
 * Runs one contender in a process of its own: reads a job, then numbers of calls, and answers with
 * the time of each, and to the number 0 with the memory that it took.
 */
final class Worker {

    private Worker() {}

    public static void main(String[] arguments) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err); // nothing else may come between the answers
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String first = in.readLine();
        if (first == null) {
            return;
        }
        Job job = Protocol.read(first, Job.class);
        try {
            if (job.write()) {
                Preparation.write(job);
                answers.println(Protocol.answer(Answer.took()));
            } else {
                measure(job, in, answers);
            }
        } catch (Exception | LinkageError | OutOfMemoryError e) {
            answers.println(Protocol.answer(Answer.failed(Failure.describe(e))));
        }
    }

    private static void measure(Job job, BufferedReader in, PrintStream answers)
            throws IOException,
                    ModelNotFoundException,
                    MalformedModelException,
                    TranslateException {
        try (Runner runner = Runner.of(job)) {
            answers.println(Protocol.answer(Answer.took()));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                int calls = Integer.parseInt(line);
                if (calls == 0) {
                    long peak = ProcessMemory.peakResidentBytes().orElse(0);
                    answers.println(Protocol.answer(Answer.ended(peak, LayoutCheck.taken())));
                    return;
                }
                double[] times = new double[calls];
                for (int i = 0; i < calls; i++) {
                    long start = System.nanoTime();
                    runner.run();
                    times[i] = (System.nanoTime() - start) / 1e6;
                }
                answers.println(Protocol.answer(Answer.took(times)));
            }
        }
    }
}
