package org.efficientzoo.training.data;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Pools of threads that keep no process alive. */
public final class DaemonPool {

    private DaemonPool() {}

    /**
     * Makes a pool.
     *
     * @param threads the number of threads
     * @param name the name of each
     * @return the pool, to be shut down by the caller
     */
    public static ExecutorService of(int threads, String name) {
        return Executors.newFixedThreadPool(
                threads,
                task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                });
    }
}
