package org.efficientzoo.cli;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.efficientzoo.training.data.Failure;
import org.efficientzoo.training.run.TrainingRun;

/** Lets a run end with a checkpoint when the process is asked to end: Ctrl-C, SIGTERM. */
final class Interruptible {

    /** For a step, a few checkpoints and a batch of validation. */
    private static final long LONGEST_SECONDS = 600;

    private Interruptible() {}

    /**
     * Runs.
     *
     * @return whether the run came to its end
     */
    static boolean run(TrainingRun run, Path output) throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        AtomicBoolean stopping = new AtomicBoolean();
        Thread hook =
                new Thread(
                        () -> {
                            stopping.set(true);
                            stop(run, ended);
                        },
                        "stop-training");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            boolean done = run.run();
            if (!done) {
                new SafeWriter(System.err)
                        .println(
                                "stopped with a checkpoint; go on with: train --resume --output "
                                        + output);
            }
            return done;
        } catch (Exception e) {
            if (!stopping.get()) {
                throw e;
            }
            new SafeWriter(System.err) // now, or never
                    .println("efficient-zoo: " + Failure.describe(e));
            return false;
        } finally {
            ended.countDown();
            remove(hook);
        }
    }

    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // the process is ending already, by this hook
        }
    }

    private static void stop(TrainingRun run, CountDownLatch ended) {
        if (!run.stop()) {
            System.err.println("stopped before the first step");
            return;
        }
        try {
            if (!ended.await(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("no checkpoint could be written in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
