package org.efficientzoo.training;

import ai.djl.ndarray.NDArray;
import ai.djl.training.GradientCollector;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.efficientzoo.training.data.DaemonPool;
import org.efficientzoo.training.optim.Gradients;
import org.efficientzoo.training.optim.Targets;

/** The copies of a network on other devices, none where there is one device. */
final class Replicas implements AutoCloseable {

    private final List<Replica> all;
    private final List<Computation> computations;
    private final ExecutorService threads;

    Replicas(List<Replica> all, int part) {
        this.all = all;
        this.computations = all.stream().map(replica -> replica.computation(part)).toList();
        this.threads = DaemonPool.of(Math.max(1, all.size()), "replica");
    }

    /** Computes a batch: the first share in this thread, each other one on its device. */
    Computation.Outcome run(Computation first, NDArray images, Targets targets) {
        int batch = targets.size();
        int shares = Math.min(batch, all.size() + 1);
        if (shares == 1) {
            return first.run(images, targets, 0, batch, Optional.empty());
        }
        try (GradientCollector collector = Computation.newCollector(first.manager())) {
            Optional<GradientCollector> shared = Optional.of(collector);
            List<Future<Computation.Outcome>> others = new ArrayList<>();
            for (int i = 1; i < shares; i++) {
                Computation computation = computations.get(i - 1);
                int from = Computation.boundary(i, shares, batch);
                int to = Computation.boundary(i + 1, shares, batch);
                others.add(
                        threads.submit(() -> computation.run(images, targets, from, to, shared)));
            }
            try {
                int end = Computation.boundary(1, shares, batch);
                Computation.Outcome outcome = first.run(images, targets, 0, end, shared);
                for (Future<Computation.Outcome> other : others) {
                    outcome = outcome.and(await(other));
                }
                return outcome;
            } finally {
                settle(others);
            }
        }
    }

    /** Waits until no device computes any more with what is freed next, even after a failure. */
    private static void settle(List<Future<Computation.Outcome>> others) {
        boolean interrupted = false;
        for (Future<Computation.Outcome> other : others) {
            while (!other.isDone()) {
                try {
                    other.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    break; // the first failure is the one to be told
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static Computation.Outcome await(Future<Computation.Outcome> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while another device computed", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "another device could not compute: " + e.getCause().getMessage(), e.getCause());
        }
    }

    void addTo(Gradients gradients) {
        all.forEach(replica -> gradients.add(replica.gradients()));
    }

    void drop() {
        all.forEach(replica -> replica.gradients().drop());
    }

    void follow() {
        all.forEach(Replica::follow);
    }

    @Override
    public void close() {
        threads.shutdown();
        all.forEach(Replica::close);
    }
}
